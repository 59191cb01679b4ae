// Command handwritten is the program that Sayrud is compared with: the comment API that a good engineer would write by hand, with chi,
// pgx and an ordinary relational table.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"expvar"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Comment is a row as the API shows it.
type Comment struct {
	ID        int64     `json:"id" db:"id"`
	Post      string    `json:"post" db:"post"`
	Nick      string    `json:"nick" db:"nick"`
	Email     *string   `json:"email" db:"email"`
	Content   string    `json:"content" db:"content"`
	Likes     int       `json:"likes" db:"likes"`
	Status    string    `json:"status" db:"status"`
	CreatedAt time.Time `json:"created_at" db:"created_at"`
}

// Author is the record that a comment refers to.
type Author struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

// Expanded is a comment with its author.
type Expanded struct {
	Comment
	Author *Author `json:"author"`
}

type page[T any] struct {
	Total *int64 `json:"total,omitempty"`
	Items []T    `json:"items"`
}

type server struct{ db *pgxpool.Pool }

const columns = `c.id, c.post, c.nick, c.email, c.content, c.likes, c.status, c.created_at`

func main() {
	config, err := pgxpool.ParseConfig(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	config.MaxConns = 16
	db, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		log.Fatal(err)
	}
	s := &server{db: db}
	r := chi.NewRouter()
	r.Get("/comments", s.list)
	r.Get("/counted", s.counted)
	r.Get("/expanded", s.expanded)
	r.Get("/comments/{id}", s.view)
	r.Post("/comments", s.create)
	r.Handle("/debug/vars", expvar.Handler()) // for the count of allocations
	log.Fatal((&http.Server{Addr: os.Args[2], Handler: r, ReadHeaderTimeout: 10 * time.Second}).ListenAndServe())
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	items, err := s.page(r)
	answer(w, http.StatusOK, page[Comment]{Items: items}, err)
}

func (s *server) counted(w http.ResponseWriter, r *http.Request) {
	items, err := s.page(r)
	var total int64
	if err == nil {
		err = s.db.QueryRow(r.Context(), `SELECT count(*) FROM comments WHERE post = $1 AND status = 'approved'`, r.URL.Query().Get("post")).Scan(&total)
	}
	answer(w, http.StatusOK, page[Comment]{Items: items, Total: &total}, err)
}

func (s *server) page(r *http.Request) ([]Comment, error) {
	query := r.URL.Query()
	number, _ := strconv.Atoi(query.Get("page"))
	rows, err := s.db.Query(r.Context(), `SELECT `+columns+` FROM comments c WHERE c.post = $1 AND c.status = 'approved'
		ORDER BY c.created_at DESC, c.id DESC LIMIT 20 OFFSET $2`, query.Get("post"), max(number-1, 0)*20)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Comment])
}

func (s *server) expanded(w http.ResponseWriter, r *http.Request) {
	rows, err := s.db.Query(r.Context(), `SELECT `+columns+`, a.id, a.name, a.url FROM comments c LEFT JOIN authors a ON a.id = c.author_id
		WHERE c.post = $1 AND c.status = 'approved' ORDER BY c.created_at DESC, c.id DESC LIMIT 20`, r.URL.Query().Get("post"))
	var items []Expanded
	if err == nil {
		items, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (e Expanded, err error) {
			var id *int64
			var name, url *string
			err = row.Scan(&e.ID, &e.Post, &e.Nick, &e.Email, &e.Content, &e.Likes, &e.Status, &e.CreatedAt, &id, &name, &url)
			if id != nil {
				e.Author = &Author{ID: *id, Name: *name, URL: *url}
			}
			return e, err
		})
	}
	answer(w, http.StatusOK, page[Expanded]{Items: items}, err)
}

func (s *server) view(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(chi.URLParam(r, "id"), 10, 64)
	if err != nil {
		http.Error(w, `{"error":"bad id"}`, http.StatusBadRequest)
		return
	}
	rows, err := s.db.Query(r.Context(), `SELECT `+columns+` FROM comments c WHERE c.id = $1`, id)
	var c Comment
	if err == nil {
		c, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Comment])
	}
	answer(w, http.StatusOK, c, err)
}

func (s *server) create(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Post, Nick, Content string
		Email               *string
		Author              *int64
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&in); err != nil {
		http.Error(w, `{"error":"bad JSON"}`, http.StatusBadRequest)
		return
	}
	in.Nick = strings.TrimSpace(in.Nick)
	if in.Post == "" || in.Nick == "" || in.Content == "" || utf8.RuneCountInString(in.Nick) > 64 || utf8.RuneCountInString(in.Content) > 5000 {
		http.Error(w, `{"error":"invalid"}`, http.StatusBadRequest)
		return
	}
	rows, err := s.db.Query(r.Context(), `INSERT INTO comments AS c (post, nick, email, content, author_id) VALUES ($1, $2, $3, $4, $5) RETURNING `+columns,
		in.Post, in.Nick, in.Email, in.Content, in.Author)
	var c Comment
	if err == nil {
		c, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Comment])
	}
	answer(w, http.StatusCreated, c, err)
}

func answer(w http.ResponseWriter, status int, body any, err error) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		status, body = http.StatusNotFound, map[string]string{"error": "not found"}
	case err != nil:
		log.Print(err)
		status, body = http.StatusInternalServerError, map[string]string{"error": "internal"}
	}
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		log.Print(err)
	}
}
