//go:build unix

package pg_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/sayrud/sayrud/storage/pg"
	_ "github.com/sayrud/sayrud/storage/pg/pgtest" // makes this binary a supervisor too
)

// holdCommand makes the test binary a client of its own: hold DIR LINGER prints the server's URL and holds it until
// standard input ends.
const holdCommand = "__hold"

func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == holdCommand {
		os.Exit(hold(os.Args[2], os.Args[3]))
	}
	os.Exit(m.Run())
}

func hold(dir, linger string) int {
	wait, err := time.ParseDuration(linger)
	if err != nil {
		fmt.Println("error:", err)
		return 2
	}
	e, err := pg.OpenEmbedded(context.Background(), pg.EmbeddedConfig{DataDir: dir, Linger: wait, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println("error:", err)
		return 1
	}
	fmt.Println(e.URL())
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := e.Close(); err != nil {
		fmt.Println("error:", err)
		return 1
	}
	return 0
}
