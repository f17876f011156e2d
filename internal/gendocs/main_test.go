package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
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

// An example that does not show what it says by itself is the whole file, or none.
func TestExamplesHold(t *testing.T) {
	const bad, good = "resource \"aws_sqs_queue\" \"q\" {\n  sqs_managed_sse_enabled = false\n}\n", "resource \"aws_sqs_queue\" \"q\" {}\n"
	for name, tt := range map[string]struct {
		file, code string
		want       bool
	}{
		"a defect":               {"bad.tf", bad, true},
		"no defect":              {"bad.tf", good, false},
		"none, as it should be":  {"good.tf", good, true},
		"one where none belongs": {"good.tf", bad, false},
		"nothing at all":         {"good.tf", "", true}, // a rule may be about what is there
		"broken":                 {"good.tf", "resource {", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := holds("sqs-not-encrypted", tt.file, tt.code); err != nil || got != tt.want {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	a := txtar.Parse([]byte("-- bad/main.tf --\n" + good + "\nlocals {\n  x = 1 # want sqs-not-encrypted \"x\"\n}\n\n" + strings.ReplaceAll(bad, `"q"`, `"r"`)))
	got, err := examplesOf("sqs-not-encrypted", a)
	if err != nil || len(got.Files) != 1 || !strings.Contains(string(got.Files[0].Data), `"r"`) {
		t.Errorf("got %s, %v; want the whole file", txtar.Format(got), err)
	}
	a = txtar.Parse([]byte("-- bad/main.tf --\n" + good))
	if got, err = examplesOf("sqs-not-encrypted", a); err != nil || len(got.Files) != 0 {
		t.Errorf("got %s, %v; want none", txtar.Format(got), err)
	}
}
