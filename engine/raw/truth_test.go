package raw

import "testing"

func TestTruthyIsJavaScripts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"": false, "null": false, "false": false, "0": false, "-0.0": false, `""`: false, "true": true, "1": true, `"0"`: true, "[]": true, "{}": true} {
		if Value(text).Truthy() != want {
			t.Errorf("%s", text)
		}
	}
}
