package value_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/wacheck/wacheck/value"
)

func names(os []value.Origin) string {
	var out []string
	for _, o := range os {
		out = append(out, o.Name)
	}
	return strings.Join(out, " ")
}

func TestOriginsAreShared(t *testing.T) {
	table := value.NewOrigins()
	a := table.Add(value.Origin{Kind: value.Local, Name: "local.a", Span: at})
	if again := table.Add(value.Origin{Kind: value.Local, Name: "local.a", Span: at}); again != a {
		t.Error("one origin has two ids")
	}
	for what, o := range map[string]value.Origin{
		"kind":        {Kind: value.Attribute, Name: "local.a", Span: at},
		"name":        {Kind: value.Local, Name: "local.b", Span: at},
		"place":       {Kind: value.Local, Name: "local.a", Span: here},
		"detail":      {Kind: value.Local, Name: "local.a", Span: at, Detail: "x"},
		"predecessor": {Kind: value.Local, Name: "local.a", Span: at, From: []value.OriginID{a}},
	} {
		if table.Add(o) == a {
			t.Errorf("origins that differ in their %s have one id", what)
		}
	}
	if got := table.At(a); got.Name != "local.a" {
		t.Errorf("the origin is %+v", got)
	}
	if got := table.At(0); got.Kind != value.OriginNone || table.At(999).Kind != value.OriginNone {
		t.Errorf("no origin is %+v", got)
	}
	var none *value.Origins
	if none.At(3).Kind != value.OriginNone {
		t.Error("no table has an origin")
	}
}

func TestChain(t *testing.T) {
	table := value.NewOrigins()
	add := func(k value.OriginKind, name string, from ...value.OriginID) value.OriginID {
		return table.Add(value.Origin{Kind: k, Name: name, From: from})
	}
	def := add(value.VariableDefault, "default")
	arg := add(value.ModuleArgument, "argument", def)
	local := add(value.Local, "local", arg)
	if got := names(table.Chain(local)); got != "local argument default" {
		t.Errorf("the way is %s", got)
	}
	missing := add(value.NoValue, "var.x")
	vague := add(value.DependsOnUnknown, "f(var.x)", missing)
	both := table.Join(local, 0, vague, local)
	if got := names(table.Chain(both)); got != "local argument default f(var.x) var.x" {
		t.Errorf("the ways are %s", got)
	}
	if table.Join() != 0 || table.Join(0, arg, arg) != arg {
		t.Error("what needs no joining is joined")
	}
	if got := names(table.Reasons(both)); got != "var.x" {
		t.Errorf("the reasons are %s", got)
	}
	if got := names(table.Reasons(add(value.DependsOnUnknown, "alone"))); got != "alone" {
		t.Errorf("without a better reason: %s", got)
	}
	if got := table.Reasons(local); len(got) != 0 {
		t.Errorf("a known value has reasons: %s", names(got))
	}
}

// Chains are bounded, and each step is told once.
func TestChainsAreBounded(t *testing.T) {
	table := value.NewOrigins()
	id := value.OriginID(0)
	for i := range 100 {
		o := value.Origin{Kind: value.Local, Name: fmt.Sprint(i)}
		if id != 0 {
			o.From = []value.OriginID{id}
		}
		id = table.Add(o)
	}
	if got := len(table.Chain(id)); got != 32 {
		t.Errorf("%d steps", got)
	}
	wide := table.Add(value.Origin{Kind: value.Several, From: []value.OriginID{id, id, id}})
	if got := len(table.Chain(wide)); got != 32 {
		t.Errorf("%d steps of three times the same", got)
	}
}

func TestOriginsAreSafe(t *testing.T) {
	table := value.NewOrigins()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 200 {
				id := table.Add(value.Origin{Kind: value.Local, Name: fmt.Sprint(i % 50)})
				if got := table.At(id).Name; got != fmt.Sprint(i%50) {
					t.Errorf("%d is called %s", i, got)
				}
			}
		})
	}
	wg.Wait()
}

// The words are part of the output, and every kind has one.
func TestOriginKinds(t *testing.T) {
	seen := map[string]value.OriginKind{}
	for k := value.OriginNone; k <= value.DependsOnUnknown; k++ {
		if other, ok := seen[k.String()]; ok || k.String() == "" {
			t.Errorf("%d and %d are both called %q", k, other, k)
		}
		seen[k.String()] = k
	}
	if value.Several.IsReason() || !value.NoValue.IsReason() || !value.DependsOnUnknown.IsReason() {
		t.Error("a way is taken for a reason")
	}
}
