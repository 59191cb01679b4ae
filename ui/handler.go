package ui

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed page
var files embed.FS

// policy lets a page use its own files and the admin API beside it, and nothing else (Content Security Policy Level 3).
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Handler serves the files below prefix ("/_/"). A path that is no file and has no ending is a page of the panel, so it gets
// index.html.
func Handler(prefix string) http.Handler {
	pages, err := fs.Sub(files, "page")
	if err != nil {
		panic(err) // the folder is part of the binary
	}
	server := http.StripPrefix(strings.TrimSuffix(prefix, "/"), http.FileServerFS(pages))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer") // the setup link holds a token
		header.Set("Cache-Control", "no-cache")
		if path.Ext(r.URL.Path) == "" {
			r = r.Clone(r.Context())
			r.URL.Path, r.URL.RawPath = prefix, ""
		}
		server.ServeHTTP(w, r)
	})
}
