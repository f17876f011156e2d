package tforacle

import (
	"sort"

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
			c.note("%s depends on %s there, and not here", e[0], e[1])
		}
	}
	c.out.Contradictions = compactStrings(c.out.Contradictions)
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
