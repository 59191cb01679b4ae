package fusemount

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Unmount unmounts dir. lazy detaches it also while files are open there (umount2(2), MNT_DETACH).
func Unmount(dir string, lazy bool) error {
	flags, option := 0, "-u"
	if lazy {
		flags, option = unix.MNT_DETACH, "-uz"
	}
	err := unix.Unmount(dir, flags)
	if errors.Is(err, unix.EPERM) { // an ordinary user's: the helper may
		var out []byte
		if out, err = exec.Command("fusermount3", option, dir).CombinedOutput(); err != nil && len(out) > 0 {
			err = errors.New(strings.TrimSpace(string(out)))
		}
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.EBUSY):
		return fmt.Errorf("unmount %s: it is in use; close what is open there, or use --lazy", dir)
	case errors.Is(err, unix.EINVAL):
		return fmt.Errorf("unmount %s: nothing is mounted there", dir)
	}
	return fmt.Errorf("unmount %s: %w", dir, err)
}

// ready makes dir fit to be mounted on.
func ready(dir string) error {
	info, err := look(dir)
	if errors.Is(err, unix.ENOTCONN) { // its process is gone
		if err := Unmount(dir, true); err != nil {
			return err
		}
		info, err = look(dir)
	}
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("mount %s: there is no such directory; make it first", dir)
	case err != nil:
		return fmt.Errorf("mount %s: %w", dir, err)
	case !info.IsDir():
		return fmt.Errorf("mount %s: it is no directory", dir)
	}
	if err := unix.Access("/dev/fuse", unix.R_OK|unix.W_OK); err != nil {
		return fmt.Errorf("mount %s: /dev/fuse cannot be used (%w); load the kernel module fuse, and let everybody in: chmod 666 /dev/fuse", dir, err)
	}
	if _, err := exec.LookPath("fusermount3"); err != nil && os.Geteuid() != 0 {
		return fmt.Errorf("mount %s: an ordinary user needs the program fusermount3; install fuse3", dir)
	}
	if mounted(dir) {
		return fmt.Errorf("mount %s: a Sayrud mount is there already; sayrud umount %s ends it", dir, dir)
	}
	return nil
}

// look is stat(2) of an opened directory: the kernel answers for a moment what it knows of one whose process is gone, and opens it not.
func look(dir string) (os.FileInfo, error) {
	opened, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	return opened.Stat()
}

// mounted reports whether one of our mounts is on dir (proc(5), mountinfo).
func mounted(dir string) bool {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	if resolved, err := filepath.EvalSymlinks(abs); err == nil {
		abs = resolved
	}
	content, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(content)) {
		fields := strings.Fields(line)
		if len(fields) > 8 && unescape(fields[4]) == abs && strings.Contains(line, " - fuse.sayrud ") {
			return true
		}
	}
	return false
}

// unescape reads the octal escapes of mountinfo.
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}
