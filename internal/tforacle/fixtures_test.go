package tforacle

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "record what Terraform plans for the fixtures anew; needs an oracle")

// TestFixtures compares each fixture with its recorded plan. All of a fixture
// is known to us if it is to Terraform, except what its file "unknown" tells,
// line by line.
func TestFixtures(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*/main.tf*")
	if err != nil || len(dirs) == 0 {
		t.Fatal("no fixtures", err)
	}
	total := &Report{}
	rows := []string{header}
	for _, main := range dirs {
		dir := filepath.Dir(main)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			rec := recorded(t, dir)
			g := load(t, dir, terraformDirs(dir))
			if len(g.Units()) != 1 {
				t.Fatalf("%d roots, want one", len(g.Units()))
			}
			rep := Compare(rec, g, g.Units()[0])
			for _, c := range rep.Contradictions {
				t.Errorf("contradiction: %s", c)
			}
			got := strings.Join(rep.Notes, "\n") + "\n"
			want, _ := os.ReadFile(filepath.Join(dir, "unknown.txt")) // none: all is known
			if len(rep.Notes) == 0 {
				got = ""
			}
			if *update {
				updateFile(t, filepath.Join(dir, "unknown.txt"), got)
			} else if got != string(want) {
				t.Errorf("unknown here and known there:\n%swant:\n%s", got, want)
			}
			rows = append(rows, row(filepath.Base(dir), 1, 0, rep))
			total.Add(rep)
		})
	}
	rows = append(rows, row("all", len(dirs), 0, total))
	t.Logf("agreement with Terraform\n%s", strings.Join(rows, "\n"))
	if total.UnknownShare() >= 2 {
		t.Errorf("%.2f %% of what Terraform knows is not known here", total.UnknownShare())
	}
}

func updateFile(t *testing.T, name, content string) {
	t.Helper()
	if content == "" {
		if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return
	}
	write(t, name, content)
}

func recorded(t *testing.T, dir string) *Record {
	t.Helper()
	name := filepath.Join(dir, "plan.json")
	if *update {
		oracle, err := Find()
		if err != nil {
			t.Fatal(err)
		}
		write(t, name, string(plan(t, oracle, dir)))
	}
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := ReadRecord(src)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// plan plans a copy of a fixture.
func plan(t *testing.T, oracle *Oracle, dir string) []byte {
	t.Helper()
	work := t.TempDir()
	copyTree(t, dir, work)
	rec, err := oracle.Plan(context.Background(), work, true)
	if err != nil {
		t.Fatal(err)
	}
	b, err := rec.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestRecordsAreCurrent plans the fixtures anew: a record that differs was made
// of another fixture, or by another Terraform.
func TestRecordsAreCurrent(t *testing.T) {
	oracle, err := Find()
	if err != nil {
		t.Skip(err)
	}
	dirs, err := filepath.Glob("testdata/*/main.tf*")
	if err != nil {
		t.Fatal(err)
	}
	for _, main := range dirs {
		dir := filepath.Dir(main)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(filepath.Join(dir, "plan.json"))
			if err != nil {
				t.Fatal(err)
			}
			if got := plan(t, oracle, dir); !bytes.Equal(got, want) {
				t.Errorf("Terraform plans something else than is recorded; -update writes it down")
			}
		})
	}
}
