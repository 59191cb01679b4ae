package middleware

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/sayrud/sayrud/storage/pg"
)

// sharedBuckets keeps buckets in sl_rate_limits. Of each row: tokens are what nobody holds, leased what servers hold in the epoch;
// tokens + leased never exceeds the limit.
type sharedBuckets struct{ db *pg.DB }

// The parameters: key, limit, tokens a second, lease, epoch in seconds, epoch of the lease given back, its size, what of it is unused.
//
// A row that is met in a new epoch has no leases left. What is given back of a lease of the running epoch leaves `leased`; what
// was not used goes to the tokens in any case. All numbers are computed from the row as the update sees it, under its lock.
var leaseStatement = pg.NewStatement(`
WITH now AS (SELECT extract(epoch FROM clock_timestamp())::float8 AS at, floor(extract(epoch FROM clock_timestamp())::float8 / $5::float8)::bigint AS epoch)
INSERT INTO sl_rate_limits AS r (key, tokens, leased, granted, epoch, at, full_at)
SELECT $1::bytea, $2::float8 - least($4::float8, $2::float8), least($4::float8, $2::float8), least($4::float8, $2::float8), epoch, at, at + $2::float8 / $3::float8
FROM now
ON CONFLICT (key) DO UPDATE SET (tokens, leased, granted, epoch, at, full_at) = (
	SELECT free - grant_, held + grant_, grant_, now_epoch, now_at, now_at + $2::float8 / $3::float8
	FROM (
		SELECT free, held, now_epoch, now_at, floor(least($4::float8, free)) AS grant_
		FROM (
			SELECT held, now_epoch, now_at,
				greatest(0, least($2::float8 - held, r.tokens + $8::float8 + greatest(0, now_at - r.at) * $3::float8)) AS free
			FROM (
				SELECT now_epoch, now_at, CASE
					WHEN r.epoch < now_epoch THEN 0
					WHEN $6::bigint = r.epoch THEN greatest(0, r.leased - $7::float8)
					ELSE r.leased END AS held
				FROM (SELECT greatest(r.epoch, excluded.epoch) AS now_epoch, greatest(r.at, excluded.at) AS now_at) AS clock
			) AS holding
		) AS filling
	) AS granting)
RETURNING granted, tokens, epoch, greatest(0, (epoch + 1) * $5::float8 - extract(epoch FROM clock_timestamp())::float8)`)

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
