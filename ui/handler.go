package ui

import (
	"embed"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed all:dist
var files embed.FS

// policy lets a page use its own files and the admin API beside it, and nothing else (Content Security Policy Level 3).
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; " +
	"frame-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// unbuilt is the page of a binary that was made without the panel.
const unbuilt = `<!doctype html><title>Sayrud</title><p>This program was built without its panel. Build it with ./task build.`

// Handler serves the files below prefix ("/_/"), compressed as the build left them. A path that is no file and has no ending is a page of
// the panel, so it gets index.html.
func Handler(prefix string) http.Handler {
	built, err := fs.Sub(files, "dist")
	if err != nil {
		panic(err) // the folder is part of the binary
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer") // the setup link holds a token
		name := strings.TrimPrefix(path.Clean(r.URL.Path), prefix)
		if path.Ext(name) == "" {
			name = "index.html"
		}
		serveFile(w, r, built, name)
	})
}

// encodings are those of the build's files, the best first.
var encodings = []struct{ name, ending string }{{"br", ".br"}, {"gzip", ".gz"}}

func serveFile(w http.ResponseWriter, r *http.Request, built fs.FS, name string) {
	header := w.Header()
	body, err := fs.ReadFile(built, name)
	switch {
	case err != nil && name == "index.html":
		body = []byte(unbuilt)
	case err != nil:
		http.NotFound(w, r)
		return
	}
	header.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") { // their names hold a hash of what is in them
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	header.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	header.Set("Vary", "Accept-Encoding")
	for _, e := range encodings {
		if packed, err := fs.ReadFile(built, name+e.ending); err == nil && accepts(r, e.name) {
			header.Set("Content-Encoding", e.name)
			body = packed
			break
		}
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a client that went away
}

// accepts reports whether the request names the encoding (RFC 9110 section 12.5.3); one refused with q=0 is not sent by any browser.
func accepts(r *http.Request, encoding string) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, _, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) == encoding {
			return true
		}
	}
	return false
}
