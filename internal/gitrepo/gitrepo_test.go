package gitrepo

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repository makes one with the given files in a first commit.
func repository(t *testing.T, files map[string]string) Repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git here")
	}
	for name, value := range map[string]string{
		"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.DevNull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
		"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
	} {
		t.Setenv(name, value)
	}
	r := Repo{t.TempDir()}
	put(t, r, files)
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"commit", "-q", "-m", "start"}} {
		run(t, r, args...)
	}
	return r
}

func put(t *testing.T, r Repo, files map[string]string) {
	t.Helper()
	for name, text := range files {
		full := filepath.Join(r.Dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func run(t *testing.T, r Repo, args ...string) {
	t.Helper()
	if out, err := exec.Command("git", append([]string{"-C", r.Dir}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// Files come out as they were committed, whatever they are called, and the
// checkout stays as it is.
func TestExtract(t *testing.T) {
	files := map[string]string{
		"main.tf": "a\nb\n", "empty.tf": "", "a b/é\"q\\.tf": "x", "new\nline.tf": "y", "-n.tf": "z", "bin": "\x00\xff\n\x00",
	}
	r := repository(t, files)
	if err := os.Symlink("main.tf", filepath.Join(r.Dir, "link.tf")); err != nil {
		t.Fatal(err)
	}
	run(t, r, "add", "-A")
	run(t, r, "commit", "-q", "-m", "link")
	put(t, r, map[string]string{"main.tf": "changed"})
	ctx := context.Background()
	list, err := r.Files(ctx, "HEAD")
	if err != nil || len(list) != len(files)+1 {
		t.Fatalf("%d files, %v", len(list), err)
	}
	dir := t.TempDir()
	if err := r.Extract(ctx, list, dir); err != nil {
		t.Fatal(err)
	}
	files["link.tf"] = files["main.tf"]
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	if got, err := os.ReadFile(filepath.Join(r.Dir, "main.tf")); err != nil || string(got) != "changed" {
		t.Errorf("the checkout was touched: %q, %v", got, err)
	}
	if err := r.Extract(ctx, []Object{{Path: "x", hash: strings.Repeat("0", 40)}}, dir); err == nil {
		t.Error("an object that is not there is extracted")
	}
	if err := r.Extract(ctx, []Object{{Path: "../out", hash: list[0].hash}}, dir); err == nil {
		t.Error("a path leads out")
	}
}

func TestChanges(t *testing.T) {
	r := repository(t, map[string]string{
		"edit.tf": "1\n2\n3\n4\n5\n6\n", "gone.tf": "x\n", "dir/old.tf": "one\ntwo\nthree\nfour\nfive\n", "same.tf": "s\n", "sp ace.tf": "1\n",
	})
	run(t, r, "mv", "dir/old.tf", "dir/new.tf")
	run(t, r, "rm", "-q", "gone.tf")
	put(t, r, map[string]string{"edit.tf": "1\nTWO\n3\n5\n6\n7\n", "added.tf": "a\nb\n", "sp ace.tf": "2\n", "ignored/x.tf": "i\n", ".gitignore": "ignored\n"})
	ctx := context.Background()
	c, err := r.Changes(ctx, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if c.Renamed["dir/old.tf"] != "dir/new.tf" || c.Changed["dir/new.tf"] != "dir/old.tf" || len(c.Deleted) != 1 || c.Deleted[0] != "gone.tf" {
		t.Errorf("renamed %v, changed %v, deleted %v", c.Renamed, c.Changed, c.Deleted)
	}
	if old, ok := c.Changed["added.tf"]; !ok || old != "" || c.Changed["same.tf"] != "" || c.Changed["ignored/x.tf"] != "" {
		t.Errorf("changed %v", c.Changed)
	}
	want := []Hunk{{2, 1, 2, 1}, {4, 1, 3, 0}, {6, 0, 6, 1}}
	got := c.Hunks(ctx, "edit.tf")
	if len(got) != len(want) {
		t.Fatalf("hunks %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("hunk %d: %+v, want %+v", i, got[i], want[i])
		}
	}
	if h := c.Hunks(ctx, "sp ace.tf"); len(h) != 1 {
		t.Errorf("hunks of a name with a blank: %v", h)
	}
	if h := c.Hunks(ctx, "same.tf"); len(h) != 0 {
		t.Errorf("hunks of a file that is the same: %v", h)
	}
	if ig := r.Ignored(ctx, []string{"ignored/x.tf", "edit.tf"}); !ig["ignored/x.tf"] || ig["edit.tf"] {
		t.Errorf("ignored: %v", ig)
	}
}

// What a repository configures to be run is not run.
func TestNothingIsRun(t *testing.T) {
	r := repository(t, map[string]string{"main.tf": "1\n", ".gitattributes": "*.tf diff=evil\n"})
	mark := filepath.Join(t.TempDir(), "ran")
	for _, key := range []string{"diff.external", "diff.evil.command", "diff.evil.textconv", "core.fsmonitor", "core.pager"} {
		run(t, r, "config", key, "touch "+mark)
	}
	put(t, r, map[string]string{"main.tf": "2\n"})
	ctx := context.Background()
	c, err := r.Changes(ctx, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Hunks(ctx, "main.tf")) != 1 || Blamer(r.Dir)("main.tf", 1) == "" {
		t.Error("nothing was found")
	}
	if _, err := r.FindBase(ctx, "main"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a command of the repository was run")
	}
}
