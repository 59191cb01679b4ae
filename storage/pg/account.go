//go:build unix

package pg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// unprivileged are the users a server started by root may run as, the first that exists.
var unprivileged = []string{"sayrud", "postgres", "nobody"}

// nobodyID is user and group of last resort.
const nobodyID = 65534

// account is the user that PostgreSQL runs as. PostgreSQL refuses to run as root.
type account struct {
	uid, gid int
	switched bool // another user than ours: we are root
}

// accountFor chooses the user for a data directory: ourselves; for root the owner of what is there already, else an
// unprivileged user.
func accountFor(dataDir string) (account, error) {
	self := account{uid: os.Geteuid(), gid: os.Getegid()}
	owner, err := ownerOf(filepath.Join(dataDir, "postgres"))
	if errors.Is(err, fs.ErrNotExist) {
		owner, err = ownerOf(dataDir)
	} else if err == nil && owner.uid == 0 {
		return account{}, fmt.Errorf("the PostgreSQL data in %s belongs to root, but PostgreSQL refuses to run as root; give it to another user: chown -R nobody %[1]s", filepath.Join(dataDir, "postgres"))
	}
	if err != nil {
		return account{}, err
	}
	if self.uid != 0 {
		if owner.uid != self.uid {
			return account{}, fmt.Errorf("the data directory %s belongs to user %s; run this command as that user, or choose another directory with --data", dataDir, userName(owner.uid))
		}
		return self, nil
	}
	if owner.uid != 0 {
		return account{uid: owner.uid, gid: owner.gid, switched: true}, nil
	}
	return unprivilegedAccount(), nil
}

func unprivilegedAccount() account {
	for _, name := range unprivileged {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil && uid != 0 {
			return account{uid: uid, gid: gid, switched: true}
		}
	}
	return account{uid: nobodyID, gid: nobodyID, switched: true}
}

func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return strconv.Itoa(uid)
}

func ownerOf(name string) (account, error) {
	info, err := os.Stat(name)
	if err != nil {
		return account{}, err
	}
	st := info.Sys().(*syscall.Stat_t)
	return account{uid: int(st.Uid), gid: int(st.Gid)}, nil
}

// own gives a file of ours to the account.
func (a account) own(name string) error {
	if !a.switched {
		return nil
	}
	return a.explain(os.Lchown(name, a.uid, a.gid))
}

// explain adds what to do when root is root in name only, as in a restricted container, and may not act as another.
func (a account) explain(err error) error {
	if a.switched && (errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL)) {
		return fmt.Errorf("%w: PostgreSQL refuses to run as root, and this root may not switch to user %s; run this command as an ordinary user, or give a database with --database-url", err, userName(a.uid))
	}
	return err
}

// mkdir makes dir, 0700 and the account's, unless it is there.
func (a account) mkdir(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return a.check(dir)
		}
		return err
	}
	return a.own(dir)
}

// check reports a directory that is not the account's alone: a link, another's, or open to others.
func (a account) check(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	st := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.IsDir():
		return fmt.Errorf("%s is not a directory", dir)
	case int(st.Uid) != a.uid:
		return fmt.Errorf("%s belongs to user %s, not to %s", dir, userName(int(st.Uid)), userName(a.uid))
	case info.Mode().Perm()&0o077 != 0:
		return os.Chmod(dir, 0o700)
	}
	return nil
}

// canEnter reports whether the account may reach dir: every directory on the way lets it search.
func (a account) canEnter(dir string) bool {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return false
	}
	for ; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return false
		}
		st := info.Sys().(*syscall.Stat_t)
		bit := fs.FileMode(0o001)
		switch {
		case int(st.Uid) == a.uid:
			bit = 0o100
		case int(st.Gid) == a.gid:
			bit = 0o010
		}
		if info.Mode()&bit == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}
