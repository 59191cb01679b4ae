//go:build unix

package pg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// programsVariable names a directory with initdb and postgres to use instead of the built-in ones.
const programsVariable = "SAYRUD_POSTGRES_BIN"

// minMajor is the oldest major version that serves.
const minMajor = MinVersion / 10000

// programs are the executables of one PostgreSQL.
type programs struct {
	bin   string // directory of initdb and postgres
	major int
}

// findPrograms returns the PostgreSQL to run: $SAYRUD_POSTGRES_BIN, the one in this executable, else one of the
// machine. major is that of the existing data, 0 when there is none.
func findPrograms(ctx context.Context, cacheDir string, major int) (programs, error) {
	if bin := os.Getenv(programsVariable); bin != "" {
		p, err := inspect(ctx, bin)
		if err != nil {
			return programs{}, fmt.Errorf("use PostgreSQL of $%s: %w", programsVariable, err)
		}
		return p, p.fits(major)
	}
	var refusal error
	if a, ok := embeddedArchive(); ok {
		dir, err := a.unpack(cacheDir)
		if err != nil {
			return programs{}, err
		}
		p, err := inspect(ctx, filepath.Join(dir, "bin"))
		if err == nil {
			if err = p.fits(major); err == nil {
				return p, nil
			}
		}
		refusal = err
	}
	for _, p := range machinePrograms(ctx) {
		if p.fits(major) == nil {
			return p, nil
		}
	}
	if refusal != nil {
		return programs{}, refusal
	}
	return programs{}, fmt.Errorf("this build has no PostgreSQL inside and found none of version %s on the machine; install the PostgreSQL server package, or give a database with --database-url", wantedVersion(major))
}

func wantedVersion(major int) string {
	if major != 0 {
		return strconv.Itoa(major)
	}
	return strconv.Itoa(minMajor) + " or newer"
}

// fits reports whether the programs can serve data of a major version; 0 is no data yet.
func (p programs) fits(major int) error {
	switch {
	case p.major < minMajor:
		return fmt.Errorf("PostgreSQL %d in %s is too old: %d or newer is needed", p.major, p.bin, minMajor)
	case major != 0 && major != p.major:
		return fmt.Errorf("the data directory was made by PostgreSQL %d, but this program runs PostgreSQL %d; use the version of sayrud that made it, or install PostgreSQL %[1]d and set %[3]s to the directory of its programs", major, p.major, programsVariable)
	}
	return nil
}

// machinePrograms returns the PostgreSQL servers of the machine, the newest first.
func machinePrograms(ctx context.Context) []programs {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	more, _ := filepath.Glob("/usr/pgsql-*/bin")
	brew, _ := filepath.Glob("/opt/homebrew/opt/postgresql@*/bin")
	dirs = slices.Concat(dirs, more, brew)
	if name, err := exec.LookPath("postgres"); err == nil {
		if name, err = filepath.EvalSymlinks(name); err == nil {
			dirs = append(dirs, filepath.Dir(name))
		}
	}
	var found []programs
	for _, dir := range dirs {
		if p, err := inspect(ctx, dir); err == nil {
			found = append(found, p)
		}
	}
	slices.SortStableFunc(found, func(a, b programs) int { return b.major - a.major })
	return found
}

var versionPattern = regexp.MustCompile(`PostgreSQL\) ([0-9]+)`)

// inspect asks the programs of a directory for their version, which also shows whether they run here.
func inspect(ctx context.Context, bin string) (programs, error) {
	if _, err := os.Stat(filepath.Join(bin, "initdb")); err != nil {
		return programs{}, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "--version")
	cmd.Env = serverEnvironment("/")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return programs{}, runHint(bin, string(out), err)
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return programs{}, fmt.Errorf("%s/postgres does not tell its version: %q", bin, out)
	}
	major, err := strconv.Atoi(string(match[1]))
	if err != nil {
		return programs{}, err
	}
	return programs{bin: bin, major: major}, nil
}

// runHint says what to do when PostgreSQL cannot even be started.
func runHint(bin, out string, err error) error {
	hint := "install the PostgreSQL server package, or give a database with --database-url"
	switch {
	case errors.Is(err, os.ErrPermission):
		hint = "that directory may not allow programs to run (noexec); set XDG_CACHE_HOME to another"
	case strings.Contains(out, "GLIBC"), errors.Is(err, os.ErrNotExist):
		hint = "it needs the GNU C library 2.27 or newer; " + hint
	}
	if out = strings.TrimSpace(out); out != "" {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return fmt.Errorf("run PostgreSQL in %s: %w; %s", bin, err, hint)
}

// serverEnvironment is all that PostgreSQL sees of ours: no PG* variables, no locale, no library paths.
func serverEnvironment(home string) []string {
	return []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=" + home}
}
