package catalog

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A queued statement goes to PostgreSQL with those before and behind it, in one message: on a busy machine the way there and back
// costs more than the statement.
type queued struct {
	what string
	sql  string
	args []any
	row  func(pgx.Row) error // nil: no row comes back
}

// later queues a statement; its error is told by flush.
func (w *writer) later(what, sql string, args ...any) {
	w.queue = append(w.queue, queued{what, sql, args, nil})
}

// ask queues a statement that gives one value, which is there after flush.
func (w *writer) ask(value any, what, sql string, args ...any) {
	w.queue = append(w.queue, queued{what, sql, args, func(row pgx.Row) error { return row.Scan(value) }})
}

// flush runs what is queued. It comes before anything else uses the transaction.
func (w *writer) flush() (err error) {
	if len(w.queue) == 0 {
		return nil
	}
	var batch pgx.Batch
	for _, q := range w.queue {
		batch.Queue(q.sql, q.args...)
	}
	results := w.tx.SendBatch(w.ctx, &batch)
	defer func() {
		if closed := results.Close(); err == nil && closed != nil {
			err = fmt.Errorf("write definitions: %w", closed)
		}
	}()
	for _, q := range w.queue {
		if q.row == nil {
			_, err = results.Exec()
		} else {
			err = q.row(results.QueryRow())
		}
		if err != nil {
			return fmt.Errorf("%s: %w", q.what, err)
		}
	}
	w.queue = nil
	return nil
}

// run executes statements that take no parameters, in one message.
func (w *writer) run(what string, statements ...string) error {
	if err := w.flush(); err != nil {
		return err
	}
	if _, err := w.tx.Exec(w.ctx, script(statements...)); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Work that grows with the number of records has no time limit, the transaction around it has the usual one.
const (
	noStatementTimeout    = "SET LOCAL statement_timeout = 0"
	usualStatementTimeout = "SET LOCAL statement_timeout TO DEFAULT"
)

// script joins statements that take no parameters: PostgreSQL gets them in one message, which saves the time between them.
func script(statements ...string) string { return strings.Join(statements, ";\n") }
