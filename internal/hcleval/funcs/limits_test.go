package funcs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// slow is more than any call should take, on a busy machine as well. Without limits
// the calls here take minutes, or all memory.
const slow = 2 * time.Minute

// limitScope has building blocks for calls that would take too much.
func limitScope(t *testing.T) *hcl.EvalContext {
	t.Helper()
	laughs := "a0: &a0 [x, x]\n"
	for i := 1; i < 40; i++ {
		laughs += fmt.Sprintf("a%d: &a%d [*a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1)
	}
	deep := strings.Repeat("[", 200_000)
	str := cty.StringVal
	loops := "%{ for a in r }%{ for b in r }%{ for c in r }%{ for d in r }x%{ endfor }%{ endfor }%{ endfor }%{ endfor }"
	attrs := map[string]cty.Value{}
	for i := range 1000 {
		attrs[fmt.Sprint(i)] = cty.True
	}
	local := map[string]cty.Value{
		"object":  cty.ObjectVal(attrs),
		"mega":    str(strings.Repeat("x", 1<<20)),
		"comma":   str(strings.Repeat(",", 2<<20)),
		"deep":    str(deep + strings.Repeat("]", 200_000)),
		"laughs":  str(laughs),
		"nested":  str(strings.Repeat("- ", 100_000) + "x"),
		"number":  cty.MustParseNumberVal("1e400000000"),
		"loops":   str(loops),
		"inner":   str("${join(\",\", [for a in r : join(\",\", [for b in [for c in r : [for d in r : a]] : [for e in r : a]])])}"),
		"lines":   str("%{ for a in r }${m}%{ endfor }"),
		"parens":  str("${" + strings.Repeat("(", 200_000) + "1" + strings.Repeat(")", 200_000) + "}"),
		"bangs":   str("${" + strings.Repeat("!", 500_000) + "true}"),
		"ifs":     str(strings.Repeat("%{ if true }", 100_000) + strings.Repeat("%{ endif }", 100_000)),
		"tfvars":  str("a = " + deep),
		"huge":    str("1e999999999"),
		"cells":   str("a\n" + strings.Repeat("1\n", 1<<20)),
		"digits":  str(strings.Repeat("9", 100_000)),
		"quotes":  str(strings.Repeat(`\"`, 5<<20)),
		"decimal": str("a: 1e999999999"),
	}
	return &hcl.EvalContext{Functions: Table(Options{}), Variables: map[string]cty.Value{"local": cty.ObjectVal(local)}}
}

// TestLimits checks that calls which would take too much are unknown at once,
// and that try() does not put something else in their place.
func TestLimits(t *testing.T) {
	t.Parallel()
	ctx := limitScope(t)
	for _, expr := range []string{
		`format("%999999999d", 1)`,
		`format("%.999999999f", 1)`,
		`format("%99999999999999999999d", 1)`,
		`format(join("", [for i in range(1000) : "%[1]s"]), local.mega)`,
		`format("%s", local.number)`,
		`formatlist("%9999999d", range(1000))`,
		`formatlist("%s%s", range(1000), local.mega)`,
		`indent(999999999, "a\nb")`,
		`indent(10000, replace(local.comma, ",", "\n"))`,
		`join(local.mega, range(1000))`,
		`join("", [local.number])`,
		`join("", [for i in range(1000) : local.mega])`,
		`replace(local.mega, "x", local.mega)`,
		`replace(local.mega, "/x/", "${join("", [for i in range(100) : "$0"])}")`,
		`replace(local.comma, "/,/", "-")`,
		`split(",", local.comma)`,
		`regexall("", local.comma)`,
		`setproduct(range(1000), range(1000), range(1000))`,
		`setproduct(toset(range(1000)), range(1000))`,
		`concat([for i in range(140) : range(1000)]...)`,
		`flatten([for i in range(140) : range(1000)])`,
		`matchkeys(flatten([for i in range(10) : range(1000)]), flatten([for i in range(10) : range(1000)]), flatten([for i in range(10) : range(1001)]))`,
		`merge([for i in range(140) : local.object]...)`,
		`toset(concat(["a"], flatten([for i in range(5) : range(1000)])))`,
		`jsonencode([for i in range(10) : local.mega])`,
		`jsonencode(local.number)`,
		`yamlencode([for i in range(10) : local.mega])`,
		`base64encode(local.quotes)`,
		`base64gzip(local.quotes)`,
		`urlencode(local.quotes)`,
		`textencodebase64(local.quotes, "UTF-8")`,
		`jsondecode(local.deep)`,
		`jsondecode(local.huge)`,
		`yamldecode(local.deep)`,
		`yamldecode(local.nested)`,
		`yamldecode(local.laughs)`,
		`yamldecode("a: &a [*a]")`,
		`yamldecode(local.decimal)`,
		`csvdecode(local.cells)`,
		`tonumber(local.huge)`,
		`tonumber(local.digits)`,
		`parseint(local.digits, 10)`,
		`tostring(local.number)`,
		`toset([local.number, "a"])`,
		`templatestring(local.loops, { r = range(1000) })`,
		`templatestring(local.inner, { r = range(1000) })`,
		`templatestring(local.lines, { r = range(1000), m = local.mega })`,
		`templatestring(local.parens, {})`,
		`templatestring(local.bangs, {})`,
		`templatestring(local.ifs, {})`,
		`templatestring(local.quotes, {})`,
		`provider::terraform::decode_tfvars(local.tfvars)`,
		`provider::terraform::encode_expr(local.number)`,
		`provider::terraform::encode_tfvars({ a = [for i in range(10) : local.mega] })`,
		`cidrhost("::ffff:10.0.0.0/104", 1)`,
	} {
		start := time.Now()
		if got := kindOf(t, ctx, `try(`+expr+`, "other")`); got != asUnknown {
			t.Errorf("try(%s) is %s, want unknown", expr, got)
		}
		if d := time.Since(start); d > slow {
			t.Errorf("%s took %s", expr, d)
		}
	}
}

// kindOf returns asUnknown, asError, or "known".
func kindOf(t *testing.T, ctx *hcl.EvalContext, expr string) string {
	t.Helper()
	e, diags := hclsyntax.ParseExpression([]byte(expr), "test", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %s", expr, diags)
	}
	v, diags := e.Value(ctx)
	switch {
	case diags.HasErrors():
		return asError
	case !v.IsKnown():
		return asUnknown
	default:
		return "known"
	}
}

// TestWithinLimits checks that the limits leave room for what configurations do.
func TestWithinLimits(t *testing.T) {
	t.Parallel()
	ctx := limitScope(t)
	for _, expr := range []string{
		`format("%1000d", 1)`,
		`join("", [for i in range(1000) : "12345678901234567890"])`,
		`setproduct(range(100), range(100))`,
		`jsondecode("{\"sha\": \"12e999999\", \"n\": 1e100}")`,
		`yamldecode("sha: a12e999999\nlist: [1, 2]\n")`,
		`tonumber("1e4000")`,
		`jsonencode({ m = local.mega })`,
		`distinct(concat([for i in range(50) : range(1000)]...))`,
		`templatestring(local.loops, { r = range(15) })`,
		`matchkeys(range(500), range(500), range(500))`,
		`split(",", "${substr(local.comma, 0, 1000)}")`,
		`md5(local.quotes)`,
		`tolist(flatten([for i in range(50) : range(1000)]))`,
		`toset(flatten([for i in range(20) : range(1000)]))`,
	} {
		start := time.Now()
		if got := kindOf(t, ctx, expr); got != "known" {
			t.Errorf("%s is %s", expr, got)
		}
		if d := time.Since(start); d > slow {
			t.Errorf("%s took %s", expr, d)
		}
	}
}

// TestTryIsLinear checks that the time of nested tries does not double with each.
func TestTryIsLinear(t *testing.T) {
	expr := `local.mega.x`
	for range 200 {
		expr = "try(" + expr + ", 1 / \"x\")"
	}
	start := time.Now()
	if got := kindOf(t, limitScope(t), expr); got != asError {
		t.Errorf("got %s", got)
	}
	if d := time.Since(start); d > slow {
		t.Errorf("took %s", d)
	}
}

func TestFilesetStopsLooking(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes many directory entries")
	}
	dir := t.TempDir()
	for i := range 17 {
		if err := os.Mkdir(filepath.Join(dir, fmt.Sprint(i)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// Each link doubles the ways down: 2^17 paths in all, which is too many.
	for i := range 16 {
		for _, name := range []string{"a", "b"} {
			if err := os.Symlink(filepath.Join("..", fmt.Sprint(i+1)), filepath.Join(dir, fmt.Sprint(i), name)); err != nil {
				t.Skip("no symbolic links here")
			}
		}
	}
	box := newSandbox(dir, dir, false)
	start := time.Now()
	if names, err := box.glob(".", "**/x"); err == nil && len(names) > 0 {
		t.Errorf("found %v", names)
	}
	if d := time.Since(start); d > slow {
		t.Errorf("took %s", d)
	}
}
