package tforacle

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// declared is a variable as a root declares it.
type declared struct {
	name       string
	typ        cty.Type
	hasDefault bool
}

// declaredVariables reads the declarations of a directory. What Terraform itself
// would refuse is left to Terraform to refuse.
func declaredVariables(dir string) []declared {
	var out []declared
	names, _ := filepath.Glob(filepath.Join(dir, "*.tf"))
	for _, n := range names {
		src, err := os.ReadFile(n)
		if err != nil {
			continue
		}
		f, _ := hclsyntax.ParseConfig(src, n, hcl.InitialPos)
		body, ok := f.Body.(*hclsyntax.Body)
		if !ok {
			continue
		}
		for _, b := range body.Blocks {
			if b.Type != "variable" || len(b.Labels) != 1 {
				continue
			}
			v := declared{name: b.Labels[0], typ: cty.String, hasDefault: b.Body.Attributes["default"] != nil}
			if a := b.Body.Attributes["type"]; a != nil {
				if typ, _, diags := typeexpr.TypeConstraintWithDefaults(a.Expr); !diags.HasErrors() {
					v.typ = typ
				}
			}
			out = append(out, v)
		}
	}
	return out
}

// uses are the parts of a value that are named somewhere.
type uses map[string]uses

var useStep = regexp.MustCompile(`^(?:\.([A-Za-z_][\w-]*)|\["([^"\]]+)"\])`)

// usesOf collects the parts of a name that a text reads.
func usesOf(name, text string) uses {
	out := uses{}
	for _, at := range regexp.MustCompile(`\b`+regexp.QuoteMeta(name)+`\b`).FindAllStringIndex(text, -1) {
		here, rest := out, text[at[1]:]
		for m := useStep.FindStringSubmatch(rest); m != nil; m = useStep.FindStringSubmatch(rest) {
			part := m[1] + m[2]
			if here[part] == nil {
				here[part] = uses{}
			}
			here, rest = here[part], rest[len(m[0]):]
		}
	}
	return out
}

// madeUp writes a value of a type, with the parts that are read of it.
func madeUp(t cty.Type, parts uses) string {
	fields := map[string]string{}
	switch {
	case t == cty.Number:
		return "1"
	case t == cty.Bool:
		return "true"
	case t.IsObjectType():
		for name, at := range t.AttributeTypes() {
			if !t.AttributeOptional(name) {
				fields[name] = madeUp(at, parts[name])
			}
		}
	case t.IsMapType():
		for name, inner := range parts {
			fields[name] = madeUp(t.ElementType(), inner)
		}
	case t.IsListType(), t.IsSetType():
		return "[]"
	case t.IsTupleType():
		elems := make([]string, 0, t.Length())
		for _, et := range t.TupleElementTypes() {
			elems = append(elems, madeUp(et, nil))
		}
		return "[" + strings.Join(elems, ", ") + "]"
	case t == cty.DynamicPseudoType && len(parts) > 0:
		for name, inner := range parts {
			fields[name] = madeUp(t, inner)
		}
	default:
		return `"oracle"`
	}
	var b strings.Builder
	b.WriteString("{ ")
	for i, name := range slices.Sorted(maps.Keys(fields)) {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q = %s", name, fields[name])
	}
	return b.String() + " }"
}

var fileRead = regexp.MustCompile(`\b(?:file\w*|templatefile)\(\s*"((?:\$\{path\.module\}/)?[\w./-]+)"`)

// missingFiles writes the files that a root reads and the estate does not hold,
// since something else builds them.
func missingFiles(t *testing.T, dir, text string) {
	t.Helper()
	for _, m := range fileRead.FindAllStringSubmatch(text, -1) {
		name := filepath.Join(dir, strings.TrimPrefix(m[1], "${path.module}/"))
		if _, err := os.Stat(name); err == nil || strings.Contains(m[1], "..") {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, name, "made up")
	}
}
