package tforacle

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/schema"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Report is how far wacheck and Terraform agree about a root, or several.
type Report struct {
	// Instances are those of the plan; UnknownInstances those of which wacheck
	// knows only that they may exist.
	Instances, UnknownInstances int
	// Leaves are the single values that the configuration gives to attributes:
	// those on which both agree, those that wacheck does not know and Terraform
	// does, and, apart from these, those that follow from what the stand-in
	// provider has made up in a data source.
	Leaves, Agree, Unknown, Invented int
	// Reasons counts the unknown leaves and instances by why they are unknown.
	Reasons map[string]int
	// Edges are those of Terraform's graph, and LostEdges those between whose
	// ends wacheck has no path: an edge of an expression whose outcome does not
	// depend on the other end after all.
	Edges, LostEdges int
	// Lost counts the lost edges by why there is none here.
	Lost map[string]int
	// Contradictions are answers of wacheck that Terraform's rule out.
	Contradictions []string
	// Notes tell the unknown leaves and the lost edges one by one.
	Notes []string
}

// Add adds what another report counts.
func (r *Report) Add(o *Report) {
	r.Instances += o.Instances
	r.UnknownInstances += o.UnknownInstances
	r.Leaves += o.Leaves
	r.Agree += o.Agree
	r.Unknown += o.Unknown
	r.Invented += o.Invented
	r.Edges += o.Edges
	r.LostEdges += o.LostEdges
	if r.Reasons == nil {
		r.Reasons = map[string]int{}
	}
	for k, n := range o.Reasons {
		r.Reasons[k] += n
	}
	if r.Lost == nil {
		r.Lost = map[string]int{}
	}
	for k, n := range o.Lost {
		r.Lost[k] += n
	}
	r.Contradictions = append(r.Contradictions, o.Contradictions...)
	r.Notes = append(r.Notes, o.Notes...)
}

// UnknownShare is the share of leaves that wacheck does not know though Terraform
// does, in percent.
func (r *Report) UnknownShare() float64 {
	if r.Leaves == 0 {
		return 0
	}
	return 100 * float64(r.Unknown) / float64(r.Leaves)
}

// CommonReasons lists the most frequent reasons with their counts.
func (r *Report) CommonReasons(most int) []string { return mostFrequent(r.Reasons, most) }

// mostFrequent lists what is counted most, with the counts.
func mostFrequent(counts map[string]int, most int) []string {
	names := make([]string, 0, len(counts))
	for k := range counts {
		names = append(names, k)
	}
	sort.Slice(names, func(i, j int) bool {
		a, b := names[i], names[j]
		return counts[a] > counts[b] || counts[a] == counts[b] && a < b
	})
	out := names[:min(most, len(names))]
	for i, k := range out {
		out[i] = fmt.Sprintf("%s %d", k, counts[k])
	}
	return out
}

// comparer compares one root.
type comparer struct {
	rec  *Record
	g    *graph.Graph
	unit *graph.Unit
	out  *Report
}

// Compare compares a unit of a graph with what Terraform says about it.
func Compare(rec *Record, g *graph.Graph, unit *graph.Unit) *Report {
	c := &comparer{rec: rec, g: g, unit: unit, out: &Report{Reasons: map[string]int{}, Lost: map[string]int{}, Instances: len(rec.Resources)}}
	c.instances()
	c.edges()
	sort.Strings(c.out.Contradictions)
	sort.Strings(c.out.Notes)
	return c.out
}

func (c *comparer) contradict(format string, args ...any) {
	c.out.Contradictions = append(c.out.Contradictions, c.unit.Key+": "+fmt.Sprintf(format, args...))
}

func (c *comparer) note(format string, args ...any) {
	c.out.Notes = append(c.out.Notes, c.unit.Key+": "+fmt.Sprintf(format, args...))
}

// unknownBecause counts something unknown by its reason.
func (c *comparer) unknownBecause(n int, why value.OriginID) {
	c.out.Reasons[c.reason(why)] += n
}

func (c *comparer) reason(why value.OriginID) string {
	rs := c.g.Origins.Reasons(why)
	if len(rs) == 0 {
		return "no reason given"
	}
	return rs[0].Kind.String()
}

// instances matches the nodes of the unit with the instances of the plan.
func (c *comparer) instances() {
	symbolic := map[string][]*graph.Node{}
	open := map[*graph.Node]bool{} // not yet matched
	for _, n := range c.g.Nodes() {
		if n.Unit != c.unit || n.Mode != graph.Managed && n.Mode != graph.Data {
			continue
		}
		open[n] = true
		if strings.Contains(n.Addr, "[*]") {
			symbolic[Block(n.Addr)] = append(symbolic[Block(n.Addr)], n)
		}
	}
	for i := range c.rec.Resources {
		r := &c.rec.Resources[i]
		if n := c.g.Lookup(c.unit, r.Addr); n != nil {
			delete(open, n)
			if n.Exists != tri.True {
				c.out.UnknownInstances++
				c.unknownBecause(1, n.ExistsWhy)
				c.note("%s: existence is not known: %s", r.Addr, c.explain(n.ExistsWhy))
			}
			c.resource(r, n)
			continue
		}
		n := symbolicFor(symbolic[Block(r.Addr)], r.Addr)
		if n == nil {
			c.contradict("%s is planned, and is not here", r.Addr)
			continue
		}
		delete(open, n)
		c.out.UnknownInstances++
		c.unknownBecause(1, n.ExistsWhy)
		c.note("%s is only known as %s: %s", r.Addr, n.Addr, c.explain(n.ExistsWhy))
		c.resource(r, n)
	}
	for n := range open {
		switch n.Exists {
		case tri.False:
		case tri.True:
			c.contradict("%s is here, and is not planned", n.Addr)
		case tri.Unknown:
			c.out.UnknownInstances++
			c.unknownBecause(1, n.ExistsWhy)
			c.note("%s may exist here, and is not planned: %s", n.Addr, c.explain(n.ExistsWhy))
		}
	}
}

// symbolicFor finds the node that stands for an instance.
func symbolicFor(nodes []*graph.Node, addr string) *graph.Node {
	for _, n := range nodes {
		if standsFor(n.Addr, addr) {
			return n
		}
	}
	return nil
}

// standsFor compares addresses; "[*]" matches any index.
func standsFor(pattern, addr string) bool {
	for {
		before, after, more := strings.Cut(pattern, "[*]")
		if !strings.HasPrefix(addr, before) {
			return false
		}
		addr = addr[len(before):]
		if !more {
			return addr == ""
		}
		end := indexEnd(addr)
		if end == 0 {
			return false
		}
		addr, pattern = addr[end:], after
	}
}

// indexEnd is the length of the index with which a text begins.
func indexEnd(s string) int {
	if !strings.HasPrefix(s, "[") {
		return 0
	}
	quoted := false
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ']' && !quoted:
			return i + 1
		}
	}
	return 0
}

// resource compares the attributes of an instance that the configuration gives.
func (c *comparer) resource(r *Resource, n *graph.Node) {
	m := matcher{origins: c.g.Origins}
	if s, ok := schemaOf(r); ok {
		m.body = &s.Body
	}
	seen := map[string]bool{}
	total := tally{}
	for _, f := range n.Body.Fields() {
		seen[f.Name] = true
		if writeOnly(f.Name) {
			continue // a plan never holds it
		}
		t := m.match(f.Name, f.Value, r.After[f.Name], r.Unknown[f.Name], r.Secret[f.Name])
		if r.Unknown[f.Name] == true && !f.Value.IsUnset() && !t.contradicts() {
			c.reference(r, f)
		}
		total.add(t)
	}
	for _, name := range r.Set {
		if !seen[name] && !writeOnly(name) && (r.After[name] != nil || r.Unknown[name] != nil) && !emptyList(r.After[name]) {
			total.add(tally{leaves: 1, bad: []string{name + " is set there, and absent here"}})
		}
	}
	c.out.Leaves += total.leaves
	c.out.Agree += total.agree
	c.out.Invented += total.invented
	for _, u := range total.unknown {
		c.out.Unknown += u.leaves
		c.unknownBecause(u.leaves, u.why)
		c.note("%s.%s is not known here: %s; there %s", r.Addr, u.path, c.explain(u.why), u.there)
	}
	for _, b := range total.bad {
		c.contradict("%s.%s", r.Addr, b)
	}
}

func schemaOf(r *Resource) (*schema.Resource, bool) {
	if r.Data {
		return schema.TerraformData(r.Type)
	}
	return schema.Terraform(r.Type)
}

// writeOnly is by the convention of the provider.
func writeOnly(name string) bool { return strings.HasSuffix(name, "_wo") }

func emptyList(v any) bool {
	l, ok := v.([]any)
	return ok && len(l) == 0
}

// reference checks that what is not known because of a resource says so.
func (c *comparer) reference(r *Resource, f value.Field) {
	for _, ref := range c.rec.References[Block(r.Addr)][f.Name] {
		root, _, _ := strings.Cut(ref, ".")
		switch root {
		case "var", "local", "module", "each", "count", "self", "path", "terraform", "data":
			return
		}
	}
	if len(c.rec.References[Block(r.Addr)][f.Name]) > 0 && !hasRef(f.Value) {
		c.contradict("%s.%s refers to nothing here, and there to %v", r.Addr, f.Name, c.rec.References[Block(r.Addr)][f.Name])
	}
}

func hasRef(v value.Value) bool {
	if len(v.Refs()) > 0 {
		return true
	}
	for _, vs := range [][]value.Value{v.Alternatives(), v.Parts(), v.Elems()} {
		if slices.ContainsFunc(vs, hasRef) {
			return true
		}
	}
	for _, f := range v.Fields() {
		if hasRef(f.Value) {
			return true
		}
	}
	return false
}

// explain writes the way of a value in a line.
func (c *comparer) explain(why value.OriginID) string {
	var steps []string
	for _, o := range c.g.Origins.Chain(why) {
		steps = append(steps, strings.TrimSpace(o.Kind.String()+" "+o.Name))
	}
	if len(steps) > 6 {
		steps = append(steps[:5], "… "+steps[len(steps)-1])
	}
	return strings.Join(steps, " ← ")
}
