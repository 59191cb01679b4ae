package engine

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestETags(t *testing.T) {
	t.Parallel()
	for header, want := range map[string][]string{
		"":                           nil,
		" , ":                        nil,
		"*":                          {"*"},
		`"a"`:                        {"a"},
		`W/"a,b" ,"", 3-c , "1-d"`:   {"a,b", "", "3-c", "1-d"},
		`"not closed`:                {"not closed"},
		"\"a\"\t,W/\"b\",,W/c,\"d\"": {"a", "b", "c", "d"},
	} {
		if diff := cmp.Diff(want, slices.Collect(ETags(header))); diff != "" {
			t.Errorf("tags of %s (-want +got):\n%s", header, diff)
		}
	}
}
