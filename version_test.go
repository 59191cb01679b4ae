package main

import (
	"runtime/debug"
	"testing"
)

func TestBuild(t *testing.T) {
	t.Parallel()
	revision := []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}}
	for _, c := range []struct {
		name string
		set  build
		info debug.BuildInfo
		want build
	}{
		{"set by the build", build{"v1.2.3", "abc1234"}, debug.BuildInfo{Main: debug.Module{Version: "v1.0.0"}, Settings: revision}, build{"v1.2.3", "abc1234"}},
		{"installed by version", build{}, debug.BuildInfo{Main: debug.Module{Version: "v1.0.0"}}, build{"v1.0.0", "unknown"}},
		{"made in a work tree", build{}, debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: revision}, build{"development build", "0123456"}},
		{"nothing known", build{}, debug.BuildInfo{}, build{"development build", "unknown"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.set.or(&c.info); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
