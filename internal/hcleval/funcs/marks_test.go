package funcs

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// markScope has values with marks named after themselves.
func markScope(t *testing.T) *hcl.EvalContext {
	t.Helper()
	str := func(s string) cty.Value { return cty.StringVal(s).Mark(origin{s}) }
	unknown := cty.UnknownVal(cty.String).RefineNotNull()
	return &hcl.EvalContext{
		Functions: Table(testOptions(t)),
		Variables: map[string]cty.Value{
			"a": str("a"), "b": str("b"), "c": str("c"),
			"empty":  cty.StringVal("").Mark(origin{"empty"}),
			"nil":    cty.NullVal(cty.String).Mark(origin{"nil"}),
			"u":      unknown.Mark(origin{"u"}),
			"arn":    unknown.Refine().StringPrefixFull("arn:").NewValue().Mark(origin{"arn"}),
			"any":    cty.DynamicVal.Mark(origin{"any"}),
			"ulist":  cty.UnknownVal(cty.List(cty.String)).Mark(origin{"ulist"}),
			"map":    cty.MapVal(map[string]cty.Value{"x": str("x"), "y": unknown.Mark(origin{"y"})}).Mark(origin{"map"}),
			"obj":    cty.ObjectVal(map[string]cty.Value{"x": str("x"), "y": unknown.Mark(origin{"y"})}).Mark(origin{"obj"}),
			"t":      cty.StringVal("${v}").Mark(origin{"t"}),
			"i":      cty.Zero.Mark(origin{"i"}),
			"secret": cty.StringVal("s").Mark(Sensitive).Mark(origin{"secret"}),
			"fleeting": cty.ObjectVal(map[string]cty.Value{
				"token": cty.StringVal("s").Mark(Ephemeral).Mark(origin{"token"}), "name": str("name"),
			}),
		},
	}
}

// TestPrecision checks which marks a result has, not only that none is lost.
func TestPrecision(t *testing.T) {
	ctx := markScope(t)
	for _, tt := range []struct {
		expr string
		want []string // marks anywhere in the result
	}{
		// The first that counts is chosen; what comes after it has no say.
		{`coalesce(a, b)`, []string{"a"}},
		{`coalesce(empty, nil, b, c)`, []string{"b", "empty", "nil"}},
		{`coalesce(arn, b)`, []string{"arn"}},
		{`coalesce(u, b)`, []string{"b", "u"}},
		{`coalesce(nil, u, any)`, []string{"any", "nil", "u"}},
		{`coalescelist([], [a], [b])`, []string{"a"}},
		{`coalescelist(ulist, [b])`, []string{"b", "ulist"}},
		// Elements keep their own.
		{`compact([a, empty, nil, b])[0]`, []string{"a", "empty", "nil"}},
		{`compact([a, arn])[0]`, []string{"a"}},
		{`compact([a, u])`, []string{"a", "u"}},
		{`sort([b, a])[0]`, []string{"a"}},
		{`sort([b, u])`, []string{"b", "u"}},
		{`distinct([b, a, b])[0]`, []string{"b"}},
		{`distinct([b, "b"])`, []string{"b"}},
		{`reverse([a, b])[0]`, []string{"b"}},
		{`tolist([a, b])[1]`, []string{"b"}},
		{`toset([a, b])`, []string{"a", "b"}},
		{`tomap({ k = a, l = b }).k`, []string{"a"}},
		{`concat([a], [b])[1]`, []string{"b"}},
		{`flatten([[a], [[b]]])[1]`, []string{"b"}},
		{`slice([a, b, c], 1, 2)[0]`, []string{"b"}},
		{`chunklist([a, b], 1)[1]`, []string{"b"}},
		{`element([a, b], 1)`, []string{"b"}},
		{`element([a, b], i)`, []string{"a", "i"}},
		{`element(ulist, 0)`, []string{"ulist"}},
		{`element(any, i)`, []string{"any", "i"}},
		{`one([a])`, []string{"a"}},
		{`one(ulist)`, []string{"ulist"}},
		{`one([u])`, []string{"u"}},
		{`element([u, arn], 1)`, []string{"arn"}},
		{`templatefile("tpl/hello.tftpl", { name = u, other = b })`, []string{"u"}},
		{`templatefile("tpl/hello.tftpl", any)`, []string{"any"}},
		{`matchkeys([a, b], ["x", "y"], ["y"])`, []string{"b"}},
		{`matchkeys([a, b], [c, "y"], ["y"])[0]`, []string{"b", "c"}},
		{`formatlist("%s%s", [a, b], c)[1]`, []string{"b", "c"}},
		{`formatlist("%s", ulist)`, []string{"ulist"}},
		{`zipmap(["k", "l"], [a, b]).l`, []string{"b"}},
		{`values({ k = a, l = b })[0]`, []string{"a"}},
		{`setproduct([a, b], ["x"])[0][0]`, []string{"a"}},
		{`merge({ k = a }, { l = b }).k`, []string{"a"}},
		{`merge({ k = a }, { k = b })`, []string{"b"}},
		{`merge(obj, { l = b }).l`, []string{"b", "obj"}},
		{`merge({ k = a }, any)`, []string{"a", "any"}},
		{`keys({ k = a })`, nil},
		{`keys(obj)`, []string{"obj"}},
		{`length([a])`, nil},
		{`length(ulist)`, []string{"ulist"}},
		{`lookup(map, "x", b)`, []string{"map", "x"}},
		{`lookup(obj, "x")`, []string{"obj", "x"}},
		{`lookup(map, "y", b)`, []string{"map", "y"}},
		{`lookup(map, "z", b)`, []string{"b", "map"}},
		{`lookup(map, a, b)`, []string{"a", "b", "map"}},
		{`lookup({ k = b }, u, c)`, []string{"b", "c", "u"}},
		// All of these make one thing of everything.
		{`join(",", [a, b])`, []string{"a", "b"}},
		{`format("%s-%s", a, u)`, []string{"a", "u"}},
		{`jsonencode({ k = a, l = u })`, []string{"a", "u"}},
		{`yamlencode([u])`, []string{"u"}},
		{`split(",", a)`, []string{"a"}},
		{`contains([a, b], c)`, []string{"a", "b", "c"}},
		{`upper(arn)`, []string{"arn"}},
		{`startswith(arn, "arn:")`, []string{"arn"}},
		{`cidrsubnet(u, 8, 1)`, []string{"u"}},
		{`cidrhost(any, i)`, []string{"any", "i"}},
		{`jsondecode(u)`, []string{"u"}},
		{`file(u)`, []string{"u"}},
		{`file(a)`, []string{"a"}},
		{`timestamp()`, nil},
		{`bcrypt(a, i)`, []string{"a", "i"}},
		{`abspath(a)`, []string{"a"}},
		// Templates use what they use.
		{`templatefile("tpl/hello.tftpl", { name = a, other = b })`, []string{"a"}},
		{`templatefile("tpl/hello.tftpl", { name = u })`, []string{"u"}},
		{`templatefile("tpl/loop.tftpl", { xs = [a, b] })`, []string{"a", "b"}},
		{`templatefile("nope.tftpl", { name = a, other = u })`, []string{"a", "u"}},
		{`templatefile(u, { name = a })`, []string{"a", "u"}},
		{`templatestring(t, { v = a, w = b })`, []string{"a", "t"}},
		{`templatestring(u, { v = a })`, []string{"a", "u"}},
		{`templatestring(t, any)`, []string{"any"}},
		// Attempts.
		{`try(a, b)`, []string{"a"}},
		{`try(obj.z, b)`, []string{"b"}},
		{`try(obj.y, b)`, []string{"obj", "y"}},
		{`try(any.z, b)`, []string{"any"}},
		{`can(a)`, []string{"a"}},
		{`can(any.z)`, []string{"any"}},
		// Secrets.
		{`nonsensitive(secret)`, []string{"secret"}},
		{`nonsensitive(sensitive(u))`, []string{"u"}},
		{`issensitive(secret)`, []string{"secret"}},
		{`ephemeralasnull(fleeting)`, []string{"name", "token"}},
		{`sensitive(a)`, []string{"a", "sensitive"}},
		{`sort([a, secret])`, []string{"a", "secret", "sensitive"}},
	} {
		v := eval(t, ctx, tt.expr)
		want := setOf(tt.want...)
		for m := range marksOf(v) {
			name := ""
			switch m := m.(type) {
			case origin:
				name = m.from
			case Mark:
				name = string(m)
			}
			if !want[name] {
				t.Errorf("%s has the mark %s, needlessly", tt.expr, name)
			}
			delete(want, name)
		}
		for name := range want {
			t.Errorf("%s has lost the mark %s: %#v", tt.expr, name, v)
		}
	}
}

func eval(t *testing.T, ctx *hcl.EvalContext, expr string) cty.Value {
	t.Helper()
	e, diags := hclsyntax.ParseExpression([]byte(expr), "test", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %s", expr, diags)
	}
	v, diags := e.Value(ctx)
	if diags.HasErrors() {
		t.Fatalf("%s: %s", expr, diags)
	}
	return v
}

// TestKnowledge checks results that are known, or known in part, although some
// of the arguments are not.
func TestKnowledge(t *testing.T) {
	ctx := markScope(t)
	str := cty.UnknownVal(cty.String).RefineNotNull()
	for expr, want := range map[string]cty.Value{
		`startswith(arn, "arn:")`:              cty.True,
		`startswith(arn, "s3:")`:               cty.UnknownVal(cty.Bool).RefineNotNull(),
		`strcontains(arn, "rn")`:               cty.True,
		`coalesce(arn, b)`:                     str.Refine().StringPrefixFull("arn:").NewValue(),
		`length(compact([a, arn]))`:            cty.NumberIntVal(2),
		`lookup(map, "x")`:                     cty.StringVal("x"),
		`lookup(obj, "y", "d")`:                str,
		`try(obj.y, "d")`:                      str,
		`try(obj, "d").x`:                      cty.StringVal("x"),
		`try(any, "d")`:                        cty.DynamicVal,
		`try("${u}", "d")`:                     cty.DynamicVal,
		`can(obj.y)`:                           cty.True,
		`can(any.y)`:                           cty.UnknownVal(cty.Bool).RefineNotNull(),
		`issensitive(u)`:                       cty.UnknownVal(cty.Bool).RefineNotNull(),
		`issensitive(sensitive(u))`:            cty.True,
		`alltrue([u == "x", false])`:           cty.False,
		`anytrue([u == "x", true])`:            cty.True,
		`alltrue([u == "x", true])`:            cty.UnknownVal(cty.Bool).RefineNotNull(),
		`ephemeralasnull(fleeting)`:            cty.ObjectVal(map[string]cty.Value{"token": cty.NullVal(cty.String), "name": cty.StringVal("name")}),
		`matchkeys([u, a], ["x", "y"], ["y"])`: cty.ListVal([]cty.Value{cty.StringVal("a")}),
		`templatestring(t, { v = arn })`:       str.Refine().StringPrefixFull("arn:").NewValue(),
		`tolist([a, u])[0]`:                    cty.StringVal("a"),
		`uuid()`:                               str,
		`timestamp()`:                          str,
		`plantimestamp()`:                      str,
		`bcrypt("x", 4)`:                       str,
		`abspath("x")`:                         str,
		`pathexpand("~/x")`:                    str,
		`fileexists("nope")`:                   cty.False,
		`file("nope")`:                         str,
		`templatefile("nope", {})`:             cty.DynamicVal,
	} {
		if got := bareOf(eval(t, ctx, expr)); !got.RawEquals(want) {
			t.Errorf("%s = %#v, want %#v", expr, got, want)
		}
	}
}
