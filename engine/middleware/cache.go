package middleware

import (
	"encoding/binary"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/change"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

const (
	cacheName   = "cache"
	usualTTL    = time.Minute
	maxCacheTTL = 24 * time.Hour
)

// gates are the steps that decide who may see an answer: they stand before cache, or they would not be asked.
var gates = []string{"auth", "basic_auth", "captcha", "ip_filter", "referer"}

func cacheDefinition() *Definition {
	return &Definition{
		Name: cacheName,
		Doc: "Keeps answers and gives them again, until a table that the endpoint reads changes: at once for writes through the same server, " +
			"within 100 ms for any other. Only answers of status 200 without Set-Cookie are kept, in memory, the least used go first. What " +
			"stands behind it in the list, guards too, does not run for an answer that is kept; so it stands behind the steps that decide who " +
			"may see it. Answers get an ETag; If-None-Match is answered 304. What time alone changes ($now, $ago) is as old as `ttl` allows. " +
			"Where the tables hold files that are not `public`, an answer is kept for 30 minutes at most, so that a link in it opens for 30 minutes more.",
		Before: true,
		Properties: []Property{
			{Name: "ttl", Type: TypeString, Default: raw.Text("1m"), Form: "^[0-9]+(s|m|h|d)$", Check: checkTTL, Doc: "how long an answer is kept at most: 10s, 1m, 2h, 1d"},
			{Name: "key", Type: TypeString, Slot: true,
				Doc: "what makes two requests the same; without it the route's parameters, all that the definition reads of `$request`, and `$auth`"},
		},
		Compile: compileCache,
	}
}

func checkTTL(v raw.Value) (message, hint string) {
	text, _ := v.Text()
	if ttl, ok := parsePer(text); !ok || ttl > maxCacheTTL {
		return strconv.Quote(text) + " is not a time", "write 10s, 1m or 2h; at most 1d"
	}
	return "", ""
}

// cacheTTL gives how long answers are kept: not beyond most, where that is not 0.
func cacheTTL(settings raw.Value, most time.Duration) time.Duration {
	ttl := usualTTL
	if text, ok := settings.Get("ttl").Text(); ok {
		ttl, _ = parsePer(text)
	}
	if most > 0 {
		ttl = min(ttl, most)
	}
	return ttl
}

// generations numbers the compiled caches: what an endpoint answered under another definition is never found.
var generations atomic.Uint64

func compileCache(settings raw.Value, b Bench) (Wrap, engine.Problems) {
	c := &cacheStep{cache: b.Cache, ttl: cacheTTL(settings, b.Keep), generation: generations.Add(1)}
	if key := settings.Get("key"); !key.IsNull() {
		var problems engine.Problems
		if c.key, problems = template.CompileSlot(key, b.Scope); problems != nil {
			return nil, problems.At("key")
		}
	}
	if b.Def == nil || writes(b.Def) {
		if b.Def != nil && b.Def.Middlewares != nil {
			return nil, engine.Problems{engine.Problemf(nil, "leave it out", "an endpoint that writes can't have a cache")}
		}
		return func(next Handler) Handler { return next }, nil
	}
	for _, s := range b.steps[b.Step:] {
		if slices.Contains(gates, s.Name) {
			return nil, engine.Problems{engine.Problemf(nil, "drag cache behind "+s.Name, "cache stands before %s, which would not be asked", s.Name)}
		}
	}
	if c.cache == nil {
		return func(next Handler) Handler { return next }, nil
	}
	c.watch = c.cache.feed.Watch(b.Reads)
	c.mentions = requestMentions(b.Def, b.steps)
	return c.wrap, nil
}

// A cacheStep is the cache of one endpoint.
type cacheStep struct {
	cache      *Cache
	ttl        time.Duration
	generation uint64
	key        *template.Slot // nil: parameters, mentions, who asks
	mentions   [][]string     // below $request
	watch      *change.Watch
}

func (c *cacheStep) wrap(next Handler) Handler {
	return func(r *Request) error {
		mark, known := c.watch.Mark()
		if !known {
			c.cache.off.Inc()
			return next(r)
		}
		key, err := c.keyOf(r)
		if err != nil {
			return err
		}
		now := time.Now()
		if kept, found := c.cache.answers.GetIfPresent(key); found && kept.mark == mark && now.Before(kept.until) {
			c.cache.hits.Inc()
			kept.give(r, now)
			return nil
		}
		c.cache.misses.Inc()
		before := headersOf(r.Header)
		if err := next(r); err != nil {
			return err
		}
		answer := newKept(r, before, now)
		if answer == nil {
			return nil
		}
		answer.tag(r)
		if after, still := c.watch.Mark(); still && after == mark {
			answer.mark, answer.until = mark, now.Add(c.ttl)
			c.cache.answers.Set(key, answer)
		}
		return nil
	}
}

// keyOf gives what a request is kept under.
func (c *cacheStep) keyOf(r *Request) (string, error) {
	if err := r.Params(); err != nil {
		return "", err
	}
	key := binary.BigEndian.AppendUint64(make([]byte, 0, 128), c.generation)
	if c.key != nil {
		v, err := c.key.Eval(&r.Env)
		return string(append(key, v...)), err
	}
	add := func(v string) { key = append(binary.AppendUvarint(key, uint64(len(v))), v...) }
	for _, v := range r.Path {
		add(v)
	}
	for _, v := range r.Env.Params {
		add(string(v))
	}
	for _, path := range c.mentions {
		add(string(r.Value(path)))
	}
	if !r.Env.Auth.IsNull() {
		add(string(r.Env.Auth))
	}
	return string(key), nil
}

var requestPath = regexp.MustCompile(`\$request((?:\.[A-Za-z_][A-Za-z0-9_-]*)*)`)

// requestMentions gives the paths below $request that a definition may read, as far as they name one value: method, headers.accept. A
// name with a dash counts with and without what follows the dash, which JavaScript takes for a subtraction.
func requestMentions(def *engine.Endpoint, steps []engine.Step) [][]string {
	text, err := json.Marshal([]any{def, steps})
	if err != nil {
		return [][]string{{}}
	}
	var mentions [][]string
	note := func(path []string) {
		if !slices.ContainsFunc(mentions, func(known []string) bool { return slices.Equal(known, path) }) {
			mentions = append(mentions, path)
		}
	}
	for _, found := range requestPath.FindAllSubmatch(text, -1) {
		path := strings.Split(string(found[1]), ".")[1:]
		for i, name := range path {
			if short, _, dashed := strings.Cut(name, "-"); dashed {
				note(oneValue(append(slices.Clone(path[:i]), short)))
			}
		}
		note(oneValue(path))
	}
	return mentions
}

// oneValue cuts what may be a member of a text or a method: the ip, a header, a parameter of the query are whole values.
func oneValue(path []string) []string {
	if len(path) > 0 && slices.Contains([]string{"method", "path", "ip", "origin"}, path[0]) {
		return path[:1]
	}
	return path[:min(len(path), 2)]
}

// writes reports whether main changes records.
func writes(ep *engine.Endpoint) bool {
	return ep.Kind == engine.Create || ep.Kind == engine.Update || ep.Kind == engine.Delete
}
