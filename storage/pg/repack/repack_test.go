package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWanted(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"bin/postgres":                                     true,
		"lib/libpq.so.5":                                   true,
		"lib/postgresql/plpgsql.so":                        true,
		"lib/postgresql/pg_trgm.so":                        true,
		"share/postgresql/extension/plpgsql.control":       true,
		"lib/libpgcommon.a":                                false,
		"lib/libecpg.so.6":                                 false,
		"lib/postgresql/pgxs/src/Makefile":                 false,
		"lib/postgresql/plperl.so":                         false,
		"lib/postgresql/hstore_plpython3.so":               false,
		"share/postgresql/extension/jsonb_plperl--1.0.sql": false,
		"share/doc/postgresql/html/index.html":             false,
		"include/libpq-fe.h":                               false,
	} {
		if got := wanted(name); got != want {
			t.Errorf("wanted(%q) = %v", name, got)
		}
	}
}

// pack makes an npm package of files, with the pin that fits it.
func pack(t *testing.T, files map[string]string) (pin, string) {
	t.Helper()
	var out bytes.Buffer
	zw := gzip.NewWriter(&out)
	tw := tar.NewWriter(zw)
	for name, text := range files {
		if err := tw.WriteHeader(&tar.Header{Name: "package/" + name, Mode: 0o755, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := tw.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "package.tgz")
	if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512(out.Bytes())
	return pin{Name: "test", version: "1", Integrity: "sha512-" + base64.StdEncoding.EncodeToString(sum[:])}, name
}

func TestRead_sortsTrimsAndLinks(t *testing.T) {
	t.Parallel()
	p, tgz := pack(t, map[string]string{
		"native/lib/libx.so.1.2": "x", "native/bin/postgres": "server", "native/lib/libx.a": "static", "dist/index.js": "js",
		"native/pg-symlinks.json": `[{"source":"native/lib/libx.so.1.2","target":"native/lib/libx.so.1"},{"source":"native/lib/libecpg.so.6.1","target":"native/lib/libecpg.so"}]`,
	})
	got, err := read(p, tgz)
	if err != nil {
		t.Fatal(err)
	}
	want := []entry{
		{name: "bin/postgres", exec: true, data: []byte("server")},
		{name: "lib/libx.so.1", link: "libx.so.1.2"},
		{name: "lib/libx.so.1.2", exec: true, data: []byte("x")},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(entry{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRead_refusesOtherBytes(t *testing.T) {
	t.Parallel()
	p, tgz := pack(t, map[string]string{"native/bin/postgres": "server"})
	p.Integrity = "sha512-AAAA"
	if _, err := read(p, tgz); err == nil {
		t.Error("no error")
	}
}

func TestWrite_sameBytesAndUpToDate(t *testing.T) {
	t.Parallel()
	p, tgz := pack(t, map[string]string{"native/bin/postgres": "server", "native/lib/a.so": "a"})
	var archives [][]byte
	for range 2 {
		entries, err := read(p, tgz)
		if err != nil {
			t.Fatal(err)
		}
		target := newTarget(t.TempDir(), "linux", "amd64")
		if target.upToDate(p) {
			t.Error("up to date before it is written")
		}
		if err := target.write(p, entries); err != nil {
			t.Fatal(err)
		}
		if !target.upToDate(p) {
			t.Error("not up to date after it is written")
		}
		data, err := os.ReadFile(target.archive)
		if err != nil {
			t.Fatal(err)
		}
		archives = append(archives, data)
		if err := os.WriteFile(target.archive, data[1:], 0o600); err != nil {
			t.Fatal(err)
		}
		if target.upToDate(p) {
			t.Error("up to date with a damaged archive")
		}
	}
	if !bytes.Equal(archives[0], archives[1]) {
		t.Error("two runs gave different bytes")
	}
}

func TestFindPin(t *testing.T) {
	t.Parallel()
	for _, platform := range [][2]string{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}} {
		if p, err := findPin(platform[0], platform[1]); err != nil || p.version == "" || p.Integrity == "" {
			t.Errorf("%v: %+v, %v", platform, p, err)
		}
	}
	if _, err := findPin("plan9", "arm"); err == nil {
		t.Error("a platform without a package has a pin")
	}
}
