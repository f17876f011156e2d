package main

import (
	"os"
	"path/filepath"
	"testing"
)

// What is checked in must be what the rules and their tests give.
func TestFresh(t *testing.T) {
	const root = "../.."
	files, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name))); err != nil || string(got) != string(want) {
			t.Errorf("%s is stale: run go generate ./internal/gendocs and commit what it writes", name)
		}
	}
	for _, dir := range []string{pagesDir, examplesDir} {
		there, err := os.ReadDir(filepath.Join(root, dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range there {
			if _, ok := files[dir+"/"+e.Name()]; !ok {
				t.Errorf("%s/%s belongs to no rule: run go generate ./internal/gendocs", dir, e.Name())
			}
		}
	}
}

func TestRunRemovesWhatIsStale(t *testing.T) {
	root := t.TempDir()
	old := filepath.Join(root, pagesDir, "no-such-rule.md")
	if err := os.MkdirAll(filepath.Dir(old), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(old, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(root); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("a page of no rule is still there (%v)", err)
	}
	if _, err := os.Stat(filepath.Join(root, pagesDir, "rds-not-encrypted.md")); err != nil {
		t.Error(err)
	}
}
