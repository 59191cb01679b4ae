package middleware

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/sayrud/sayrud/storage/pg"
)

// sharedBuckets keeps buckets in sl_rate_limits. Of each row: tokens are what nobody holds, leased and before what servers hold by leases
// of the running epoch and of the one before it. The three together never exceed the limit.
type sharedBuckets struct{ db *pg.DB }

// The parameters: key, limit, tokens a second, lease, epoch in seconds, epoch of the lease given back, its size, what of it is unused.
//
// First the row is brought to the present epoch: what was leased two epochs ago is dead. Then the lease given back leaves the sum it
// is part of, and its unused tokens are free again, if it still lives. Then the bucket fills, up to the limit less what is held. All
// numbers are computed from the row as the update sees it, under its lock.
var leaseStatement = pg.NewStatement(`
INSERT INTO sl_rate_limits AS r (key, tokens, leased, before, granted, epoch, at, full_at)
SELECT $1::bytea, $2::float8 - $4::float8, $4::float8, 0, $4::float8, floor(at / $5::float8)::bigint, at, at + 2 * $5::float8
FROM (SELECT extract(epoch FROM clock_timestamp())::float8 AS at) AS clock
ON CONFLICT (key) DO UPDATE SET (tokens, leased, before, granted, epoch, at, full_at) = (
	SELECT free - lease, now_leased + lease, now_before, lease, now_epoch, now_at, now_at + 2 * $5::float8
	FROM (
		SELECT *, floor(least($4::float8, free)) AS lease
		FROM (
			SELECT now_at, now_epoch,
				CASE WHEN $6::bigint = now_epoch THEN greatest(0, was_leased - $7::float8) ELSE was_leased END AS now_leased,
				CASE WHEN $6::bigint = now_epoch - 1 THEN greatest(0, was_before - $7::float8) ELSE was_before END AS now_before,
				CASE WHEN $6::bigint >= now_epoch - 1 THEN $8::float8 ELSE 0 END AS unused
			FROM (
				SELECT now_at, now_epoch,
					CASE WHEN r.epoch = now_epoch THEN r.leased ELSE 0 END AS was_leased,
					CASE r.epoch WHEN now_epoch THEN r.before WHEN now_epoch - 1 THEN r.leased ELSE 0 END AS was_before
				FROM (SELECT greatest(r.at, excluded.at) AS now_at, greatest(r.epoch, excluded.epoch) AS now_epoch) AS clock
			) AS turned
		) AS given_back,
		LATERAL (SELECT greatest(0, least($2::float8 - now_leased - now_before,
			r.tokens + unused + (now_at - r.at) * $3::float8)) AS free) AS filled
	) AS granting)
RETURNING granted, tokens, epoch, greatest(0, (epoch + 2) * $5::float8 - extract(epoch FROM clock_timestamp())::float8)`)

// lease takes tokens from the shared bucket. The time they live is measured by the database and ends, for this server, no later than
// there: the caller counts from before the call.
func (s *sharedBuckets) lease(ctx context.Context, key Key, rule Rule, back giveBack) (granted, error) {
	float := func(f float64) []byte { return strconv.AppendFloat(nil, f, 'g', -1, 64) }
	args := [][]byte{
		fmt.Appendf(nil, `\x%x`, key[:]), float(rule.Limit), float(rule.perSecond()), float(rule.lease()), float(rule.epoch().Seconds()),
		strconv.AppendInt(nil, back.epoch, 10), float(back.leased), float(back.unused),
	}
	var got granted
	_, err := s.db.Query(ctx, leaseStatement, args, func(row [][]byte) error {
		var lives float64
		for i, into := range []*float64{&got.tokens, &got.left, nil, &lives} {
			var err error
			if into == nil {
				got.epoch, err = strconv.ParseInt(string(row[i]), 10, 64)
			} else {
				*into, err = strconv.ParseFloat(string(row[i]), 64)
			}
			if err != nil {
				return err
			}
		}
		got.lives = time.Duration(lives * float64(time.Second))
		return nil
	})
	if err != nil {
		return granted{}, fmt.Errorf("lease from rate limit: %w", err)
	}
	return got, nil
}

const sqlSweepLimits = `DELETE FROM sl_rate_limits WHERE key IN (
	SELECT key FROM sl_rate_limits WHERE full_at < extract(epoch FROM clock_timestamp()) LIMIT 10000)`

// sweep drops buckets that are full again.
func (s *sharedBuckets) sweep(ctx context.Context) error {
	_, err := s.db.Pool().Exec(ctx, sqlSweepLimits)
	return err
}
