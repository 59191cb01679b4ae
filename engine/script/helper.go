package script

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A helper is a function that every script may call.
type helper func(r *run, args []value) (value, error)

var helpers = map[string]helper{
	"$now":      helpNow,
	"$ago":      helpAgo,
	"$uuid":     helpUUID,
	"$md5":      hashed(func(s []byte) []byte { h := md5.Sum(s); return h[:] }),
	"$sha256":   hashed(func(s []byte) []byte { h := sha256.Sum256(s); return h[:] }),
	"$markdown": helpMarkdown,
	"$epoch":    helpEpoch(func(t time.Time) float64 { return float64(t.Unix()) }),
	"$epoch_ms": helpEpoch(func(t time.Time) float64 { return float64(t.UnixMilli()) }),
	"$int":      helpInt,
	"$date":     helpDate,
	"$json":     helpJSON,
	"$env":      helpEnv,
}

const canonicalTime = "2006-01-02T15:04:05.000Z"

func argument(args []value, i int) value {
	if i < len(args) {
		return args[i]
	}
	return undefinedValue
}

func helpNow(r *run, _ []value) (value, error) {
	return textValue(r.shared.Now.UTC().AppendFormat(nil, canonicalTime)), nil
}

func helpAgo(r *run, args []value) (value, error) {
	a := argument(args, 0)
	if a.kind != text {
		return a, errorf("$ago takes a duration like '60s', '24h' or '7d'")
	}
	d, err := parseDuration(string(a.data))
	if err != nil {
		return a, err
	}
	return textValue(r.shared.Now.Add(-d).UTC().AppendFormat(nil, canonicalTime)), nil
}

// parseDuration reads Go's durations (60s, 1h30m) and days and weeks (7d, 2w, 1d12h).
func parseDuration(s string) (time.Duration, error) {
	total, rest, units := time.Duration(0), strings.TrimSpace(s), 0
	for _, unit := range []struct {
		letter string
		size   time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}} {
		before, after, found := strings.Cut(rest, unit.letter)
		if !found {
			continue
		}
		n, err := strconv.ParseFloat(before, 64)
		if err != nil || math.IsNaN(n) || math.Abs(n) > 36500 {
			return 0, errorf("%q is no duration; write it like '60s', '24h' or '7d'", s)
		}
		total, rest, units = total+time.Duration(n*float64(unit.size)), after, units+1
	}
	if rest == "" && units > 0 {
		return total, nil
	}
	d, err := time.ParseDuration(rest)
	if err != nil {
		return 0, errorf("%q is no duration; write it like '60s', '24h' or '7d'", s)
	}
	return total + d, nil
}

// helpUUID makes a random UUID, version 4 (RFC 9562).
func helpUUID(*run, []value) (value, error) {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return textValue(fmt.Appendf(nil, "%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])), nil
}

// textArgument gives a primitive as text; null stays null.
func textArgument(name string, args []value) (value, error) {
	a := argument(args, 0)
	switch {
	case a.nullish():
		return nullValue, nil
	case a.kind == text:
		return a, nil
	case !a.primitive():
		return a, errorf("%s takes a text, not an array or object", name)
	}
	s, err := a.appendText(nil)
	return textValue(s), err
}

func hashed(sum func([]byte) []byte) helper {
	return func(r *run, args []value) (value, error) {
		s, err := textArgument("the hash", args)
		if err != nil || s.kind == null {
			return s, err
		}
		if err := r.spend(20 + len(s.data)/4); err != nil {
			return s, err
		}
		return textValue(hex.AppendEncode(nil, sum(s.data))), nil
	}
}

func helpEpoch(of func(time.Time) float64) helper {
	return func(r *run, args []value) (value, error) {
		if len(args) == 0 {
			return numberValue(of(r.shared.Now)), nil
		}
		t, ok, err := r.time(args[0])
		if err != nil || !ok {
			return nullValue, err
		}
		return numberValue(of(t)), nil
	}
}

// helpInt gives 1 for true, 0 for false and null, a number without its fraction, a text read as a number; null where that fails.
func helpInt(_ *run, args []value) (value, error) {
	a := argument(args, 0)
	f := a.num
	switch {
	case !a.primitive():
		return a, errorf("$int takes a boolean, a number or a text")
	case a.kind == text:
		n, err := strconv.ParseFloat(strings.TrimSpace(string(a.data)), 64)
		if f = n; err != nil {
			f = math.NaN()
		}
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nullValue, nil
	}
	return numberValue(math.Trunc(f) + 0), nil // + 0 makes -0 a 0
}

func helpJSON(r *run, args []value) (value, error) {
	a := argument(args, 0)
	if a.kind == undefined {
		return a, nil
	}
	s, err := r.encode(nil, a, 0)
	return textValue(s), err
}

func helpEnv(r *run, args []value) (value, error) {
	a := argument(args, 0)
	if a.kind != text {
		return a, errorf("$env takes the name of a variable")
	}
	v, listed := r.shared.Env[string(a.data)]
	if !listed {
		return nullValue, nil
	}
	return textValue([]byte(v)), nil
}
