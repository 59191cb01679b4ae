package rest

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/job"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

// BenchmarkCreateAndNotify measures what a notification adds to a CREATE, before anything is sent: none at all for a table and an
// endpoint without. CPU is that of this process; see docs/design/deliveries.md for PostgreSQL's.
func BenchmarkCreateAndNotify(b *testing.B) {
	const table = "project: blog\ntables:\n  comments:\n    fields: {nick: {type: text}, content: {type: text}}\n"
	const endpoint = "endpoints:\n  add:\n    kind: CREATE\n    route: POST /comments\n    table: comments\n    params: {nick: {}, content: {}}\n"
	hook := "{webhook: {url: \"https://example.org/hook\", body: {id: $record.uid, nick: $record.nick}}}"
	for _, c := range []struct{ name, file string }{
		{"plain", table + endpoint},
		{"webhook", table + endpoint + "    middlewares: [main, " + hook + "]\n"},
		{"webhook that does not apply", table + endpoint + "    middlewares: [main, {webhook: {url: \"https://example.org\", when: \"=$record.nick === 'x'\"}}]\n"},
		{"on_write", table + "    on_write: [" + hook + "]\n" + endpoint},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkCreate(b, c.file) })
	}
}

func benchmarkCreate(b *testing.B, file string) {
	db := pgtest.New(b)
	log := slog.New(slog.DiscardHandler)
	c, err := catalog.Open(b.Context(), db, catalog.Config{Log: log, Check: middleware.Check})
	if err != nil {
		b.Fatal(err)
	}
	scripts := script.NewRunner(script.Config{})
	b.Cleanup(scripts.Close)
	records := record.New(db, scripts, log)
	jobs, err := job.Open(b.Context(), job.Config{DB: db, Schema: c.Schema, Records: records, Scripts: scripts, HTTP: http.DefaultClient, Log: log})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(jobs.Close)
	s, err := New(Config{DB: db, Catalog: c, Records: records, Scripts: scripts, Auth: auth.New(db), Log: log, Jobs: jobs})
	if err != nil {
		b.Fatal(err)
	}
	f, err := definition.Parse("p.yaml", []byte(file))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := c.Apply(b.Context(), f.Project, catalog.ApplyOptions{}); err != nil {
		b.Fatal(err)
	}
	handler := s.Handler()
	var failed atomic.Int64
	start := processTime(b)
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := httptest.NewRequest("POST", "/api/blog/comments", strings.NewReader(`{"nick":"ada","content":"Hello, world"}`))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != http.StatusCreated {
				failed.Add(1)
				_, _ = io.Copy(io.Discard, w.Body)
			}
		}
	})
	b.ReportMetric(float64(processTime(b)-start)/1000/float64(b.N), "cpu-µs/op")
	b.ReportMetric(float64(backendTime(b, db))/1000/float64(b.N), "pg-cpu-µs/op")
	if failed.Load() > 0 {
		b.Errorf("%d requests failed", failed.Load())
	}
}

// backendTime gives the CPU time of the database's present backends in nanoseconds (proc(5), stat: fields 14 and 15, in ticks of 10 ms).
func backendTime(b *testing.B, db *pg.DB) (total int64) {
	b.Helper()
	rows, err := db.Pool().Query(b.Context(), `SELECT pid FROM pg_stat_activity WHERE datname = current_database()`)
	if err != nil {
		b.Fatal(err)
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		b.Fatal(err)
	}
	for _, pid := range pids {
		content, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil {
			continue // it has ended
		}
		fields := strings.Fields(string(content[strings.LastIndexByte(string(content), ')')+1:]))
		for _, text := range fields[11:13] {
			ticks, _ := strconv.ParseInt(text, 10, 64)
			total += ticks * 10_000_000
		}
	}
	return total
}

// processTime gives the CPU time of this process in nanoseconds (getrusage(2)).
func processTime(b *testing.B) int64 {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}
