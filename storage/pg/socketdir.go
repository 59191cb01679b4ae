//go:build unix

package pg

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

const (
	// maxSocketPath is what the kernel takes: sun_path without its terminating zero (unix(7)).
	maxSocketPath = 107
	socketPort    = "5432"
	socketName    = ".s.PGSQL." + socketPort
	controlName   = "control"
	// runName is the directory of the sockets in a data directory, or a symbolic link to it where the path of the
	// data directory is too long or its file system has no sockets.
	runName = "run"
	// shortRoot is where such links lead. Not os.TempDir, which may be long itself.
	shortRoot = "/tmp"
	// shortTries bounds how many names are tried when others sit on them.
	shortTries = 16
)

// listenControl makes the socket directory and listens on the control socket in it. The caller holds the data
// directory's lock, so whatever socket is there is a dead one's.
func listenControl(dataDir string, acc account) (net.Listener, string, error) {
	var problems []error
	if dir := filepath.Join(dataDir, runName); len(filepath.Join(dir, socketName)) <= maxSocketPath {
		ln, err := listenIn(dir, acc)
		if err == nil {
			return ln, dir, nil
		}
		problems = append(problems, err)
	}
	ln, dir, err := listenShort(dataDir, acc)
	if err == nil {
		return ln, dir, nil
	}
	return nil, "", fmt.Errorf("listen for clients: %w", errors.Join(append(problems, err)...))
}

func listenIn(dir string, acc account) (net.Listener, error) {
	if info, err := os.Lstat(dir); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s leads elsewhere", dir)
	}
	if err := acc.mkdir(dir); err != nil {
		return nil, err
	}
	name := filepath.Join(dir, controlName)
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"})
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(name, 0o777); err != nil { // the directory is 0700
		ln.Close()
		return nil, err
	}
	return ln, nil
}

// listenShort listens in a directory with a short path and links to it.
func listenShort(dataDir string, acc account) (net.Listener, string, error) {
	link := filepath.Join(dataDir, runName)
	if dir, err := os.Readlink(link); err == nil {
		if ln, err := listenIn(dir, acc); err == nil {
			return ln, dir, nil
		}
	}
	sum := sha256.Sum256([]byte(dataDir))
	base := filepath.Join(shortRoot, "sayrud-"+strconv.Itoa(acc.uid)+"-"+hex.EncodeToString(sum[:6]))
	var last error
	for n := range shortTries {
		dir := base
		if n > 0 {
			dir += "-" + strconv.Itoa(n)
		}
		ln, err := listenIn(dir, acc)
		if err != nil {
			last = err
			continue
		}
		if err := relink(dir, link, acc); err != nil {
			ln.Close()
			return nil, "", err
		}
		return ln, dir, nil
	}
	return nil, "", last
}

func relink(dir, link string, acc account) error {
	if err := os.RemoveAll(link); err != nil {
		return err
	}
	if err := os.Symlink(dir, link); err != nil {
		return err
	}
	return acc.own(link)
}

// socketDir returns the directory of the sockets as a client finds it. A link is followed only to a directory of one
// of the users who may run the server.
func socketDir(dataDir string) (string, error) {
	acc, err := accountFor(dataDir)
	if err != nil {
		return "", err
	}
	return socketDirFor(dataDir, acc)
}

func socketDirFor(dataDir string, acc account) (string, error) {
	name := filepath.Join(dataDir, runName)
	target, err := os.Readlink(name)
	if errors.Is(err, syscall.EINVAL) {
		return name, nil // a directory
	}
	if err != nil {
		return "", err
	}
	info, err := os.Lstat(target)
	if err != nil {
		return "", err
	}
	if uid := int(info.Sys().(*syscall.Stat_t).Uid); !info.IsDir() || uid != acc.uid {
		return "", fmt.Errorf("%s belongs to user %s", target, userName(uid))
	}
	return target, nil
}

// removeSockets removes what a server that is gone left in dir.
func removeSockets(dir string) error {
	for _, name := range []string{socketName, socketName + ".lock"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
