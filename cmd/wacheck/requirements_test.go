package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	scriptName = regexp.MustCompile("`([\\w.-]+\\.txtar)`")
	testName   = regexp.MustCompile("`([\\w/]+)` `(Test\\w+)`")
)

// The tests that docs/requirements.md names are there, and scripts that prove a
// requirement are in it.
func TestRequirementsHaveTests(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "requirements.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range scriptName.FindAllStringSubmatch(string(text), -1) {
		if _, err := os.Stat(filepath.Join("testdata", "script", m[1])); err != nil {
			t.Error(err)
		}
	}
	for _, m := range testName.FindAllStringSubmatch(string(text), -1) {
		if !hasTest(t, filepath.Join("..", "..", filepath.FromSlash(m[1])), m[2]) {
			t.Errorf("%s has no %s", m[1], m[2])
		}
	}
	scripts, err := filepath.Glob("testdata/script/ur-*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	scenarios, err := filepath.Glob("testdata/script/scenario_*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append(scripts, scenarios...) {
		if !strings.Contains(string(text), "`"+filepath.Base(s)+"`") {
			t.Errorf("docs/requirements.md does not name %s", filepath.Base(s))
		}
	}
}

func hasTest(t *testing.T, dir, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		text, err := os.ReadFile(file)
		return err == nil && strings.Contains(string(text), "func "+name+"(")
	})
}

// What can't be linked can't be called (UR-16.1): there is no client for any
// protocol in the program.
func TestNoNetworkIsLinked(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no go command here")
	}
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for pkg := range strings.Lines(string(out)) {
		if pkg = strings.TrimSpace(pkg); pkg == "crypto/tls" || pkg == "net/http" || pkg == "net/rpc" || pkg == "net/smtp" {
			t.Errorf("%s is linked", pkg)
		}
	}
}
