package main

import "runtime/debug"

// version and commit are set by the build (-ldflags -X); empty where it does not say them.
var version, commit string

// A build is which program this is: its version and the commit that it was made of.
type build struct{ version, commit string }

// thisBuild tells of this program what the build set, or else what the Go toolchain wrote into it.
func thisBuild() build {
	b := build{version, commit}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = new(debug.BuildInfo)
	}
	return b.or(info)
}

// or fills in what the build did not set: the module's version where it was installed by one, the commit where it was made in a work tree.
func (b build) or(info *debug.BuildInfo) build {
	if b.version == "" {
		b.version = "development build"
		if v := info.Main.Version; v != "" && v != "(devel)" {
			b.version = v
		}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && b.commit == "" && len(s.Value) >= 7 {
			b.commit = s.Value[:7]
		}
	}
	if b.commit == "" {
		b.commit = "unknown"
	}
	return b
}
