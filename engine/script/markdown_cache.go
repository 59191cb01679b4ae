package script

import "sync"

// Bounds of the cache of rendered Markdown, in bytes of texts and HTML together.
const (
	cacheSize  = 16 << 20
	cacheEntry = 128 << 10
)

// markdownCache keeps what was rendered lately, since a list shows the same texts at each request. Rendering is a pure function, so
// runs share nothing by it. It has two generations: when the younger is full, the older is forgotten.
type markdownCache struct {
	mu       sync.Mutex
	young    map[string][]byte
	old      map[string][]byte
	youngLen int
}

// get gives the HTML of a text, or nil. The caller must not change it.
func (c *markdownCache) get(text []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if html, found := c.young[string(text)]; found {
		return html
	}
	html, found := c.old[string(text)]
	if !found {
		return nil
	}
	c.put(string(text), html)
	return html
}

// set keeps the HTML of a text; html must not be nil.
func (c *markdownCache) set(text, html []byte) {
	if len(text)+len(html) > cacheEntry {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(string(text), html)
}

func (c *markdownCache) put(text string, html []byte) {
	if _, found := c.young[text]; found {
		return
	}
	if c.youngLen > cacheSize/2 {
		c.old, c.young, c.youngLen = c.young, nil, 0
	}
	if c.young == nil {
		c.young = map[string][]byte{}
	}
	c.young[text] = html
	c.youngLen += len(text) + len(html)
}
