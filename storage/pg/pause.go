package pg

import (
	"context"
	"time"
)

// Pause waits between two looks at the database. It gives ctx's error, at once, where ctx ends before d is over.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
