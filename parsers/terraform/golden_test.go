package terraform

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

var update = flag.Bool("update", false, "write what the archives in testdata evaluate to")

// goldenFile is the last file of an archive: what the others evaluate to.
const goldenFile = "want"

// TestGolden evaluates the archives in testdata. The comment of an archive says
// what it is about, and may hold lines "option: value". The file "want" holds the
// units with all values, and the diagnostics.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			ar := txtar.Parse(src)
			var want string
			if n := len(ar.Files); n > 0 && ar.Files[n-1].Name == goldenFile {
				want = string(ar.Files[n-1].Data)
				ar.Files = ar.Files[:n-1]
			}
			got := evaluated(t, ar)
			if *update {
				ar.Files = append(ar.Files, txtar.File{Name: goldenFile, Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != want {
				t.Error(difference(got, want))
			}
		})
	}
}

// difference tells the first lines in which two texts differ.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			return fmt.Sprintf("from line %d on, got:\n%s\nwant:\n%s", i+1,
				strings.Join(g[min(i, len(g)):min(i+6, len(g))], "\n"), strings.Join(w[min(i, len(w)):min(i+6, len(w))], "\n"))
		}
	}
	return ""
}

// evaluated writes an archive to disk and says what it evaluates to.
func evaluated(t *testing.T, ar *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	unpack(t, ar, dir)
	tree, err := source.NewTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	d := dumper{files: source.NewFileSet(), origins: value.NewOrigins()}
	o := Options{Tree: tree, Files: d.files, Origins: d.origins, Dirs: configDirs(ar), ScanRoots: []string{"."}, Vars: map[string]string{}, Env: map[string]string{}}
	o.Wrappers, o.Stacks, o.WrapperEnv = wrappersOf(ar, wrapperFile), wrappersOf(ar, stackFile), map[string]string{}
	for line := range strings.Lines(string(ar.Comment)) {
		key, val, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "workspace":
			o.Workspace = val
		case "var":
			k, v, _ := strings.Cut(val, "=")
			o.Vars[k] = v
		case "env":
			k, v, _ := strings.Cut(val, "=")
			o.Env[k] = v
		case "wrapper-env":
			k, v, _ := strings.Cut(val, "=")
			o.WrapperEnv[k] = v
		case "var-file":
			o.VarFiles = append(o.VarFiles, val)
		case "why":
			d.why = val == "true"
		}
	}
	res, err := Load(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, p := range res.Parts {
		b.WriteString(d.part(p))
	}
	for _, x := range res.Diagnostics {
		at := x.Path
		if p := d.files.Position(x.Span.Pos); x.Span.IsValid() {
			at = fmt.Sprintf("%s:%d:%d", d.files.File(x.Span.Pos).Path, p.Line, p.Column)
		}
		fmt.Fprintf(&b, "%s %s: %s: %s\n", x.Level, at, x.Code, x.Message)
	}
	return b.String()
}

// unpack writes the files of an archive below a directory. A file that is one
// line "symlink TARGET" becomes a link.
func unpack(t *testing.T, ar *txtar.Archive, dir string) {
	t.Helper()
	for _, f := range ar.Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, ok := bytes.CutPrefix(f.Data, []byte("symlink ")); ok {
			if err := os.Symlink(strings.TrimSpace(string(target)), name); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// wrappersOf lists the files that make units or stacks of Terragrunt.
func wrappersOf(ar *txtar.Archive, name string) []string {
	var out []string
	for _, f := range ar.Files {
		if filepath.Base(f.Name) == name {
			out = append(out, f.Name)
		}
	}
	return out
}

// configDirs lists the directories of an archive that a scan would find.
func configDirs(ar *txtar.Archive) []string {
	seen := map[string]bool{}
	var out []string
	for _, f := range ar.Files {
		dir := filepath.ToSlash(filepath.Dir(f.Name))
		if _, _, ok := configName(filepath.Base(f.Name)); ok && !seen[dir] && !isRemoteDir(dir) {
			seen[dir] = true
			out = append(out, dir)
		}
	}
	return out
}
