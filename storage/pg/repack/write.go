package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

// recipe counts the changes to what this program makes of the same package.
const recipe = 1

// windowBytes is how far back the compressor looks for repetitions, and what reading the archive costs in memory.
const windowBytes = 32 << 20

// target is the pair of output files: the archive, and its hash with where it came from.
type target struct{ archive, sum string }

func newTarget(out, goos, goarch string) target {
	dir := filepath.Join(out, goos+"_"+goarch)
	return target{archive: filepath.Join(dir, "postgres.tar.zst"), sum: filepath.Join(dir, "postgres.sum")}
}

// describe returns the text of the sum file.
func describe(p pin, archive []byte) string {
	sum := sha256.Sum256(archive)
	return fmt.Sprintf("%s\n%s@%s %s\nrecipe %d\n", hex.EncodeToString(sum[:]), p.Name, p.version, p.Integrity, recipe)
}

func (t target) upToDate(p pin) bool {
	archive, err := os.ReadFile(t.archive)
	if err != nil {
		return false
	}
	sum, err := os.ReadFile(t.sum)
	return err == nil && string(sum) == describe(p, archive)
}

// write makes both files, each complete or not at all; the sum last.
func (t target) write(p pin, entries []entry) error {
	archive, err := compress(entries)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(t.archive), 0o755); err != nil {
		return err
	}
	if err := replace(t.archive, archive); err != nil {
		return err
	}
	return replace(t.sum, []byte(describe(p, archive)))
}

func replace(name string, data []byte) error {
	if err := os.WriteFile(name+".new", data, 0o644); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// compress packs the entries. One goroutine and no times, so that the bytes depend on the entries alone.
func compress(entries []entry) ([]byte, error) {
	var out bytes.Buffer
	zw, err := zstd.NewWriter(&out, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(windowBytes))
	if err != nil {
		return nil, err
	}
	tw := tar.NewWriter(zw)
	for _, e := range entries {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: e.name, Mode: 0o644, Size: int64(len(e.data)), Format: tar.FormatPAX}
		switch {
		case e.link != "":
			h.Typeflag, h.Linkname, h.Mode = tar.TypeSymlink, e.link, 0o777
		case e.exec:
			h.Mode = 0o755
		}
		if err := tw.WriteHeader(h); err != nil {
			return nil, fmt.Errorf("pack %s: %w", e.name, err)
		}
		if _, err := tw.Write(e.data); err != nil {
			return nil, fmt.Errorf("pack %s: %w", e.name, err)
		}
	}
	if err := tw.Close(); err != nil {
		return nil, err
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
