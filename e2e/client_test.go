package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestGeneratedClient makes a TypeScript client of the OpenAPI document with tools that nobody here wrote, compiles it under --strict
// and runs it against the server: client/client.ts says what it must be able to do and what the compiler must refuse.
func TestGeneratedClient(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	project, err := os.ReadFile("client/project.yaml")
	if err != nil {
		t.Fatal(err)
	}
	in.apply(string(project))

	dir := t.TempDir()
	for _, name := range []string{"client.ts", "tsconfig.json", "package.json", "package-lock.json", ".npmrc"} {
		content, err := os.ReadFile(filepath.Join("client", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), content, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	status, document := in.request("GET", "/api/shop/openapi.json", "")
	if status != 200 {
		t.Fatal(status, document)
	}
	if err := os.WriteFile(filepath.Join(dir, "openapi.json"), []byte(document), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{
		{"npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"},
		{"npx", "--no-install", "openapi-typescript", "openapi.json", "-o", "api.ts"},
		{"npx", "--no-install", "tsc"},
		{"node", "out/client.js"},
	} {
		run := exec.CommandContext(t.Context(), command[0], command[1:]...)
		run.Dir = dir
		run.Env = append(os.Environ(), "SERVER=http://"+in.addr)
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s\n%s", command, err, out, document)
		}
	}
}
