//go:build unix

package pg

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/klauspost/compress/zstd"
)

// archive is the compressed PostgreSQL inside this executable.
type archive struct {
	sum string // its hash, in hexadecimal
}

const archiveName = archiveDir + "/postgres.tar.zst"

// ArchiveSum returns the hash of the PostgreSQL archive in this executable, "" when the build had none.
func ArchiveSum() string {
	a, _ := embeddedArchive()
	return a.sum
}

// embeddedArchive returns the archive, and false when the build had none.
func embeddedArchive() (archive, bool) {
	sum, err := archiveFiles.ReadFile(archiveDir + "/postgres.sum")
	if err != nil || len(sum) < 64 {
		return archive{}, false
	}
	if _, err := fs.Stat(archiveFiles, archiveName); err != nil {
		return archive{}, false
	}
	return archive{sum: string(sum[:64])}, true
}

// manifestName is the file that is written last: what was unpacked, by name and size in bytes, links as -1.
const manifestName = ".manifest.json"

// unpack returns the directory below cacheDir that holds the unpacked archive, unpacking it if it is not there or not
// whole. Processes that unpack at the same time wait for each other; nobody sees an unfinished directory.
func (a archive) unpack(cacheDir string) (string, error) {
	dir := filepath.Join(cacheDir, "postgres-"+a.sum[:16])
	if whole(dir) {
		return dir, nil
	}
	if err := os.MkdirAll(cacheDir, 0o755); err != nil {
		return "", fmt.Errorf("unpack PostgreSQL: %w", err)
	}
	lock, err := lockFile(filepath.Join(cacheDir, "unpack.lock"), true)
	if err != nil {
		return "", fmt.Errorf("unpack PostgreSQL: %w", err)
	}
	defer lock.Close()
	if whole(dir) {
		return dir, nil
	}
	clearRemains(cacheDir, ".unpack-")
	tmp, err := os.MkdirTemp(cacheDir, ".unpack-")
	if err != nil {
		return "", fmt.Errorf("unpack PostgreSQL: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := a.extract(filepath.Join(tmp, "new")); err != nil {
		return "", spaceHint(fmt.Errorf("unpack PostgreSQL into %s: %w", cacheDir, err))
	}
	// A damaged directory is moved aside, not emptied: a server may be running from it.
	if err := os.Rename(dir, filepath.Join(tmp, "old")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("unpack PostgreSQL: %w", err)
	}
	if err := os.Rename(filepath.Join(tmp, "new"), dir); err != nil {
		return "", fmt.Errorf("unpack PostgreSQL: %w", err)
	}
	return dir, nil
}

// clearRemains removes what an interrupted process left in dir under names that begin with prefix. The caller holds
// the lock that the process held. What cannot be removed, perhaps because a child of that process still writes, stays
// for the next time: nobody reads it.
func clearRemains(dir, prefix string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			_ = os.RemoveAll(filepath.Join(dir, e.Name()))
		}
	}
}

// whole reports whether dir holds everything its manifest lists.
func whole(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return false
	}
	sizes := map[string]int64{}
	if json.Unmarshal(text, &sizes) != nil || len(sizes) == 0 {
		return false
	}
	for name, size := range sizes {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil {
			return false
		}
		if link := info.Mode()&fs.ModeSymlink != 0; link != (size < 0) || !link && info.Size() != size {
			return false
		}
	}
	return true
}

// extract writes the archive's files to dir, which must not exist.
func (a archive) extract(dir string) error {
	f, err := archiveFiles.Open(archiveName) // not ReadFile, which copies
	if err != nil {
		return err
	}
	defer f.Close()
	zr, err := zstd.NewReader(f)
	if err != nil {
		return err
	}
	defer zr.Close()
	sizes := map[string]int64{}
	for tr := tar.NewReader(zr); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if !fs.ValidPath(h.Name) {
			return fmt.Errorf("the archive holds a file named %q", h.Name)
		}
		if sizes[h.Name], err = extractOne(filepath.Join(dir, h.Name), h, tr); err != nil {
			return err
		}
	}
	text, err := json.Marshal(sizes)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, manifestName), text, 0o644)
}

// extractOne writes one file or link, readable to every user whatever the umask: PostgreSQL may run as another.
func extractOne(name string, h *tar.Header, body io.Reader) (size int64, err error) {
	if err := mkdirReadable(filepath.Dir(name)); err != nil {
		return 0, err
	}
	if h.Typeflag == tar.TypeSymlink {
		if path.IsAbs(h.Linkname) || strings.Contains(h.Linkname, "..") {
			return 0, fmt.Errorf("the archive links to %q", h.Linkname)
		}
		return -1, os.Symlink(h.Linkname, name)
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if size, err = io.Copy(f, body); err != nil {
		return 0, err
	}
	return size, f.Chmod(fs.FileMode(h.Mode) & 0o755)
}

// mkdirReadable makes dir and its missing parents with mode 0755.
func mkdirReadable(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := mkdirReadable(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	return os.Chmod(dir, 0o755)
}

// spaceHint adds what to do when a device is full.
func spaceHint(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w; free some space there and try again", err)
	}
	return err
}
