package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
)

// healthz answers while the process serves at all.
func (s *Server) healthz(q *middleware.Request, w http.ResponseWriter) {
	q.ContentType = "application/json"
	q.Body = append(q.Body[:0], `{"status":"ok"}`...)
	s.write(q, w)
}

// readyz answers 200 where definitions are loaded and PostgreSQL answers within two seconds, else 503.
func (s *Server) readyz(q *middleware.Request, w http.ResponseWriter) {
	ctx, cancel := context.WithTimeout(q.HTTP.Context(), 2*time.Second)
	defer cancel()
	if s.generation.Load() == nil || s.cfg.DB.Pool().Ping(ctx) != nil {
		s.fail(q, nil, &engine.Error{Code: engine.Unavailable, RetryAfter: retryAfterUnavailable})
		s.write(q, w)
		return
	}
	s.healthz(q, w)
}
