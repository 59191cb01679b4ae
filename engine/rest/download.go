package rest

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/direct"
	"github.com/sayrud/sayrud/engine/file"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/storage/blob"
)

// serveFile answers GET and HEAD of /files/…. Whatever is not to be had is 404, so nobody learns what there is.
func (s *Server) serveFile(q *middleware.Request, w http.ResponseWriter) {
	q.Header.Set("Access-Control-Allow-Origin", "*") // a link is all the right there is, and no cookie is asked for
	q.Header.Set("Access-Control-Expose-Headers", "Content-Range, Content-Disposition, ETag")
	switch q.HTTP.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodOptions:
		q.Header.Set("Access-Control-Allow-Methods", "GET, HEAD")
		q.Header.Set("Access-Control-Allow-Headers", "Range, If-Range, If-None-Match")
		q.Status = http.StatusNoContent
		s.write(q, w)
		return
	default:
		q.Header.Set("Allow", "GET, HEAD, OPTIONS")
		s.fail(q, nil, engine.Errorf(engine.NotAllowed, "A file is read by GET."))
		s.write(q, w)
		return
	}
	err := s.sendFile(q, w)
	if errors.Is(err, blob.ErrNotFound) {
		s.log.Error("the object of a file is missing", "request_id", q.ID, "error", err)
		err = &engine.Error{Code: engine.Internal}
	}
	if err != nil {
		s.fail(q, nil, err)
		s.write(q, w)
	}
}

// sendFile sends a file or its thumbnail, or gives an error before anything is sent.
func (s *Server) sendFile(q *middleware.Request, w http.ResponseWriter) error {
	nothing := engine.Errorf(engine.NotFound, "There is no such file, or the link is over.")
	a, ok := s.cfg.Files.ParseLink(q.HTTP.URL.RequestURI())
	g := s.generation.Load()
	if !ok || g == nil || g.projects[a.Project] == nil {
		return nothing
	}
	p := g.projects[a.Project].def
	t, field := file.FieldOf(p, &a)
	if field == nil || !a.Open(field) {
		return nothing
	}
	found, err := s.cfg.Files.Find(q.HTTP.Context(), p, t, field, a.UID, a.Hash)
	if err != nil {
		return err
	}
	if found == nil {
		return nothing
	}
	tag, mediaType := found.SHA256, found.Type
	var content io.ReadSeeker
	query := q.HTTP.URL.Query()
	if thumb := query.Get("thumb"); thumb != "" {
		small, kind, err := s.thumb(q, found, thumb, query.Get("fit"))
		if err != nil {
			return err
		}
		content, mediaType = bytes.NewReader(small), kind
		tag += "-" + thumb + cmp.Or(query.Get("fit"), "crop")
	} else {
		reader := s.cfg.Files.Reader(q.HTTP.Context(), found)
		defer reader.Close()
		if err := ready(q, reader); err != nil {
			return err
		}
		content = reader
	}
	h := q.Header
	h.Set("ETag", strconv.Quote(tag))
	h.Set("Cache-Control", caching(&a, field))
	h.Set("Content-Type", servedType(mediaType))
	h.Set("Content-Disposition", disposition(mediaType, found.Name, query.Has("download")))
	h["Content-Security-Policy"] = sandbox
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	http.ServeContent(w, q.HTTP, "", time.Time{}, content)
	return nil
}

// ready asks the store for the beginning of a file, so that a store which does not answer is an error and no cut answer.
func ready(q *middleware.Request, r io.ReadSeeker) error {
	if q.HTTP.Method == http.MethodHead || q.HTTP.Header.Get("If-None-Match") != "" || q.HTTP.Header.Get("Range") != "" {
		return nil
	}
	if _, err := r.Read(make([]byte, 0)); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func (s *Server) thumb(q *middleware.Request, found *file.Found, thumb, fit string) ([]byte, string, error) {
	size, err := file.ParseThumb(thumb, fit)
	if err != nil {
		return nil, "", engine.Errorf(engine.Invalid, "%s", direct.Sentence(err.Error()))
	}
	small, kind, err := s.cfg.Files.Thumb(q.HTTP.Context(), found, size)
	if errors.Is(err, file.ErrNoThumb) {
		return nil, "", engine.Errorf(engine.Unsupported, "%s", direct.Sentence(err.Error()))
	}
	return small, kind, err
}

// caching says how long an answer may be kept: what stands at an address never changes, but a link ends, and a public file may become
// private.
func caching(a *file.Address, field *engine.Field) string {
	if field.Public && !field.Hidden {
		return "public, max-age=86400"
	}
	return "private, max-age=" + strconv.Itoa(max(int(time.Until(a.Until).Seconds()), 0))
}

// active are types that a browser runs, or might.
var active = []string{"text/html", "application/xhtml+xml", "text/xml", "application/xml", "text/javascript", "application/javascript", "text/css",
	"application/x-javascript", "application/x-shockwave-flash", "application/wasm"}

// servedType gives the Content-Type: none that a page of this origin could load as a script or a style.
func servedType(mediaType string) string {
	bare, _, _ := strings.Cut(mediaType, ";")
	if slices.Contains(active, bare) || strings.HasSuffix(bare, "+xml") && bare != "image/svg+xml" {
		return "application/octet-stream"
	}
	return mediaType
}

// inline are the types that a browser shows without running anything.
var inline = []string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "image/vnd.microsoft.icon", "text/plain"}

// disposition gives the Content-Disposition (RFC 6266) with the name of the file.
func disposition(mediaType, name string, asked bool) string {
	bare, _, _ := strings.Cut(mediaType, ";")
	how := "attachment"
	if !asked && (slices.Contains(inline, bare) || strings.HasPrefix(bare, "audio/") || strings.HasPrefix(bare, "video/")) {
		how = "inline"
	}
	if text := mime.FormatMediaType(how, map[string]string{"filename": name}); text != "" {
		return text
	}
	return how
}
