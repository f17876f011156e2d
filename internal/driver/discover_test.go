package driver_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analysis/checker"
	"github.com/wacheck/wacheck/internal/driver"
	"github.com/wacheck/wacheck/internal/graphtest"
	"github.com/wacheck/wacheck/value"
)

const vpc = "resource \"aws_vpc\" \"main\" {}\n"

// run analyses paths below a directory.
func run(t *testing.T, dir string, o driver.Options, paths ...string) *driver.Output {
	t.Helper()
	for _, p := range paths {
		o.Paths = append(o.Paths, filepath.Join(dir, p))
	}
	out, err := driver.Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// units lists what was analysed.
func units(out *driver.Output) string {
	var keys []string
	for _, u := range out.Graph.Units() {
		keys = append(keys, u.Key)
	}
	return strings.Join(keys, " ")
}

// account fails the test unless the counts of files add up.
func account(t *testing.T, out *driver.Output) {
	t.Helper()
	f := out.Coverage.Files
	sum := f.Terraform + f.Templates + len(f.Broken)
	for _, n := range f.Skipped {
		sum += n
	}
	if sum != f.Found {
		t.Errorf("%d files are accounted for, %d were found: %+v", sum, f.Found, f)
	}
}

func TestSkipPaths(t *testing.T) {
	const archive = `
-- a/main.tf --
resource "aws_vpc" "main" {}
-- a/old/main.tf --
resource "aws_vpc" "main" {}
-- a/older/main.tf --
resource "aws_vpc" "main" {}
-- b/old/main.tf --
resource "aws_vpc" "main" {}
-- .hidden/main.tf --
resource "aws_vpc" "main" {}
-- old.yaml --
Resources: {Topic: {Type: AWS::SNS::Topic}}
`
	for _, tt := range []struct {
		skip, path, want string
	}{
		{"", ".", ".hidden a a/old a/older b/old old.yaml"},
		{"old", ".", ".hidden a a/old a/older b/old old.yaml"}, // whole segments from the root: there is no such thing
		{"**/old", ".", ".hidden a a/older old.yaml"},
		{"**/old/**", ".", ".hidden a a/older old.yaml"},
		{"a/old", ".", ".hidden a a/older b/old old.yaml"},
		{"a/old/", ".", ".hidden a a/older b/old old.yaml"},
		{"a/ol*", ".", ".hidden a b/old old.yaml"},
		{"*.yaml", ".", ".hidden a a/old a/older b/old"},
		{"hidden", ".", ".hidden a a/old a/older b/old old.yaml"},
		{".hidden", ".", "a a/old a/older b/old old.yaml"},
	} {
		var o driver.Options
		if tt.skip != "" {
			o.SkipPaths = []string{tt.skip}
		}
		out := run(t, graphtest.Write(t, archive), o, tt.path)
		if got := units(out); got != tt.want {
			t.Errorf("--skip-path %q: %s, want %s", tt.skip, got, tt.want)
		}
		account(t, out)
	}
	// Patterns hold from the root of the tree and from the path that was named.
	dir := graphtest.Write(t, archive)
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, skip := range []string{"old", "a/old"} {
		if got := units(run(t, dir, driver.Options{SkipPaths: []string{skip}}, "a")); got != "a a/older" {
			t.Errorf("--skip-path %s in a: %s", skip, got)
		}
	}
}

// What lies above the scanned directory is nobody's business: a checkout below
// .terraform or node_modules is analysed like any other.
func TestNamesOfAncestorsDoNotCount(t *testing.T) {
	for _, parent := range []string{".terraform", "srv/.terraform-configs", "node_modules/x", "examples"} {
		dir := graphtest.Write(t, "-- "+parent+"/repo/main.tf --\n"+vpc+"-- "+parent+"/repo/.terraform/main.tf --\n"+vpc)
		out := run(t, dir, driver.Options{}, parent+"/repo")
		if got := units(out); got != "." || out.Coverage.Examples != 0 {
			t.Errorf("below %s: units %q, %d examples", parent, got, out.Coverage.Examples)
		}
		if n := out.Coverage.Files.LeftOut["tools or dependencies"]; n != 1 {
			t.Errorf("below %s: %d directories are left out", parent, n)
		}
	}
}

func TestSymbolicLinks(t *testing.T) {
	dir := graphtest.Write(t, `
-- outside/main.tf --
resource "aws_vpc" "secret" {}
-- outside/stack.yaml --
Resources: {Secret: {Type: AWS::SNS::Topic}}
-- repo/real/main.tf --
resource "aws_vpc" "main" {}
`)
	for link, target := range map[string]string{
		"repo/dir-out":        "../outside",
		"repo/file-out.tf":    "../outside/main.tf",
		"repo/stack-out.yaml": "../outside/stack.yaml",
		"repo/to-real":        "real",
		"repo/real/loop":      "..",
		"repo/dangling":       "nowhere",
		"repo/dangling.yaml":  "nowhere.yaml",
	} {
		if err := os.Symlink(target, filepath.Join(dir, filepath.FromSlash(link))); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	out := run(t, dir, driver.Options{}, "repo")
	account(t, out)
	for _, n := range out.Graph.Nodes() {
		if strings.EqualFold(n.Name, "secret") {
			t.Errorf("%s was read from outside the tree", n.Addr)
		}
	}
	if n := len(out.Graph.OfType("aws_vpc")); n != 1 {
		t.Errorf("the directory that is reached in three ways was analysed %d times", n)
	}
	told := map[string]bool{}
	for _, d := range out.Diagnostics {
		told[d.Path] = true
	}
	for _, p := range []string{"dir-out", "file-out.tf", "stack-out.yaml", "dangling.yaml"} {
		if !told[p] {
			t.Errorf("nothing says why %s is not read: %+v", p, out.Diagnostics)
		}
	}
}

func TestSeveralPaths(t *testing.T) {
	dir := graphtest.Write(t, `
-- a/main.tf --
resource "aws_vpc" "main" {}
-- a/more.tf --
resource "aws_subnet" "s" {}
-- a/sub/main.tf --
resource "aws_vpc" "main" {}
-- b/stack.yaml --
Resources: {Topic: {Type: AWS::SNS::Topic}}
-- b/other.yaml --
Resources: {Topic: {Type: AWS::SNS::Topic}}
-- c/main.tf --
resource "aws_vpc" "main" {}
`)
	for _, tt := range []struct {
		paths []string
		want  string
		found int
	}{
		{[]string{"a", "b"}, "a a/sub b/other.yaml b/stack.yaml", 5},
		{[]string{"a", "a/sub", "a"}, ". sub", 3}, // once each, relative to what they have in common
		{[]string{"a/main.tf"}, ".", 2},           // a file of Terraform stands for its directory, without those below
		{[]string{"b/stack.yaml"}, "stack.yaml", 1},
		{[]string{"b/stack.yaml", "c/main.tf"}, "b/stack.yaml c", 2},
		{[]string{"a/main.tf", "a/more.tf"}, ".", 2},
	} {
		out := run(t, dir, driver.Options{}, tt.paths...)
		account(t, out)
		if got := units(out); got != tt.want || out.Coverage.Files.Found != tt.found {
			t.Errorf("%v: units %s, %d files found; want %s, %d", tt.paths, got, out.Coverage.Files.Found, tt.want, tt.found)
		}
	}
	if _, err := driver.Run(context.Background(), driver.Options{Paths: []string{filepath.Join(dir, "nowhere")}}); err == nil {
		t.Error("a path that does not exist is no error")
	}
}

// A file that can't be parsed is broken, and everything else is analysed.
func TestPartialResults(t *testing.T) {
	dir := graphtest.Write(t, "-- good/main.tf --\n"+vpc+"-- bad/main.tf --\n"+vpc+"-- bad/broken.tf --\nresource \"aws_vpc\" {\n  x = [\n"+
		"-- bad.yaml --\nAWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Topic: [\n-- good.yaml --\nResources: {Topic: {Type: AWS::SNS::Topic}}\n")
	out := run(t, dir, driver.Options{}, ".")
	account(t, out)
	if got, want := strings.Join(out.Coverage.Files.Broken, " "), "bad.yaml bad/broken.tf"; got != want {
		t.Errorf("broken are %s, want %s", got, want)
	}
	if got := len(out.Graph.OfType("aws_vpc")); got != 2 {
		t.Errorf("%d VPCs are left", got)
	}
	for _, u := range out.Graph.Units() {
		if (u.Key == "bad") != u.Broken && !strings.HasSuffix(u.Key, ".yaml") {
			t.Errorf("unit %s: broken is %v", u.Key, u.Broken)
		}
	}
	for _, d := range out.Diagnostics {
		if pos := out.Files.Position(d.Span.Pos); pos.Line == 0 && d.Path == "" {
			t.Errorf("a diagnostic has no place: %s", d.Message)
		}
	}
}

// The files that no one can read are told, and counted as broken.
func TestUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	dir := graphtest.Write(t, "-- a/main.tf --\n"+vpc+"-- b/main.tf --\n"+vpc)
	if err := os.Chmod(filepath.Join(dir, "a"), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "a"), 0o755) }) // so that the directory can be removed
	out := run(t, dir, driver.Options{}, ".")
	if !slices.ContainsFunc(out.Coverage.Files.Broken, func(p string) bool { return strings.HasPrefix(p, "a") }) || units(out) != "b" {
		t.Errorf("broken %v, units %s", out.Coverage.Files.Broken, units(out))
	}
}

func TestAFaultyRuleFailsTheRunAndKeepsTheRest(t *testing.T) {
	r := &analysis.Rule{ID: "r", Title: "T"}
	sound := &analysis.Analyzer{Name: "sound", Rules: []*analysis.Rule{r}, Run: func(p *analysis.Pass) (any, error) {
		for _, n := range p.Graph.OfType("aws_vpc") {
			p.Decide(r, n, value.Bad(value.Fact{Text: "bad", Span: n.Span.Head()}))
		}
		return nil, nil
	}}
	clumsy := &analysis.Analyzer{Name: "clumsy", Rules: []*analysis.Rule{{ID: "c"}}, Run: func(*analysis.Pass) (any, error) { panic("oh") }}
	dir := graphtest.Write(t, "-- main.tf --\n"+vpc)
	out, err := driver.Run(context.Background(), driver.Options{Paths: []string{dir}, Suite: checker.Suite{Analyzers: []*analysis.Analyzer{clumsy, sound}}})
	if err == nil || !strings.Contains(err.Error(), "clumsy") {
		t.Fatalf("got %v", err)
	}
	if out == nil || len(out.Findings) != 1 || out.Coverage.Resources != 1 {
		t.Errorf("the rest is lost: %+v", out)
	}
}

// Threads, and the name of the directory, must not show.
func TestRunIsDeterministic(t *testing.T) {
	archive := "-- b.yaml --\nResources: {Topic: {Type: AWS::SNS::Topic}}\n"
	for _, d := range []string{"a", "b/c", "d", "e"} {
		archive += "-- " + d + "/main.tf --\n" + vpc + "resource \"aws_subnet\" \"s\" {\n  vpc_id = \"vpc-00000001\"\n}\n-- " + d + "/broken.tf --\nx = [\n"
	}
	picture := func(threads int) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
		out := run(t, graphtest.Write(t, archive), driver.Options{}, ".")
		var b strings.Builder
		for _, n := range out.Graph.Nodes() {
			b.WriteString(n.Addr + " " + out.Files.Position(n.Span.Pos).String() + "\n")
		}
		for _, e := range out.Graph.Edges() {
			b.WriteString(out.Graph.Node(e.From).Addr + e.Label + out.Graph.Node(e.To).Addr + "\n")
		}
		for _, d := range out.Diagnostics {
			b.WriteString(out.Files.Position(d.Span.Pos).String() + d.Path + d.Message + "\n")
		}
		return b.String()
	}
	want := picture(1)
	for _, threads := range []int{1, 2, 4, 8} {
		if got := picture(threads); got != want {
			t.Errorf("with %d threads:\n%s\nwant\n%s", threads, got, want)
		}
	}
}
