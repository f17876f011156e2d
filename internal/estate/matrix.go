package estate

import (
	"maps"
	"slices"

	"github.com/wacheck/wacheck/analysis"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value/tri"
)

// Matrix lays the environments side by side: a row for each kind of thing, a column for
// each environment.
type Matrix struct {
	Environments []string `json:"environments"`
	Rows         []Row    `json:"rows"`
}

// Row is what each environment has of a kind, in the order of the environments.
type Row struct {
	Kind  string `json:"kind"`
	Cells []Cell `json:"cells"`
}

// Cell is what one environment has of a kind: what belongs to it, and what its
// resources use.
type Cell struct {
	Things []string `json:"things"`
	// Shared are those among them that another environment has, too.
	Shared []string `json:"shared"`
}

// table is a row in the making: who has what, in the order in which it was met.
type table struct {
	kind   string
	things []string
	held   map[string]holders
}

func newTable(kind string) *table { return &table{kind: kind, held: map[string]holders{}} }

// note says that an environment has a thing.
func (t *table) note(thing string, columns ...column) {
	h := t.held[thing]
	if h == nil {
		h = holders{}
		t.held[thing] = h
		t.things = append(t.things, thing)
	}
	for _, c := range columns {
		h[c] = true
	}
}

func (t *table) row(columns []column) Row {
	r := Row{Kind: t.kind}
	for _, col := range columns {
		c := Cell{Things: []string{}, Shared: []string{}}
		for _, thing := range t.things {
			h := t.held[thing]
			if h[col] || len(h) == 0 && col.env == analysis.UnknownEnvironment {
				c.Things = append(c.Things, thing)
				if h.shares(col) {
					c.Shared = append(c.Shared, thing)
				}
			}
		}
		r.Cells = append(r.Cells, c)
	}
	return r
}

// matrix makes the rows: accounts, roots and their states, then what the resources use.
func (s *surveyor) matrix() Matrix {
	tables := append(s.deployments(), s.used()...)
	present := holders{}
	for _, n := range s.deployed() {
		present[s.of(n)] = true
	}
	m := Matrix{Environments: []string{}, Rows: []Row{}}
	columns := sorted(present)
	for _, c := range columns {
		m.Environments = append(m.Environments, c.String())
	}
	for _, t := range tables {
		if r := t.row(columns); slices.ContainsFunc(r.Cells, func(c Cell) bool { return len(c.Things) > 0 }) {
			m.Rows = append(m.Rows, r)
		}
	}
	if len(s.plan) > 0 {
		m.Rows = append(m.Rows, s.addresses(columns))
	}
	return m
}

// used are the things that resources use together, by kind: an environment has what
// belongs to it, and what its resources certainly use.
func (s *surveyor) used() []*table {
	var out []*table
	byKind := map[string]*table{}
	for _, t := range s.things {
		if t.Node.Unit != nil && !s.counts(t.Node.Unit) {
			continue
		}
		kind := plural(string(t.Kind))
		row := byKind[kind]
		if row == nil {
			row = newTable(kind)
			byKind[kind] = row
			out = append(out, row)
		}
		row.note(s.address(t.Node), slices.Collect(maps.Keys(holdersOf(s.uses(t.Node, t.Uses))))...)
	}
	return out
}

func plural(kind string) string { return kind + "s" }

// addresses are the blocks of VPCs, shared where they overlap with those of another
// environment.
func (s *surveyor) addresses(columns []column) Row {
	r := Row{Kind: "addresses"}
	for _, col := range columns {
		c := Cell{Things: []string{}, Shared: []string{}}
		for i := range s.plan {
			b := &s.plan[i]
			if s.of(b.vpc) != col {
				continue
			}
			text := b.Prefix.String()
			if !slices.Contains(c.Things, text) {
				c.Things = append(c.Things, text)
			}
			if !slices.Contains(c.Shared, text) && slices.ContainsFunc(s.plan, func(o Block) bool {
				return awsnet.Overlap(b.Prefix, o.Prefix) && differ(col, s.of(o.vpc))
			}) {
				c.Shared = append(c.Shared, text)
			}
		}
		r.Cells = append(r.Cells, c)
	}
	return r
}

// deployed are the resources that are surveyed, and the modules that can't be read,
// which stand for those that they hold.
func (s *surveyor) deployed() []*graph.Node {
	var out []*graph.Node
	for _, n := range s.g.Nodes() {
		if (n.Mode == graph.Managed || n.Mode == graph.Opaque) && n.Exists != tri.False && s.counts(n.Unit) {
			out = append(out, n)
		}
	}
	return out
}
