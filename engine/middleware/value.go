package middleware

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

// Value gives what stands below $request: method, path, ip, origin, headers.name, query.name, params.name (of the route, as they came),
// body. A name of a query or form that stands several times is a list. An empty path gives the whole. The panel's session and API
// tokens are no business of an endpoint: they never appear.
func (q *Request) Value(path []string) raw.Value {
	if len(path) == 0 {
		return q.whole()
	}
	rest := path[1:]
	switch path[0] {
	case "method":
		return leaf(raw.Text(q.HTTP.Method), rest)
	case "path":
		return leaf(raw.Text(q.HTTP.URL.Path), rest)
	case "ip":
		return leaf(raw.Text(q.Address()), rest)
	case "origin":
		if origin := q.Origin(); origin != "" {
			return leaf(raw.Text(origin), rest)
		}
	case "headers":
		if len(rest) == 0 {
			return q.headers()
		}
		if text := q.header(rest[0]); text != "" {
			return leaf(raw.Text(text), rest[1:])
		}
	case "query":
		pairs, _ := q.Query()
		if len(rest) == 0 {
			return pairsObject(pairs)
		}
		return below(pairsValue(pairs, rest[0]), rest[1:])
	case "params":
		if len(rest) == 0 {
			return q.pathObject()
		}
		if text, found := q.PathValue(rest[0]); found {
			return leaf(raw.Text(text), rest[1:])
		}
	case "body":
		return q.bodyValue(rest)
	}
	return nil
}

func leaf(v raw.Value, rest []string) raw.Value {
	if len(rest) > 0 {
		return nil
	}
	return v
}

// below follows names and indexes into a JSON value.
func below(v raw.Value, path []string) raw.Value {
	for _, name := range path {
		if v.Kind() == raw.Array {
			i := 0
			for _, c := range name {
				if c < '0' || c > '9' || i > 1<<20 {
					return nil
				}
				i = i*10 + int(c-'0')
			}
			v = v.Index(i)
			continue
		}
		v = v.Get(name)
	}
	return v
}

func (q *Request) bodyValue(path []string) raw.Value {
	kind, json, form, err := q.Input()
	if err != nil || kind == BodyNone {
		return nil
	}
	if kind == BodyJSON {
		return below(json, path)
	}
	if len(path) == 0 {
		return pairsObject(form)
	}
	return below(pairsValue(form, path[0]), path[1:])
}

func (q *Request) pathObject() raw.Value {
	b := raw.Value{'{'}
	for i, name := range q.Names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(raw.AppendString(b, name), ':')
		b = raw.AppendString(b, q.Path[i])
	}
	return append(b, '}')
}

func (q *Request) headers() raw.Value {
	b := raw.Value{'{'}
	for _, name := range slices.Sorted(maps.Keys(q.HTTP.Header)) {
		text := q.header(name)
		if text == "" {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(raw.AppendString(b, strings.ToLower(name)), ':')
		b = raw.AppendString(b, text)
	}
	return append(b, '}')
}

// header gives a header's values joined by commas, without what belongs to the panel.
func (q *Request) header(name string) string {
	switch {
	case strings.EqualFold(name, "host"):
		return q.HTTP.Host
	case strings.EqualFold(name, "cookie"):
		return strings.Join(q.cookies(), "; ")
	}
	text := strings.Join(q.HTTP.Header.Values(name), ", ")
	if HoldsToken(text) || strings.EqualFold(name, "authorization") && strings.Contains(text, "sl_") {
		return ""
	}
	return text
}

// HoldsToken reports whether an API token of ours, sl_<16 characters>_<43 characters>, stands in text: whoever defines an endpoint must
// not see those of its callers.
func HoldsToken(text string) bool {
	for {
		i := strings.Index(text, "sl_")
		if i < 0 {
			return false
		}
		if text = text[i+3:]; len(text) >= 16+1+43 && text[16] == '_' {
			return true
		}
	}
}

// The names of the panel's cookies; the first one where the request came over TLS.
const (
	SecureCookie  = "__Host-sayrud"
	SessionCookie = "sayrud_session"
)

func (q *Request) cookies() []string {
	var kept []string
	for _, line := range q.HTTP.Header["Cookie"] {
		for part := range strings.SplitSeq(line, ";") {
			part = strings.TrimSpace(part)
			if name, _, _ := strings.Cut(part, "="); part != "" && name != SecureCookie && name != SessionCookie && !HoldsToken(part) {
				kept = append(kept, part)
			}
		}
	}
	return kept
}

// CookieTexts appends the values of the cookie name to dst, without quotes and with escapes such as %3B undone, as browsers' scripts and
// our own Set-Cookie write them; those of the panel do not exist.
func (q *Request) CookieTexts(dst []string, name string) []string {
	for _, part := range q.cookies() {
		if key, value, _ := strings.Cut(part, "="); key == name {
			value = strings.Trim(value, `"`)
			if plain, err := url.PathUnescape(value); err == nil {
				value = plain
			}
			dst = append(dst, value)
		}
	}
	return dst
}

// HeaderTexts appends the values of the request's header name to dst.
func (q *Request) HeaderTexts(dst []string, name string) []string {
	if text := q.header(name); text != "" {
		dst = append(dst, text)
	}
	return dst
}

func (q *Request) whole() raw.Value {
	b := raw.Value{'{'}
	for i, name := range []string{"method", "path", "ip", "origin", "headers", "query", "params", "body"} {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(raw.AppendString(b, name), ':')
		if v := q.Value([]string{name}); v != nil {
			b = append(b, v...)
		} else {
			b = append(b, "null"...)
		}
	}
	return append(b, '}')
}
