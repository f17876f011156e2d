package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// dumpFile is the text that the spans of the dumped graph lie in.
const dumpFile = `variable "size" { default = 3 }
resource "aws_subnet" "a" { cidr = "10.0.0.0/24" }
resource "aws_db_instance" "db" {
  subnet   = aws_subnet.a.id
  name     = "a" # ünïcode
  password = "hunter2"
}
`

// builtGraph is a graph with every sort of node, value and edge.
func builtGraph(t *testing.T) *Graph {
	t.Helper()
	files, origins := source.NewFileSet(), value.NewOrigins()
	f, err := files.Add("app/main.tf", []byte(dumpFile))
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) source.Span {
		i := strings.Index(dumpFile, text)
		if i < 0 {
			t.Fatalf("%q is not in the file", text)
		}
		return f.Span(i, i+len(text))
	}
	size := origins.Add(value.Origin{Kind: value.VariableDefault, Name: "var.size", Span: at("3")})
	why := origins.Add(value.Origin{Kind: value.NoValue, Name: "var.n", Detail: "has no value and no default", Span: at("variable")})
	text := func(s string) value.Value { return value.OfString(s, at(`"a" #`)) }
	obj := func(kv ...any) value.Value {
		var fields []value.Field
		for i := 0; i < len(kv); i += 2 {
			fields = append(fields, value.Field{Name: kv[i].(string), Value: kv[i+1].(value.Value)})
		}
		return value.OfObject(fields, source.Span{})
	}
	stage := &value.Input{Unit: "app", Name: "var.stage", Choices: []string{"dev", "prod"}}
	list := func(vs ...value.Value) value.Value { return value.OfList(vs, at(`"a" #`)) }
	unit := &Unit{Key: "app", Dir: "app", Workspace: "prod", Anchor: f.Span(0, 0), Inputs: obj("size", value.OfInt(3, at("3")).From(size),
		"db_password", text("hunter2"))}
	subnet := &Node{Type: "aws_subnet", Addr: "aws_subnet.a", Name: "a", Exists: tri.True, Span: at(`resource "aws_subnet"`),
		Body: obj("cidr", value.OfString("10.0.0.0/24", at(`"10.0.0.0/24"`)))}
	db := &Node{Type: "aws_db_instance", Addr: `module.m["x"].aws_db_instance.db`, Name: "db", ExistsWhy: why, When: stage.Is(0), Span: at(`resource "aws_db_instance"`),
		Module:   &Module{Path: `module.m["x"]`},
		Provider: &Provider{Addr: "aws.west", Region: text("us-west-2")},
		Body: obj(
			"subnet", value.OfUnknown(value.KindString, at("aws_subnet.a.id"), 0).WithRefs(value.Ref{Addr: "aws_subnet.a", Attr: "id"}),
			"size", value.OneOf([]value.Value{value.OfInt(3, at("3")), value.OfNull(at("3")), obj("a", text("x"), "b", text("y"))}, at("3"), size),
			"zone", value.OneOfCases([]value.Case{{Value: text("a"), When: stage.Is(0)}, {Value: value.Value{}, When: stage.Is(1)}}, at("name"), why),
			"url", value.OfParts([]value.Value{text("https://"), value.OfUnknown(value.KindString, at("name"), why), text("/x")}, at("name")),
			"password", text("hunter2"),
			"manage_password", value.OfBool(true, at("name")),
			"token", text("hunter2").Sensitive(),
			"secret", obj("inner", text("hunter2")),
			"names", list(text("a"), text("b").Maybe(), text("c").MaybeWhen(stage.Is(1))).Opened(),
			"none", list(), "empty", obj(), "null", value.OfNull(at("name")), "gone", value.Value{},
			"policy", obj("Statement", list(obj("Effect", text("Allow")))).AsJSON(),
			"tags", obj("a b", text("c\nd"), "x.y", text(strings.Repeat("z", 250))),
			"peer", value.OfUnknown(value.KindString, at("name"), 0).WithRefs(value.Ref{Addr: "aws_vpc.gone", Attr: "id"}),
			"group", value.OfUnknown(value.KindString, at("name"), 0).WithRefs(value.Ref{Unit: "net", Addr: "aws_subnet.b"}),
		).Opened(),
		Meta: obj("depends_on", list(value.OfUnknown(value.KindAny, at("subnet"), 0).WithRefs(value.Ref{Addr: "aws_subnet.a"}))),
	}
	data := &Node{Mode: Data, Type: "aws_vpc", Addr: "data.aws_vpc.v", Name: "v", Exists: tri.False, Span: at("variable"), Body: obj()}
	opaque := &Node{Mode: Opaque, Addr: "module.far", Name: "far", Exists: tri.True, Span: at("variable"), Body: obj()}
	b := NewBuilder(files, origins)
	other := &Unit{Key: "net", Lang: CloudFormation, Kind: Example, World: "dev", Broken: true}
	for _, p := range []*Part{
		{Unit: unit, Nodes: []*Node{subnet, db, data, opaque}},
		{Unit: other, Nodes: []*Node{{Lang: CloudFormation, Type: "aws_subnet", Addr: "aws_subnet.b", Name: "b", Exists: tri.True, Body: obj()}}},
	} {
		if err := b.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	g, _ := b.Freeze(Options{})
	return g
}

func TestDump(t *testing.T) {
	for name, write := range map[string]func(*Graph, io.Writer) error{
		"graph.txt": (*Graph).WriteText, "graph.json": (*Graph).WriteJSON, "graph.dot": (*Graph).WriteDOT,
	} {
		t.Run(name, func(t *testing.T) {
			var first, second bytes.Buffer
			if err := errors.Join(write(builtGraph(t), &first), write(builtGraph(t), &second)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(first.Bytes(), second.Bytes()) {
				t.Error("two runs differ")
			}
			if strings.Contains(first.String(), "hunter2") {
				t.Error("a secret is shown")
			}
			golden := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(golden, first.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), first.String()); diff != "" {
				t.Errorf("go test ./graph -update rewrites the file (-want +got):\n%s", diff)
			}
		})
	}
}

// Programs find the ends of an edge by the ids of nodes.
func TestDumpEdgesNameNodes(t *testing.T) {
	var buf bytes.Buffer
	if err := builtGraph(t).WriteJSON(&buf); err != nil {
		t.Fatal(err)
	}
	var d dump
	if err := json.Unmarshal(buf.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	ids := map[string]int{}
	for _, n := range d.Nodes {
		ids[n.ID]++
	}
	if len(d.Edges) == 0 {
		t.Error("no edges")
	}
	for _, e := range d.Edges {
		if ids[e.From] != 1 || ids[e.To] != 1 {
			t.Errorf("%s -> %s: %d and %d nodes of these ids", e.From, e.To, ids[e.From], ids[e.To])
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestDumpTellsOfFailedWrites(t *testing.T) {
	g := builtGraph(t)
	for _, write := range []func(io.Writer) error{g.WriteText, g.WriteJSON, g.WriteDOT} {
		if err := write(failing{}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("got %v", err)
		}
	}
}
