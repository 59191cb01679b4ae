package blob_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sayrud/sayrud/storage/blob"
)

// retrying gives a store whose n-th call fails, behind Retry, and the pauses it made.
func retrying(at int64) (*blob.Retry, *blob.Faulty, *[]time.Duration) {
	var pauses []time.Duration
	faulty := &blob.Faulty{Store: new(blob.Memory), At: at}
	return &blob.Retry{Store: faulty, Wait: func(_ context.Context, d time.Duration) error {
		pauses = append(pauses, d)
		return nil
	}}, faulty, &pauses
}

func TestRetryRepeatsWhatMayPass(t *testing.T) {
	t.Parallel()
	s, faulty, pauses := retrying(1)
	if n, err := s.Put(t.Context(), "a/b", bytes.NewReader([]byte("text")), 4); err != nil || n != 4 {
		t.Fatalf("Put: %d, %v", n, err)
	}
	if got := get(t, s, "a/b", 0, -1); string(got) != "text" {
		t.Errorf("%q is there", got)
	}
	if faulty.Calls() != 3 || len(*pauses) != 1 {
		t.Errorf("%d calls, %d pauses", faulty.Calls(), len(*pauses))
	}
}

func TestRetryDoesNotRepeatWhatCannotSucceed(t *testing.T) {
	t.Parallel()
	s, faulty, _ := retrying(0)
	if _, err := s.Stat(t.Context(), "a/none"); !errors.Is(err, blob.ErrNotFound) || faulty.Calls() != 1 {
		t.Errorf("Stat: %v after %d calls", err, faulty.Calls())
	}
	var pauses *[]time.Duration
	s, faulty, pauses = retrying(1)
	if _, err := s.Put(t.Context(), "a/b", onlyReader{strings.NewReader("text")}, -1); !errors.Is(err, blob.ErrFault) || faulty.Calls() != 1 || len(*pauses) != 0 {
		t.Errorf("Put of what can be read once: %v after %d calls", err, faulty.Calls())
	}
}

// alwaysFaulty fails every call.
type alwaysFaulty struct {
	blob.Store
	calls int
}

func (a *alwaysFaulty) Stat(context.Context, string) (blob.Info, error) {
	a.calls++
	return blob.Info{}, blob.ErrFault
}

func TestRetryGivesUp(t *testing.T) {
	t.Parallel()
	broken := &alwaysFaulty{}
	var pauses []time.Duration
	s := &blob.Retry{Store: broken, Wait: func(_ context.Context, d time.Duration) error {
		pauses = append(pauses, d)
		return nil
	}}
	if _, err := s.Stat(t.Context(), "a/b"); !errors.Is(err, blob.ErrFault) || broken.calls != 3 || len(pauses) != 2 || pauses[1] < pauses[0] {
		t.Errorf("%v after %d calls, pauses %v", err, broken.calls, pauses)
	}
}
