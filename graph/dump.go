package graph

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// DumpVersion is the version of the JSON form. It grows when a member goes away
// or changes its meaning.
const DumpVersion = 1

// dump is the graph in the form in which it is written: the same input gives
// the same bytes. Values are flat, so that two dumps can be compared line by line.
type dump struct {
	SchemaVersion int        `json:"schemaVersion"`
	Units         []dumpUnit `json:"units"`
	Nodes         []dumpNode `json:"nodes"`
	Edges         []dumpEdge `json:"edges"`
}

type dumpUnit struct {
	Key       string      `json:"key"`
	Language  string      `json:"language"`
	Example   bool        `json:"example,omitempty"`
	Broken    bool        `json:"broken,omitempty"`
	World     string      `json:"world,omitempty"`
	Workspace string      `json:"workspace,omitempty"`
	Location  *dumpPlace  `json:"location,omitempty"`
	Inputs    []dumpValue `json:"inputs"`
}

type dumpNode struct {
	// ID is unit//address, or the identity of an external node.
	ID       string `json:"id"`
	Unit     string `json:"unit,omitempty"`
	Address  string `json:"address"`
	Type     string `json:"type,omitempty"`
	Mode     string `json:"mode"`
	Language string `json:"language,omitempty"`
	// Exists is true, false or unknown; ExistsWhy says why it is not known, or through what the node exists.
	Exists    string       `json:"exists"`
	ExistsWhy []dumpOrigin `json:"existsWhy,omitempty"`
	// When says for which choices of inputs it exists, as far as that is known.
	When     string      `json:"when,omitempty"`
	Module   string      `json:"module,omitempty"`
	Provider string      `json:"provider,omitempty"`
	Location *dumpPlace  `json:"location,omitempty"`
	Values   []dumpValue `json:"values"`
	Meta     []dumpValue `json:"meta,omitempty"`
}

type dumpEdge struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Label is the attribute that holds the reference, Attr the one that is read.
	Label    string     `json:"label"`
	Attr     string     `json:"attr,omitempty"`
	Exists   string     `json:"exists"`
	When     string     `json:"when,omitempty"`
	Location *dumpPlace `json:"location,omitempty"`
}

type dumpPlace struct {
	Path   string `json:"path"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

func (p *dumpPlace) String() string {
	return source.Position{Path: source.Printable(p.Path), Line: p.Line, Column: p.Column}.String()
}

type dumpOrigin struct {
	Kind     string     `json:"kind"`
	Name     string     `json:"name,omitempty"`
	Text     string     `json:"text"`
	Location *dumpPlace `json:"location,omitempty"`
}

// dumper makes the written form of a graph.
type dumper struct{ g *Graph }

func (d dumper) dump() *dump {
	out := &dump{SchemaVersion: DumpVersion, Units: []dumpUnit{}, Nodes: []dumpNode{}, Edges: []dumpEdge{}}
	for _, u := range d.g.units {
		out.Units = append(out.Units, dumpUnit{
			Key: u.Key, Language: u.Lang.String(), Example: u.Kind == Example, Broken: u.Broken, World: u.World,
			Workspace: u.Workspace, Location: d.place(u.Anchor), Inputs: d.fields(u.Inputs),
		})
	}
	for _, n := range d.g.nodes {
		out.Nodes = append(out.Nodes, d.node(n))
	}
	for _, e := range d.g.edges {
		out.Edges = append(out.Edges, dumpEdge{
			From: identity(d.g.Node(e.From)), To: identity(d.g.Node(e.To)), Label: e.Label, Attr: e.Attr,
			Exists: e.Exists.String(), When: e.When.String(), Location: d.place(e.Span),
		})
	}
	return out
}

func (d dumper) node(n *Node) dumpNode {
	out := dumpNode{
		ID: identity(n), Address: n.Addr, Type: n.Type, Mode: n.Mode.String(), Exists: n.Exists.String(),
		ExistsWhy: d.origins(n.ExistsWhy), When: n.When.String(), Location: d.place(n.Span), Values: d.fields(n.Body), Meta: d.fields(n.Meta),
	}
	if n.Unit != nil {
		out.Unit, out.Language = n.Unit.Key, n.Lang.String()
	}
	if n.Module != nil {
		out.Module = n.Module.Path
	}
	if p := n.Provider; p != nil {
		out.Provider = p.Addr
		out.Meta = append(out.Meta, d.fields(value.OfObject([]value.Field{
			{Name: "provider.region", Value: p.Region}, {Name: "provider.assume_role", Value: p.AssumeRole},
			{Name: "provider.allowed_account_ids", Value: p.AccountIDs}, {Name: "provider.default_tags", Value: p.DefaultTags},
		}, p.Span))...)
	}
	return out
}

// identity names a node in the whole graph.
func identity(n *Node) string {
	if n.Unit == nil {
		return n.Name
	}
	return externalKey(n.Unit, n.Addr)
}

func (d dumper) place(sp source.Span) *dumpPlace {
	pos := d.g.Files.Position(sp.Pos)
	if pos.Line == 0 {
		return nil
	}
	return &dumpPlace{pos.Path, pos.Line, pos.Column}
}

func (d dumper) origins(id value.OriginID) []dumpOrigin {
	var out []dumpOrigin
	for _, o := range d.g.Origins.Chain(id) {
		out = append(out, dumpOrigin{o.Kind.String(), o.Name, o.Text(), d.place(o.Span)})
	}
	return out
}

// WriteJSON writes the graph for programs.
func (g *Graph) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(dumper{g}.dump()); err != nil {
		return fmt.Errorf("write graph: %w", err)
	}
	return nil
}
