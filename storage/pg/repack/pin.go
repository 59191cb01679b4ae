package main

import (
	"crypto/sha512"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed packages.json
var packagesJSON []byte

// pin is one platform's package: what to fetch and the hash it must have.
type pin struct {
	OS        string `json:"os"`
	Arch      string `json:"arch"`
	Name      string `json:"name"`
	Integrity string `json:"integrity"` // "sha512-" and base64, as npm prints it
	version   string
}

func findPin(goos, goarch string) (pin, error) {
	var file struct {
		Version  string `json:"version"`
		Packages []pin  `json:"packages"`
	}
	if err := json.Unmarshal(packagesJSON, &file); err != nil {
		return pin{}, fmt.Errorf("read packages.json: %w", err)
	}
	for _, p := range file.Packages {
		if p.OS == goos && p.Arch == goarch {
			p.version = file.Version
			return p, nil
		}
	}
	return pin{}, fmt.Errorf("no package is pinned for %s/%s; build without the archive to use PostgreSQL from the machine", goos, goarch)
}

// fetch downloads the package into dir and returns the file's name.
func fetch(p pin, dir string) (string, error) {
	cmd := exec.Command("npm", "pack", "--silent", "--pack-destination", dir, p.Name+"@"+p.version)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("fetch %s@%s with npm pack: %w", p.Name, p.version, err)
	}
	lines := strings.Fields(string(out))
	if len(lines) == 0 {
		return "", fmt.Errorf("fetch %s@%s with npm pack: it printed no file name", p.Name, p.version)
	}
	return filepath.Join(dir, filepath.Base(lines[len(lines)-1])), nil
}

// verify reports whether the package's bytes are the pinned ones.
func (p pin) verify(tgz []byte) error {
	sum := sha512.Sum512(tgz)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != p.Integrity {
		return errors.New("the package is not the pinned one: its hash is " + got)
	}
	return nil
}
