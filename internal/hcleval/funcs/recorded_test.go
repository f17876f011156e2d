package funcs

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

var update = flag.Bool("update", false, "record testdata/functions.tsv anew with the terraform on PATH")

const (
	recordedFile = "testdata/functions.tsv"
	moduleDir    = "testdata/module"
	asError      = "ERR"
	asUnknown    = "UNKNOWN"
)

// differs lists the expressions for which we give another result than Terraform
// 1.11.4 on purpose: what we give, and why.
var differs = map[string]struct{ ours, why string }{
	`element(["a", "b"], -1)`:                      {`"b"`, "1.11.4 crashes inside, and says so; later versions count from the end"},
	`issensitive(merge(sensitive(null), {a = 1}))`: {"true", "a result keeps the marks of everything that it rests on"},
}

// record is a line of the recorded file: an expression and Terraform's result as
// JSON text, or asError. Comments have no expression.
type record struct{ line, expr, want string }

func readRecords(t *testing.T) []record {
	t.Helper()
	src, err := os.ReadFile(recordedFile)
	if err != nil {
		t.Fatal(err)
	}
	var rs []record
	for line := range strings.Lines(string(src)) {
		line = strings.TrimSuffix(line, "\n")
		expr, want, ok := strings.Cut(line, "\t")
		if !ok {
			expr = ""
		}
		rs = append(rs, record{line, expr, want})
	}
	return rs
}

// moduleScope evaluates the locals of the test module.
func moduleScope(t *testing.T) map[string]cty.Value {
	t.Helper()
	path := filepath.Join(moduleDir, "main.tf")
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, diags := hclsyntax.ParseConfig(src, path, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	locals := map[string]cty.Value{}
	for _, block := range f.Body.(*hclsyntax.Body).Blocks {
		if block.Type != "locals" {
			continue
		}
		for name, attr := range block.Body.Attributes {
			v, diags := attr.Expr.Value(nil)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			locals[name] = v
		}
	}
	return map[string]cty.Value{"local": cty.ObjectVal(locals)}
}

// evaluate returns the result of expr as it would be recorded.
func evaluate(t *testing.T, ctx *hcl.EvalContext, expr string) string {
	t.Helper()
	e, diags := hclsyntax.ParseExpression([]byte("jsonencode("+expr+")"), "test", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %s", expr, diags)
	}
	v, diags := e.Value(ctx)
	if diags.HasErrors() {
		return asError
	}
	v, _ = v.Unmark()
	if !v.IsKnown() {
		return asUnknown
	}
	return v.AsString()
}

func testOptions(t *testing.T) Options {
	t.Helper()
	return Options{BaseDir: moduleDir, Root: moduleDir}
}

func TestLikeRecorded(t *testing.T) {
	if *update {
		rewrite(t)
	}
	ctx := &hcl.EvalContext{Functions: Table(testOptions(t)), Variables: moduleScope(t)}
	n, excused := 0, map[string]bool{}
	for _, r := range readRecords(t) {
		if r.expr == "" {
			continue
		}
		n++
		got := evaluate(t, ctx, r.expr)
		if d, ok := differs[r.expr]; ok {
			excused[r.expr] = true
			if got != d.ours {
				t.Errorf("%s\n got %s\nwant %s, other than Terraform: %s", r.expr, got, d.ours, d.why)
			}
			if got == r.want {
				t.Errorf("%s: no longer differs from Terraform", r.expr)
			}
			continue
		}
		if got != r.want {
			t.Errorf("%s\n got %s\nwant %s", r.expr, got, r.want)
		}
	}
	if n < 450 {
		t.Errorf("only %d expressions are recorded", n)
	}
	for expr := range differs {
		if !excused[expr] {
			t.Errorf("%s: in differs but not recorded", expr)
		}
	}
}

// TestRecordedCoversAll makes sure that no function is without an example.
func TestRecordedCoversAll(t *testing.T) {
	src, err := os.ReadFile(recordedFile)
	if err != nil {
		t.Fatal(err)
	}
	// Those that give another result each time cannot be recorded; see TestUnknowable.
	never := setOf("timestamp", "plantimestamp", "uuid", "bcrypt")
	for _, name := range names(t) {
		if !never[name] && !bytes.Contains(src, []byte("\n"+name+"(")) {
			t.Errorf("%s is not in %s", name, recordedFile)
		}
	}
}

// TestTerraformAgrees records anew, into memory.
func TestTerraformAgrees(t *testing.T) {
	tf := terraform(t)
	rs := readRecords(t)
	got := consult(t, tf, rs)
	for i, r := range rs {
		if r.expr != "" && got[i] != r.want {
			t.Errorf("%s\n  recorded %s\n terraform %s", r.expr, r.want, got[i])
		}
	}
}

// terraform returns the path of the program, or skips the test.
func terraform(t *testing.T) string {
	t.Helper()
	tf, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("there is no terraform on PATH to compare with")
	}
	out, err := command(t, tf, "version", "-json").Output()
	if err != nil {
		t.Skipf("terraform does not run here: %s", err)
	}
	var v struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(out, &v); err != nil || !strings.HasPrefix(v.Version, "1.11.") {
		t.Skipf("the terraform on PATH is version %q, and the table is of 1.11", v.Version)
	}
	return tf
}

// command prepares terraform to run in a copy of the test module, since it may
// leave files behind.
func command(t *testing.T, tf string, args ...string) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(moduleDir)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tf, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE="+os.DevNull)
	return cmd
}

// consult returns Terraform's results for records. The console prints the result
// of its last line only, and drops lines of more than 64 KB, so many expressions
// go into one line.
func consult(t *testing.T, tf string, rs []record) []string {
	t.Helper()
	results := make([]string, len(rs))
	for from := 0; from < len(rs); {
		var line strings.Builder
		var asked []int
		to := from
		for ; to < len(rs) && line.Len() < 50_000; to++ {
			if rs[to].expr == "" {
				continue
			}
			asked = append(asked, to)
			fmt.Fprintf(&line, "try(nonsensitive(jsonencode(%s)),%q),", rs[to].expr, asError)
		}
		cmd := command(t, tf, "console", "-no-color")
		cmd.Stdin = strings.NewReader("jsonencode([" + line.String() + "])\n")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("terraform console: %s\n%s", err, stderr.String())
		}
		for i, s := range unquote(t, out, stderr.String()) {
			results[asked[i]] = s
		}
		from = to
	}
	return results
}

// unquote reads what the console prints: a string in quotes, with JSON in it.
func unquote(t *testing.T, out []byte, stderr string) []string {
	t.Helper()
	text, err := strconv.Unquote(string(bytes.TrimSpace(out)))
	if err != nil {
		t.Fatalf("terraform console printed %.200q\n%s", out, stderr)
	}
	var results []string
	if err := json.Unmarshal([]byte(text), &results); err != nil {
		t.Fatal(err)
	}
	return results
}

// rewrite records the file anew.
func rewrite(t *testing.T) {
	t.Helper()
	rs := readRecords(t)
	got := consult(t, terraform(t), rs)
	var b strings.Builder
	for i, r := range rs {
		if r.expr == "" {
			fmt.Fprintln(&b, r.line)
			continue
		}
		fmt.Fprintf(&b, "%s\t%s\n", r.expr, got[i])
	}
	if err := os.WriteFile(recordedFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// names are those of Terraform's functions, without namespaces.
func names(t *testing.T) []string {
	t.Helper()
	src, err := os.ReadFile("testdata/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(src))
}

func TestNames(t *testing.T) {
	want := []string{
		"provider::aws::arn_build", "provider::aws::arn_parse", "provider::aws::trim_iam_role_path",
		"provider::terraform::decode_tfvars", "provider::terraform::encode_expr", "provider::terraform::encode_tfvars",
	}
	for _, n := range names(t) {
		want = append(want, n, "core::"+n)
	}
	var got []string
	for n := range Table(Options{}) {
		got = append(got, n)
	}
	sort.Strings(want)
	sort.Strings(got)
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("the table has\n%s\nwant\n%s", g, w)
	}
}

func TestNamesAreTerraforms(t *testing.T) {
	out, err := command(t, terraform(t), "metadata", "functions", "-json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Functions map[string]json.RawMessage `json:"function_signatures"`
	}
	if err := json.Unmarshal(out, &list); err != nil {
		t.Fatal(err)
	}
	table := Table(Options{})
	for name := range list.Functions {
		if _, ok := table[name]; !ok {
			t.Errorf("%s is missing", name)
		}
		delete(table, name)
	}
	for name := range table {
		if !strings.HasPrefix(name, "provider::") {
			t.Errorf("%s is not Terraform's", name)
		}
	}
}

func setOf(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, n := range names {
		set[n] = true
	}
	return set
}
