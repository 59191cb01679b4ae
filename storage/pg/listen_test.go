package pg_test

import (
	"context"
	"errors"
	"testing"

	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

func TestListen_hearsAgainAfterALostConnection(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	ctx, cancel := context.WithCancel(context.Background())
	heard, listening, ended := make(chan string, 10), make(chan struct{}, 10), make(chan error, 1)
	go func() {
		ended <- db.Listen(ctx, "Some channel", func(payload string) { heard <- payload }, func() { listening <- struct{}{} })
	}()
	<-listening
	run(t, db, `NOTIFY "Some channel", 'one'; NOTIFY "Some channel", 'two'; NOTIFY other, 'three'`)
	if a, b := <-heard, <-heard; a != "one" || b != "two" {
		t.Errorf("heard %q, %q", a, b)
	}
	rows(t, db, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()")
	<-listening
	run(t, db, `NOTIFY "Some channel", 'four'`)
	if got := <-heard; got != "four" {
		t.Errorf("heard %q", got)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
