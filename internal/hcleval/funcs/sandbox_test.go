package funcs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// tree makes files and links ("-> target") under a new directory, and returns it.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			target = strings.ReplaceAll(target, "DIR", dir)
			if err := os.Symlink(filepath.FromSlash(target), path); err != nil {
				t.Skipf("no symbolic links here: %s", err)
			}
			continue
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestSandbox(t *testing.T) {
	dir := tree(t, map[string]string{
		"secret.txt":               "secret",
		"out/a.txt":                "secret",
		"root/top.txt":             "top",
		"root/env/prod/in.txt":     "in",
		"root/env/prod/near":       "-> in.txt",
		"root/env/prod/up":         "-> ../../top.txt",
		"root/env/prod/leak":       "-> ../../../secret.txt",
		"root/env/prod/abs":        "-> DIR/secret.txt",
		"root/env/prod/outdir":     "-> ../../../out",
		"root/env/prod/gone":       "-> nowhere",
		"root/env/prod/loop":       "-> loop",
		"root/env/prod/sub/z.txt":  "z",
		"root/env/[x]{y}*/one.txt": "1",
		"linked":                   "-> root/env/prod",
	})
	root := filepath.Join(dir, "root")
	prod := Table(Options{Root: root, BaseDir: filepath.Join(root, "env", "prod")})
	for _, tt := range []struct{ expr, want string }{
		{`file("in.txt")`, `"in"`},
		{`file("./sub/../in.txt")`, `"in"`},
		{`file("../../top.txt")`, `"top"`},
		{`file("near")`, `"in"`},
		{`file("up")`, `"top"`},
		{`file(abs_in)`, `"in"`},
		// Outside, by whatever way.
		{`file("leak")`, asUnknown},
		{`file("abs")`, asUnknown},
		{`file("outdir/a.txt")`, asUnknown},
		{`file("../../../secret.txt")`, asUnknown},
		{`file("sub/../../../../secret.txt")`, asUnknown},
		{`file(abs_out)`, asUnknown},
		{`file("/etc/passwd")`, asUnknown},
		{`file("/dev/zero")`, asUnknown},
		{`file("~/.aws/credentials")`, asUnknown},
		{`file("~")`, asUnknown},
		{`filemd5("leak")`, asUnknown},
		{`filebase64("abs")`, asUnknown},
		{`templatefile("leak", {})`, asUnknown},
		{`fileexists("leak")`, asUnknown},
		{`fileexists("../../../secret.txt")`, asUnknown},
		{`fileexists("/etc/passwd")`, asUnknown},
		{`fileexists("~/x")`, asUnknown},
		{`fileset("../../..", "*.txt")`, asUnknown},
		{`fileset(".", "../../../*.txt")`, asUnknown},
		{`fileset("outdir", "*")`, asUnknown},
		{`fileset("/etc", "*")`, asUnknown},
		{`fileset("~", "*")`, asUnknown},
		// Absent or strange.
		{`file("absent")`, asUnknown},
		{`file("gone")`, asUnknown},
		{`file("loop")`, asUnknown},
		{`file("in.txt/x")`, asUnknown},
		{`file("a\u0000b")`, asUnknown},
		{`file("sub")`, asError},
		{`fileexists("absent")`, "false"},
		{`fileexists("gone")`, "false"},
		{`fileexists("near")`, "true"},
		{`fileexists("sub")`, asError},
		// A pattern that meets a link to the outside cannot be answered in full.
		{`fileset(".", "*.txt")`, `["in.txt"]`},
		{`fileset("sub", "**")`, `["z.txt"]`},
		{`fileset(".", "*")`, asUnknown},
		{`fileset(".", "**/z.txt")`, asUnknown},
		{`fileset(abs_dir, "*.txt")`, `["in.txt"]`},
		{`fileset("../..", "*.txt")`, `["top.txt"]`},
		{`fileset(".", "../../*.txt")`, `["../../top.txt"]`},
	} {
		if got := inTree(t, prod, dir, tt.expr); got != tt.want {
			t.Errorf("%s = %s, want %s", tt.expr, got, tt.want)
		}
	}

	// The names of the directories above the pattern are not part of it.
	strange := Table(Options{Root: root, BaseDir: filepath.Join(root, "env", "[x]{y}*")})
	if got := inTree(t, strange, dir, `fileset(".", "*.txt")`); got != `["one.txt"]` {
		t.Errorf("in a directory with a strange name: %s", got)
	}
	// Entered by a link, ".." is still the parent of the directory itself.
	linked := Table(Options{Root: root, BaseDir: filepath.Join(dir, "linked")})
	if got := inTree(t, linked, dir, `file("../../top.txt")`); got != `"top"` {
		t.Errorf("through a link to the module: %s", got)
	}
	// A module outside the root reads nothing, except what it names inside.
	foreign := Table(Options{Root: root, BaseDir: filepath.Join(dir, "out")})
	for expr, want := range map[string]string{`file("a.txt")`: asUnknown, `file("../root/top.txt")`: `"top"`, `fileset(".", "*")`: asUnknown} {
		if got := inTree(t, foreign, dir, expr); got != want {
			t.Errorf("from outside the root %s = %s, want %s", expr, got, want)
		}
	}
}

// inTree evaluates expr with the absolute paths of some files as variables.
func inTree(t *testing.T, table map[string]function.Function, dir, expr string) string {
	t.Helper()
	path := func(elem ...string) cty.Value {
		return cty.StringVal(filepath.Join(append([]string{dir}, elem...)...))
	}
	return evaluate(t, &hcl.EvalContext{Functions: table, Variables: map[string]cty.Value{
		"abs_in":  path("root", "env", "prod", "in.txt"),
		"abs_dir": path("root", "env", "prod"),
		"abs_out": path("secret.txt"),
	}}, expr)
}

func TestLargeFileIsNotRead(t *testing.T) {
	dir := tree(t, map[string]string{"big": strings.Repeat("x", maxFile+1), "tpl": strings.Repeat("x", maxTemplate+1)})
	table := Table(Options{Root: dir, BaseDir: dir})
	for _, expr := range []string{`file("big")`, `filesha256("big")`, `templatefile("tpl", {})`} {
		if got := inTree(t, table, dir, expr); got != asUnknown {
			t.Errorf("%s = %.40s", expr, got)
		}
	}
}

// TestPathsStayInside checks that nothing in a result tells where the tree lies.
func TestPathsStayInside(t *testing.T) {
	dir := tree(t, map[string]string{"a.tftpl": "${nope()}", "b": "\xff", "d/x": ""})
	var whys []string
	table := Table(Options{Root: dir, BaseDir: dir, Unknown: func(_, why string, ty cty.Type) cty.Value {
		whys = append(whys, why)
		return cty.UnknownVal(ty)
	}})
	for name, args := range map[string][]cty.Value{
		"file": {cty.StringVal("absent")}, "filemd5": {cty.StringVal("../x")}, "fileexists": {cty.StringVal("d")},
		"filesha1": {cty.StringVal("d")}, "fileset": {cty.StringVal(".."), cty.StringVal("*")},
		"templatefile": {cty.StringVal("a.tftpl"), cty.EmptyObjectVal}, "filebase64": {cty.StringVal("b/c")},
	} {
		if _, err := table[name].Call(args); err != nil {
			whys = append(whys, err.Error())
		}
	}
	if len(whys) != 7 {
		t.Errorf("got %d messages: %q", len(whys), whys)
	}
	for _, why := range whys {
		if strings.Contains(why, dir) || strings.Contains(why, filepath.Base(dir)) {
			t.Errorf("a message has the path of the tree: %s", why)
		}
	}
}
