package middleware

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

// maxPer bounds the time over which a limit counts.
const maxPer = 31 * 24 * time.Hour

func rateLimitDefinition() *Definition {
	return &Definition{
		Name:   "rate_limit",
		Doc:    "A token bucket: `limit` requests at once, refilled over `per`; counted across all servers. Of a request with `bulk` each item counts. A refused request answers 429 with Retry-After and does not count.",
		Before: true,
		Properties: []Property{
			{Name: "limit", Type: "integer", Required: true, Min: 1, Max: 1_000_000, Example: raw.Value("60"), Doc: "how many requests"},
			{Name: "per", Type: "string", Default: raw.Text("1m"), Form: "^[0-9]+(s|m|h|d)$", Check: checkPer, Doc: "over which time: 30s, 1m, 2h, 1d"},
			{Name: "by", Type: "string", Slot: true, Default: raw.Text("$request.ip"), Doc: "what is counted by itself; an IPv6 address counts as its /64"},
			{Name: "headers", Type: TypeBoolean, Default: raw.False,
				Doc: "answers tell the limit and what is left of it, as far as this server knows, in RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers)"},
		},
		Compile: compileRateLimit,
	}
}

// parsePer reads 30s, 1m, 2h or 1d.
func parsePer(text string) (time.Duration, bool) {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}
	if len(text) < 2 || len(text) > 9 {
		return 0, false
	}
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 32)
	per := time.Duration(n) * units[text[len(text)-1]]
	return per, err == nil && per > 0 && per <= maxPer
}

func checkPer(v raw.Value) (message, hint string) {
	text, _ := v.Text()
	if _, ok := parsePer(text); !ok {
		return strconv.Quote(text) + " is not a time", "write 30s, 1m, 2h or 1d; at most 31d"
	}
	return "", ""
}

func compileRateLimit(settings raw.Value, b Bench) (Wrap, engine.Problems) {
	limit, _ := strconv.ParseInt(string(settings.Get("limit")), 10, 64)
	per := time.Minute
	if v := settings.Get("per"); v != nil {
		text, _ := v.Text()
		per, _ = parsePer(text)
	}
	by := settings.Get("by")
	if by == nil {
		by = raw.Text("$request.ip")
	}
	var slot *template.Slot
	plain := string(by) == `"$request.ip"`
	if !plain {
		var problems engine.Problems
		if slot, problems = template.CompileSlot(by, b.Scope); problems != nil {
			return nil, problems.At("by")
		}
	}
	needsParams := slot != nil && slices.ContainsFunc(slot.Mentions(), func(path []string) bool { return path[0] == "$params" })
	rule := Rule{Limit: float64(limit), Per: per}
	told := string(settings.Get("headers")) == "true"
	name := `"limit` + strconv.Itoa(b.Step) + `"`
	var seed []byte
	for _, n := range []int{b.Project, b.Endpoint, b.Step} {
		seed = binary.BigEndian.AppendUint32(seed, uint32(n))
	}
	return func(next Handler) Handler {
		return func(r *Request) error {
			if b.Limits == nil {
				return next(r)
			}
			if needsParams {
				if err := r.Params(); err != nil {
					return err
				}
			}
			items := 1
			if r.Items != nil {
				n, err := r.Items(r)
				if err != nil {
					return err
				}
				items = max(n, 1)
			}
			key := r.Address()
			if plain {
				if r.IP.Is6() {
					key = LimitKey(key)
				}
			} else {
				v, err := slot.Eval(&r.Env)
				if err != nil {
					return err
				}
				key = LimitKey(strings.Trim(string(raw.AppendText(nil, v)), " "))
			}
			bucket := bucketKey(seed, key)
			wait := b.Limits.TakeN(r.HTTP.Context(), bucket, rule, items)
			if told {
				left, full := b.Limits.Remaining(bucket, rule)
				r.Header.Add("RateLimit-Policy", fmt.Sprintf("%s;q=%d;w=%d", name, limit, int(per.Seconds())))
				r.Header.Add("RateLimit", fmt.Sprintf("%s;r=%d;t=%d", name, left, int(math.Ceil(full.Seconds()))))
			}
			if wait > 0 {
				return &engine.Error{Code: engine.RateLimited, RetryAfter: max(1, int(math.Ceil(wait.Seconds())))}
			}
			return next(r)
		}
	}, nil
}

// A Key names a bucket: the endpoint, the step, and what is counted by. It is a hash, so that its size is bounded and no address
// stands in the database.
type Key [16]byte

func bucketKey(seed []byte, by string) Key {
	var memory [128]byte
	sum := sha256.Sum256(append(append(memory[:0], seed...), by...))
	return Key(sum[:16])
}
