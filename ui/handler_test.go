package ui

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHandler(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path   string
		status int
		want   string
	}{
		{"/_/", 200, "<title>Sayrud</title>"},
		{"/_/setup", 200, "<title>Sayrud</title>"},
		{"/_/p/blog/t/comments", 200, "<title>Sayrud</title>"},
		{"/_/none.js", 404, ""},
		{"/_/../handler.go", 404, ""},
	} {
		w := httptest.NewRecorder()
		Handler("/_/").ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://x"+tt.path, nil))
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s answers %d %.60q", tt.path, w.Code, w.Body)
		}
		if w.Header().Get("Content-Security-Policy") != policy {
			t.Errorf("%s has no content security policy", tt.path)
		}
	}
}
