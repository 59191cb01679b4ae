package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// entry is a file or, when link is set, a symbolic link of the archive.
type entry struct {
	name string // bin/postgres
	exec bool
	data []byte
	link string
}

const (
	root     = "package/"
	native   = "native/"
	linkFile = native + "pg-symlinks.json"
)

// read returns what the archive holds, sorted by name.
func read(p pin, tgz string) ([]entry, error) {
	data, err := os.ReadFile(tgz)
	if err != nil {
		return nil, err
	}
	if err := p.verify(data); err != nil {
		return nil, err
	}
	zr, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read package: %w", err)
	}
	var entries []entry
	for tr := tar.NewReader(zr); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read package: %w", err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		body, err := io.ReadAll(tr)
		if err != nil {
			return nil, fmt.Errorf("read package: %w", err)
		}
		switch name := strings.TrimPrefix(h.Name, root); {
		case name == "LICENSE.md":
			entries = append(entries, entry{name: name, data: body})
		case name == linkFile:
			links, err := readLinks(body)
			if err != nil {
				return nil, err
			}
			entries = append(entries, links...)
		case strings.HasPrefix(name, native) && wanted(name[len(native):]):
			entries = append(entries, entry{name: name[len(native):], data: body, exec: h.Mode&0o100 != 0})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return entries, nil
}

// readLinks returns the symbolic links that npm packages cannot hold.
func readLinks(body []byte) ([]entry, error) {
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(body, &links); err != nil {
		return nil, fmt.Errorf("read %s: %w", linkFile, err)
	}
	var entries []entry
	for _, l := range links {
		name := strings.TrimPrefix(l.Target, native)
		if !wanted(name) {
			continue
		}
		to, err := filepath.Rel(path.Dir(l.Target), l.Source)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", linkFile, err)
		}
		entries = append(entries, entry{name: name, link: to})
	}
	return entries, nil
}

// unwanted are what a server does without: building extensions, embedded SQL in C, languages whose interpreters
// are not there, samples for clients.
var unwanted = []string{
	"lib/*.a",
	"lib/pkgconfig/*",
	"lib/libecpg*",
	"lib/libpgtypes*",
	"lib/postgresql/pgxs/*",
	"lib/postgresql/*plperl*",
	"lib/postgresql/*plpython*",
	"lib/postgresql/*pltcl*",
	"share/postgresql/extension/*plperl*",
	"share/postgresql/extension/*plpython*",
	"share/postgresql/extension/*pltcl*",
	"share/postgresql/errcodes.txt",
	"share/postgresql/psqlrc.sample",
	"share/postgresql/pg_service.conf.sample",
	"share/doc/*",
	"share/man/*",
	"include/*",
}

func wanted(name string) bool {
	for _, pattern := range unwanted {
		if dir, ok := strings.CutSuffix(pattern, "/*"); ok && strings.HasPrefix(name, dir+"/") {
			return false
		}
		if ok, _ := path.Match(pattern, name); ok {
			return false
		}
	}
	return true
}
