package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMountLife mounts in the background, unmounts, kills a mount and mounts over what it left.
func TestMountLife(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.run(0, "", "apply", writeTemp(t, journal))
	dir := t.TempDir()
	in.run(0, "", "mount", "-d", "--project", "journal", dir)
	if !isMounted(t, dir) {
		t.Fatal("mount -d came back before it was mounted")
	}
	if err := os.WriteFile(filepath.Join(dir, "notes", "n.json"), []byte(`{"title": "n"}`), 0o600); err != nil {
		t.Error(err)
	}
	if _, problem := in.run(1, "", "mount", "--project", "journal", dir); !strings.Contains(problem, "a Sayrud mount is there already") {
		t.Errorf("a second mount on the same directory says %s", problem)
	}
	open, err := os.Open(filepath.Join(dir, "notes"))
	if err != nil {
		t.Fatal(err)
	}
	if _, problem := in.run(1, "", "umount", dir); !strings.Contains(problem, "in use") {
		t.Errorf("umount of a mount in use says %s", problem)
	}
	open.Close()
	in.run(0, "", "umount", dir)
	if isMounted(t, dir) {
		t.Error("after umount it is still mounted")
	}
	if _, problem := in.run(1, "", "umount", dir); !strings.Contains(problem, "nothing is mounted there") {
		t.Errorf("umount of nothing says %s", problem)
	}

	m := in.mountOn(dir, "--project", "journal")
	_ = m.process.Process.Kill()
	<-m.ended
	if _, err := os.Stat(filepath.Join(dir, "notes")); !errors.Is(err, syscall.ENOTCONN) {
		t.Errorf("a killed mount answers %v", err)
	}
	m = in.mountOn(dir, "--project", "journal") // over what is left of it
	if got := m.read("notes", "n.json"); !strings.Contains(got, `"title": "n"`) {
		t.Errorf("after a kill the record is %s", got)
	}
	m.end()
	if code := m.process.ProcessState.ExitCode(); code != 0 || isMounted(t, dir) {
		t.Errorf("on SIGTERM the mount exits with %d\n%s", code, m.output)
	}
	for _, tt := range []struct{ directory, flag, want string }{
		{filepath.Join(dir, "nowhere"), "--project=journal", "there is no such directory"},
		{dir, "--project=jurnal", "there is no project jurnal"},
		{dir, "--as=nobody@example.org", "no such administrator"},
	} {
		for _, background := range []string{"--background", "--no-hidden"} {
			if background == "--no-hidden" {
				background = "--log-level=info"
			}
			if _, problem := in.run(1, "", "mount", tt.flag, background, tt.directory); !strings.Contains(problem, tt.want) {
				t.Errorf("mount %s %s says %s", tt.flag, tt.directory, problem)
			}
		}
	}
}

// TestMountRights mounts as others than the operator, and with other owners and modes.
func TestMountRights(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(journal)
	in.admin(201, "POST", "/administrators", `{"email": "vera@example.org", "password": "a long enough password", "roles": {"journal": "viewer"}}`, nil)
	if err := in.mount("--project", "journal").write(`{"title": "n"}`, "notes", "n.json"); err != nil {
		t.Fatal(err)
	}
	viewer := in.mount("--as", "vera@example.org", "--umask", "022", "--uid", "1234", "--gid", "5678", "--allow-other")
	if got := viewer.shell(0, "", "ls"); got != "journal\n" {
		t.Errorf("a viewer sees %q", got)
	}
	if err := viewer.write(`{"title": "x"}`, "journal", "notes", "n.json"); !errors.Is(err, syscall.EACCES) {
		t.Errorf("a viewer's write gives %v", err)
	}
	if got := viewer.shell(0, "journal/notes", "stat -c '%a %u %g' . n.json"); got != "755 1234 5678\n644 1234 5678\n" {
		t.Errorf("modes and owners are %q", got)
	}
	var audit struct {
		Items []struct{ Actor, Action, Target string }
	}
	in.admin(200, "GET", "/projects/journal/audit?target=notes/n", "", &audit)
	if len(audit.Items) != 1 || audit.Items[0].Action != "create record" || audit.Items[0].Actor != "operator" {
		t.Errorf("the audit log has %+v", audit.Items)
	}
	reading := in.mount("--project", "journal", "--read-only")
	if err := reading.write(`{"title": "x"}`, "notes", "n.json"); !errors.Is(err, syscall.EROFS) {
		t.Errorf("a write to a read-only mount gives %v", err)
	}
	whole := in.mount("--project", "journal", "--hidden")
	if err := whole.write(`{"secret": "s"}`, "notes", "n.json"); err != nil || !strings.Contains(whole.read("notes", "n.json"), `"secret": "s"`) {
		t.Errorf("with --hidden a hidden field cannot be written: %v", err)
	}
	line := whole.shell(0, "", "grep ' "+whole.dir+" ' /proc/self/mountinfo")
	if !strings.Contains(line, "nosuid,nodev") || !strings.Contains(line, "fuse.sayrud") {
		t.Errorf("the mount is %s", line)
	}
}

// TestMountOutage stops the user's own PostgreSQL under a mount and starts it again: operations fail, nothing hangs, and it goes on.
func TestMountOutage(t *testing.T) {
	t.Parallel()
	database := newCluster(t)
	in := installOn(t, database)
	in.run(0, "", "apply", writeTemp(t, journal))
	m := in.mount("--project", "journal")
	if err := m.write(`{"title": "before"}`, "notes", "n.json"); err != nil {
		t.Fatal(err)
	}
	database.stop(syscall.SIGINT)
	time.Sleep(200 * time.Millisecond) // what was read is no longer fresh
	if _, err := os.ReadFile(m.path("notes", "n.json")); !errors.Is(err, syscall.EIO) {
		t.Errorf("without PostgreSQL reading gives %v", err)
	}
	if err := m.write(`{"title": "lost"}`, "notes", "n.json"); !errors.Is(err, syscall.EIO) {
		t.Errorf("without PostgreSQL writing gives %v", err)
	}
	if got := m.shell(0, "", "ls"); got != "notes\npeople\n" {
		t.Errorf("without PostgreSQL the tables are %q", got)
	}
	database.start()
	for m.write(`{"title": "after"}`, "notes", "n.json") != nil {
		time.Sleep(10 * time.Millisecond)
	}
	if got := m.read("notes", "n.json"); !strings.Contains(got, "after") {
		t.Errorf("with PostgreSQL back the record is %s", got)
	}
}

// TestMountOrdinaryUser mounts as a user without rights, by fusermount3.
func TestMountOrdinaryUser(t *testing.T) {
	t.Parallel()
	home := ordinaryHome(t)
	in := install(t)
	in.data, in.as = filepath.Join(home, "data"), ordinaryUser()
	in.env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
	file := filepath.Join(home, "journal.yaml")
	if err := os.WriteFile(file, []byte(journal), 0o644); err != nil {
		t.Fatal(err)
	}
	in.run(0, "", "apply", file)
	dir := filepath.Join(home, "mnt")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	in.run(0, "", "mount", "-d", "--project", "journal", dir)
	sh := in.command("version")
	sh.Path, sh.Args, sh.Dir = "/bin/sh", []string{"sh", "-c", `cd ` + dir + `/notes && echo '{"title": "mine"}' >n.json && grep title n.json && stat -c '%a %u' n.json`}, home
	out, err := sh.CombinedOutput()
	if err != nil || !strings.Contains(string(out), `"title": "mine"`) || !strings.Contains(string(out), "600 ") {
		t.Errorf("an ordinary user's mount gives %v\n%s", err, out)
	}
	in.run(0, "", "umount", dir)
	if isMounted(t, dir) {
		t.Error("after umount it is still mounted")
	}
}
