package definition_test

import (
	"testing"
)

func TestParseExample(t *testing.T) {
	t.Parallel()
	f := example(t)
	if got := len(f.Project.AllEndpoints()); got != 7 {
		t.Errorf("%d endpoints", got)
	}
}
