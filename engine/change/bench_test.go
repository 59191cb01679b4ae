package change

import (
	"log/slog"
	"sync"
	"testing"

	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

// BenchmarkWatchedWrites inserts single rows, each in a transaction of its own, into a table with the trigger and one without.
func BenchmarkWatchedWrites(b *testing.B) {
	db := pgtest.New(b)
	if _, err := catalog.Open(b.Context(), db, catalog.Config{Log: slog.New(slog.DiscardHandler)}); err != nil {
		b.Fatal(err)
	}
	for _, sql := range []string{
		`CREATE TABLE plain (v bigint)`, `CREATE TABLE watched (v bigint)`,
		`CREATE TRIGGER changed AFTER INSERT ON watched FOR EACH STATEMENT EXECUTE FUNCTION sl_changed('7')`,
	} {
		if _, err := db.Pool().Exec(b.Context(), sql); err != nil {
			b.Fatal(err)
		}
	}
	for name, workers := range map[string]int{"1 worker": 1, "8 workers": 8} {
		for _, table := range []string{"plain", "watched"} {
			b.Run(name+"/"+table, func(b *testing.B) {
				var all sync.WaitGroup
				for range workers {
					all.Go(func() {
						for range max(1, b.N/workers) {
							if _, err := db.Pool().Exec(b.Context(), "INSERT INTO "+table+" VALUES (1)"); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				all.Wait()
			})
		}
	}
	b.Run("poll", func(b *testing.B) {
		f := New(db, slog.New(slog.DiscardHandler))
		p, err := f.connect(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		defer p.close(b.Context())
		for b.Loop() {
			if _, err := p.poll(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
