package plan

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

func read(t testing.TB, text string) *Plan {
	t.Helper()
	p, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                     "is empty",
		"{\n\n nonsense":       "is not JSON: line 3",
		"PK\x03\x04 and so on": "terraform show -json",
		`{"format_version": "1.0", "values": {"root_module": {}}}`: "is a state, not a plan",
		`{"format_version": "1.2", "terraform_version": "1.11.4"}`: "has neither planned_values nor resource_changes",
		`{"format_version": "9.0", "planned_values": {}}`:          "9.0",
		`[]`: "",
	} {
		_, err := Read(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	p := read(t, `{"format_version": "1.2", "planned_values": {"root_module": {}}, "complete": false, "variables": {
		"text": {"value": "a ${b}"}, "number": {"value": 3}, "none": {}, "map": {"value": {"k": ["${x}", true]}}}}`)
	want := map[string]string{"text": "a ${b}", "number": "3", "map": `{"k":["$${x}",true]}`}
	if fmt.Sprint(p.Variables) != fmt.Sprint(want) {
		t.Errorf("variables %v, want %v", p.Variables, want)
	}
	if !p.Partial {
		t.Error("a plan that says that it is not complete counts as such")
	}
}

// TestPart makes a unit of the plan of parsers/plan/testdata: what is known, what is
// not, what refers to what, through a module call with keys.
func TestPart(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/plan.json")
	if err != nil {
		t.Fatal(err)
	}
	origins := value.NewOrigins()
	u := &graph.Unit{Key: "p", Lang: graph.Terraform}
	part := read(t, string(text)).Part(u, origins)
	byAddr := map[string]*graph.Node{}
	for _, n := range part.Nodes {
		byAddr[n.Addr] = n
	}
	db := byAddr[`module.db["orders"].aws_db_instance.this`]
	if db == nil || db.Exists != tri.True || db.Module == nil || db.Module.Path != `module.db["orders"]` || db.Name != "this" {
		t.Fatalf("database: %+v", db)
	}
	if b, ok := db.Body.Get("storage_encrypted").Truth(); !ok || b {
		t.Errorf("storage_encrypted: %s", value.Show(db.Body.Get("storage_encrypted")))
	}
	if v := db.Body.Get("publicly_accessible"); !v.IsAbsent() {
		t.Errorf("what is not written is %s", value.Show(v))
	}
	key := db.Body.Get("kms_key_id")
	if refs := key.Refs(); !key.IsUnknown() || len(refs) != 1 || refs[0].Addr != `module.db["orders"].aws_kms_key.k` || refs[0].Attr != "arn" {
		t.Errorf("kms_key_id: %s, refers to %v", value.Show(key), key.Refs())
	}
	if db.Provider == nil || db.Provider.Region.Text() != "eu-west-1" {
		t.Errorf("provider %+v", db.Provider)
	}
	rules := byAddr["aws_security_group.open"].Body.Get("ingress").Elems()
	if len(rules) != 2 {
		t.Fatalf("%d ingress blocks", len(rules))
	}
	if byAddr["aws_sqs_queue.q[2]"] == nil || byAddr["aws_sqs_queue.q[3]"] != nil {
		t.Error("the instances of a count are those of the plan")
	}
}

// at is a place of a made-up file.
func at(t *testing.T) source.Span {
	t.Helper()
	f, err := source.NewFileSet().Add("main.tf", []byte(strings.Repeat("x", 40)))
	if err != nil {
		t.Fatal(err)
	}
	return f.Span(3, 9)
}

func TestOverlay(t *testing.T) {
	t.Parallel()
	here := at(t)
	origins := value.NewOrigins()
	unknown := func(ref string) value.Value {
		return value.OfUnknown(value.KindAny, here, origins.Add(value.Origin{Kind: value.NoValue, Name: "var.x"})).WithRefs(value.Ref{Addr: ref})
	}
	node := func(addr string, fields ...value.Field) *graph.Node {
		return &graph.Node{Type: "t", Addr: addr, Name: "a", Span: here, Body: value.OfObject(fields, here), Exists: tri.Unknown}
	}
	part := &graph.Part{Unit: &graph.Unit{Key: ".", Anchor: here}, Nodes: []*graph.Node{
		node("t.a[*]", value.Field{Name: "x", Span: here, Value: unknown("t.b[*]")}, value.Field{Name: "y", Span: here, Value: value.OfString("old", here)},
			value.Field{Name: "secret", Span: here, Value: value.OfString("s", here).Sensitive()}),
		node("t.b[*]"), node("t.gone"),
	}}
	p := read(t, `{"format_version": "1.2", "planned_values": {"root_module": {"resources": [
		{"address": "t.a[\"k\"]", "mode": "managed", "type": "t", "name": "a", "values": {"x": "known", "y": "new", "z": 7, "none": null, "empty": [], "secret": "s"}},
		{"address": "t.b[\"k\"]", "mode": "managed", "type": "t", "name": "b", "values": {}},
		{"address": "t.b[\"l\"]", "mode": "managed", "type": "t", "name": "b", "values": {}},
		{"address": "t.new", "mode": "managed", "type": "t", "name": "new", "values": {"x": true}}]}},
		"resource_changes": [{"address": "t.a[\"k\"]", "change": {"actions": ["create"], "after_unknown": {"later": true}, "after_sensitive": {"z": true}}},
			{"address": "t.gone", "change": {"actions": ["delete"], "after_unknown": {}}}]}`)
	strangers := p.Overlay(part, origins)
	if len(strangers) != 1 || strangers[0] != "t.new" {
		t.Errorf("strangers %v", strangers)
	}
	var addrs []string
	for _, n := range part.Nodes {
		addrs = append(addrs, n.Addr)
	}
	if got := strings.Join(addrs, " "); got != `t.a["k"] t.b["k"] t.b["l"] t.new` {
		t.Errorf("nodes %s", got)
	}
	a := part.Nodes[0]
	if a.Exists != tri.True || a.Span != here {
		t.Errorf("existence %v, place %v", a.Exists, a.Span)
	}
	x := a.Body.Get("x")
	if x.Text() != "known" || !x.IsKnown() || x.Span() != here || len(x.Refs()) != 1 || x.Refs()[0].Addr != `t.b["k"]` {
		t.Errorf("x is %s, refers to %v", value.Show(x), x.Refs())
	}
	if y := a.Body.Get("y"); y.Text() != "new" {
		t.Errorf("y is %s: the plan is right", value.Show(y))
	}
	if z := a.Body.Get("z"); z.Text() != "7" || !z.IsSensitive() || !a.Body.Get("secret").IsSensitive() {
		t.Errorf("z is %s; sensitive %v, %v", value.Show(z), z.IsSensitive(), a.Body.Get("secret").IsSensitive())
	}
	for _, name := range []string{"none", "empty", "later"} {
		if v := a.Body.Get(name); !v.IsAbsent() {
			t.Errorf("%s, which is not written, is %s", name, value.Show(v))
		}
	}
}

// Sets come in another order than they are written in.
func TestOverlayPairsBlocks(t *testing.T) {
	t.Parallel()
	here := at(t)
	port := func(n int64, cidr value.Value) value.Value {
		return value.OfObject([]value.Field{{Name: "port", Value: value.OfInt(n, here)}, {Name: "cidr", Value: cidr}}, here)
	}
	open := value.OfUnknown(value.KindString, here, 0).WithRefs(value.Ref{Addr: "t.vpc"})
	part := &graph.Part{Unit: &graph.Unit{Key: "."}, Nodes: []*graph.Node{{Type: "t", Addr: "t.a", Name: "a", Span: here,
		Body: value.OfObject([]value.Field{{Name: "rule", Value: value.OfList([]value.Value{port(22, open), port(80, value.OfString("any", here))}, here)}}, here)}}}
	p := read(t, `{"format_version": "1.2", "planned_values": {"root_module": {"resources": [{"address": "t.a", "mode": "managed", "type": "t", "name": "a",
		"values": {"rule": [{"port": 80, "cidr": "any"}, {"port": 22, "cidr": "10.0.0.0/8"}]}}]}}}`)
	p.Overlay(part, value.NewOrigins())
	rules := part.Nodes[0].Body.Get("rule").Elems()
	if len(rules) != 2 || rules[0].Get("port").Text() != "80" || len(rules[0].Get("cidr").Refs()) != 0 {
		t.Errorf("first rule %s", value.Show(rules[0]))
	}
	if c := rules[1].Get("cidr"); c.Text() != "10.0.0.0/8" || len(c.Refs()) != 1 {
		t.Errorf("second rule %s, refers to %v", value.Show(rules[1]), c.Refs())
	}
}

func TestModulePaths(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]int{"module.a": 0, `module.a["x.module.y"].module.b[0]`: 23, "": -1} {
		if got := lastModule(path); got != want {
			t.Errorf("%s: last call at %d, want %d", path, got, want)
		}
	}
}

// BenchmarkOverlay reads a plan of 10,000 instances and lays it over their block.
func BenchmarkOverlay(b *testing.B) {
	var resources []map[string]any
	for i := range 10_000 {
		resources = append(resources, map[string]any{"address": fmt.Sprintf("t.a[%d]", i), "mode": "managed", "type": "t", "name": "a",
			"values": map[string]any{"name": fmt.Sprint(i), "encrypted": true, "rule": []any{map[string]any{"port": 22, "cidr": "10.0.0.0/8"}}}})
	}
	text, err := json.Marshal(map[string]any{"format_version": "1.2", "planned_values": map[string]any{"root_module": map[string]any{"resources": resources}}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		part := &graph.Part{Unit: &graph.Unit{Key: "."}, Nodes: []*graph.Node{{Type: "t", Addr: "t.a[*]", Name: "a", Body: value.OfObject(nil, source.Span{})}}}
		read(b, string(text)).Overlay(part, value.NewOrigins())
		if len(part.Nodes) != 10_000 {
			b.Fatal(len(part.Nodes))
		}
	}
}

// A plan tells of its providers what their configuration says literally.
func TestProvider(t *testing.T) {
	t.Parallel()
	p := read(t, `{"format_version": "1.2",
		"planned_values": {"root_module": {"resources": [
			{"address": "aws_sqs_queue.q", "mode": "managed", "type": "aws_sqs_queue", "name": "q", "provider_name": "registry.terraform.io/hashicorp/aws", "values": {}}]}},
		"configuration": {
			"provider_config": {"aws": {"name": "aws", "expressions": {
				"profile": {"constant_value": "main"}, "region": {"references": ["var.region"]}, "allowed_account_ids": {"constant_value": ["111122223333"]},
				"assume_role": [{"role_arn": {"constant_value": "arn:aws:iam::444455556666:role/r"}}]}}},
			"root_module": {"resources": [{"address": "aws_sqs_queue.q", "mode": "managed", "type": "aws_sqs_queue", "name": "q", "provider_config_key": "aws"}]}}}`)
	part := p.Part(&graph.Unit{Key: "p", Lang: graph.Terraform}, value.NewOrigins())
	got := part.Nodes[0].Provider
	if got.Profile.Text() != "main" || !got.Region.IsUnknown() || value.Show(got.AccountIDs) != `["111122223333"]` || got.AssumeRole.Text() != "arn:aws:iam::444455556666:role/r" ||
		!got.AccessKey.IsAbsent() {
		t.Errorf("provider %+v", got)
	}
}
