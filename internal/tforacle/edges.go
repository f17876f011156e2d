package tforacle

import (
	"sort"
	"strings"

	"github.com/wacheck/wacheck/graph"
)

// edges compares dependencies between blocks. Terraform's graph has all that an
// expression names; ours has what the outcome depends on. So every edge here
// must follow from edges there, and an edge there that has no path here is told.
func (c *comparer) edges() {
	theirs := reachability{}
	for _, e := range c.rec.Edges {
		theirs.add(e[0], e[1])
	}
	ours := reachability{}
	for _, e := range c.g.Edges() {
		from, to := c.g.Node(e.From), c.g.Node(e.To)
		if from.Unit != c.unit || to.Unit != c.unit || from.Mode == graph.Opaque || to.Mode == graph.Opaque {
			continue
		}
		a, b := Block(from.Addr), Block(to.Addr)
		if a == b {
			continue
		}
		ours.add(a, b)
		if !theirs.leads(a, b) {
			c.contradict("%s refers to %s here by %s, and not there", from.Addr, to.Addr, e.Label)
		}
	}
	planned := map[string]bool{}
	for _, r := range c.rec.Resources {
		planned[Block(r.Addr)] = true
	}
	for _, e := range c.rec.Edges {
		if !planned[e[0]] || !planned[e[1]] {
			continue // blocks without instances have no edges
		}
		c.out.Edges++
		if !ours.leads(e[0], e[1]) {
			c.out.LostEdges++
			why := c.lostBecause(e[0], e[1])
			c.out.Lost[why]++
			c.note("%s depends on %s there, and not here: %s", e[0], e[1], why)
		}
	}
	c.out.Contradictions = compactStrings(c.out.Contradictions)
}

// Reasons for which an edge there is none here.
const (
	// lostOrder is an edge that depends_on makes for or to a whole module: no
	// value goes along it, and it is not an edge here.
	lostOrder = "order alone"
	// lostData leads to a data source of which only that is used which the
	// configuration tells by itself: how many zones there are, or the region.
	lostData = "data source without effect"
	// lostValue is all else: what an expression names does not bear upon its value.
	lostValue = "without effect on the value"
)

func (c *comparer) lostBecause(from, to string) string {
	for at := from; at != ""; at = enclosing(at) {
		for _, d := range c.rec.Order[at] {
			if d == to || strings.HasPrefix(to, d+".") {
				return lostOrder
			}
		}
	}
	if strings.HasPrefix(to, "data.") || strings.Contains(to, ".data.") {
		return lostData
	}
	return lostValue
}

// enclosing is the module call that a resource or a module call stands in, or "".
func enclosing(addr string) string {
	parts := strings.Split(addr, ".")
	end := 0
	for i := 0; i+1 < len(parts) && parts[i] == "module"; i += 2 {
		end = i + 2
	}
	if end == len(parts) {
		end -= 2
	}
	return strings.Join(parts[:end], ".")
}

func compactStrings(s []string) []string {
	sort.Strings(s)
	out := s[:0]
	for i, x := range s {
		if i == 0 || x != s[i-1] {
			out = append(out, x)
		}
	}
	return out
}

// reachability is a graph between addresses of blocks.
type reachability map[string]map[string]bool

func (r reachability) add(from, to string) {
	if r[from] == nil {
		r[from] = map[string]bool{}
	}
	r[from][to] = true
}

// leads reports that there is a path.
func (r reachability) leads(from, to string) bool {
	seen := map[string]bool{from: true}
	todo := []string{from}
	for len(todo) > 0 {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for n := range r[next] {
			if n == to {
				return true
			}
			if !seen[n] {
				seen[n] = true
				todo = append(todo, n)
			}
		}
	}
	return false
}
