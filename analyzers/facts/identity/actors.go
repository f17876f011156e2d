package identity

import (
	"slices"

	"github.com/wacheck/wacheck/value/tri"
)

// Actor is a principal that can come to act as another one.
type Actor struct {
	Principal *Principal
	// Edges are the steps from the principal to the other one. Only the first may be
	// undecided, and is the only one then.
	Edges []Edge
}

// Result says whether the actor certainly comes there.
func (a *Actor) Result() tri.Bool { return a.Edges[0].Sure }

// mostSteps bounds the ways that are followed.
const mostSteps = 6

// ActorsOf returns who can come to act as a principal, by the shortest way of certain
// steps, and after these, who may do so in one step that is not decided.
func (x *Identities) ActorsOf(to *Principal) []Actor {
	type way struct {
		from *Principal
		edge Edge
	}
	sure := map[*Principal][]way{}
	var open []Actor
	for _, p := range x.list {
		for _, e := range x.EdgesFrom(p) {
			switch {
			case e.To == nil:
			case e.Sure == tri.True:
				sure[e.To] = append(sure[e.To], way{p, e})
			case e.To == to:
				open = append(open, Actor{p, []Edge{e}})
			}
		}
	}
	seen := map[*Principal]bool{to: true}
	out := []Actor{{Principal: to}}
	for i := 0; i < len(out); i++ {
		for _, w := range sure[out[i].Principal] {
			if !seen[w.from] && len(out[i].Edges) < mostSteps {
				seen[w.from] = true
				out = append(out, Actor{w.from, append([]Edge{w.edge}, out[i].Edges...)})
			}
		}
	}
	out = out[1:]
	for _, a := range open {
		if !seen[a.Principal] {
			seen[a.Principal] = true
			out = append(out, a)
		}
	}
	return slices.Clip(out)
}
