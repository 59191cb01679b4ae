package middleware

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/change"
)

const (
	usualCacheBytes = 64 << 20
	maxKeptBody     = 1 << 20 // bytes; a larger answer is not kept
	keptOverhead    = 512     // bytes of an answer beside its texts
)

// A Cache keeps answers of all endpoints in bounded memory. It is safe for concurrent use.
type Cache struct {
	feed    *change.Feed
	answers *otter.Cache[string, *kept]

	requests          *prometheus.CounterVec
	hits, misses, off prometheus.Counter
}

// NewCache makes a Cache of so many bytes; 0 is 64 MiB. Nothing is kept while feed does not run.
func NewCache(feed *change.Feed, bytes uint64) *Cache {
	if bytes == 0 {
		bytes = usualCacheBytes
	}
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sayrud_middleware_cache_requests_total",
		Help: "Requests at a cache step: hit, miss, or off where changes of the tables are not known at the moment.",
	}, []string{"result"})
	return &Cache{
		feed: feed,
		answers: otter.Must(&otter.Options[string, *kept]{
			MaximumWeight: bytes,
			Weigher:       func(key string, k *kept) uint32 { return uint32(len(key) + k.size) },
		}),
		requests: requests, hits: requests.WithLabelValues("hit"), misses: requests.WithLabelValues("miss"), off: requests.WithLabelValues("off"),
	}
}

// Register adds the metrics of the cache and of the feed it hears from.
func (c *Cache) Register(registry prometheus.Registerer) {
	c.feed.Register(registry)
	registry.MustRegister(c.requests, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "sayrud_middleware_cache_bytes", Help: "Memory of kept answers.",
	}, func() float64 { return float64(c.answers.WeightedSize()) }))
}

// A kept is an answer that may be given again. It is immutable.
type kept struct {
	status      int
	contentType string
	body        []byte
	set         map[string][]string // headers that the inner steps set
	added       map[string][]string // values they added to a header that was there
	etag        string
	made, until time.Time
	mark        change.Mark
	size        int // bytes
}

// headersOf remembers the headers as they are before the inner steps run.
func headersOf(h http.Header) http.Header { return maps.Clone(h) }

// newKept gives the answer in r, or nil where it is none to keep.
func newKept(r *Request, before http.Header, now time.Time) *kept {
	if r.Status != http.StatusOK || len(r.Body) > maxKeptBody || len(r.Header["Set-Cookie"]) > 0 {
		return nil
	}
	k := &kept{
		status: r.Status, contentType: r.ContentType, body: slices.Clone(r.Body), made: now,
		set: map[string][]string{}, added: map[string][]string{}, size: keptOverhead + len(r.Body),
	}
	for name, values := range r.Header {
		was := before[name]
		switch {
		case slices.Equal(was, values):
			continue
		case len(was) > 0 && len(values) > len(was) && slices.Equal(was, values[:len(was)]):
			k.added[name] = slices.Clone(values[len(was):])
		default:
			k.set[name] = slices.Clone(values)
		}
		for _, v := range values {
			k.size += len(name) + len(v) + 64
		}
	}
	if k.etag = r.Header.Get("ETag"); k.etag == "" {
		sum := sha256.Sum256(append(append(slices.Clone(k.body), 0), k.contentType...))
		k.etag = `"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
	}
	return k
}

// give makes k the answer of r.
func (k *kept) give(r *Request, now time.Time) {
	r.Status, r.ContentType, r.Body = k.status, k.contentType, append(r.Body[:0], k.body...)
	for name, values := range k.set {
		r.Header[name] = slices.Clone(values)
	}
	for name, values := range k.added {
		r.Header[name] = append(r.Header[name], values...)
	}
	r.Header["Age"] = []string{strconv.Itoa(int(now.Sub(k.made).Seconds()))} // RFC 9111 section 5.1
	k.tag(r)
}

// tag gives the answer its ETag, and answers 304 to whoever has it already (RFC 9110 section 13.1.2).
func (k *kept) tag(r *Request) {
	if r.HTTP.Method != http.MethodGet && r.HTTP.Method != http.MethodHead {
		return
	}
	r.Header.Set("ETag", k.etag)
	if matchesETag(r.HTTP.Header.Values("If-None-Match"), k.etag) {
		r.Status, r.ContentType, r.Body = http.StatusNotModified, "", r.Body[:0]
	}
}

// matchesETag compares weakly (RFC 9110 section 8.8.3.2).
func matchesETag(headers []string, etag string) bool {
	etag = strings.Trim(strings.TrimPrefix(etag, "W/"), `"`)
	for _, header := range headers {
		for one := range engine.ETags(header) {
			if one == "*" || one == etag {
				return true
			}
		}
	}
	return false
}
