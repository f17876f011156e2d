package cli

import (
	"io"

	"github.com/wacheck/wacheck/analyzers/facts/identity"
	"github.com/wacheck/wacheck/analyzers/facts/reach"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// whyActor is who can come to act as a role or user.
type whyActor struct {
	Address string    `json:"address"`
	Unit    string    `json:"unit"`
	Result  string    `json:"result"` // becomes, not decided
	Steps   []whyStep `json:"steps"`
}

// whyHolder is a workload that runs as a role.
type whyHolder struct {
	Address  string    `json:"address"`
	Internet string    `json:"internet"` // reachable, not reachable, not decided; empty where that is not followed
	Steps    []whyStep `json:"steps"`
}

// become adds who can come to act as a principal, and what runs as it.
func (a *whyAnswer) become(r *reach.Reach, ids *identity.Identities, p *identity.Principal, steps func([]value.Fact) []whyStep) {
	for _, actor := range ids.ActorsOf(p) {
		w := whyActor{Address: actor.Principal.Node.Addr, Unit: actor.Principal.Node.Unit.Key, Result: "becomes"}
		var facts []value.Fact
		for _, e := range actor.Edges {
			facts = append(facts, e.Hops...)
		}
		if actor.Result() != tri.True {
			w.Result, facts = "not decided", actor.Edges[0].Missing
		}
		w.Steps = steps(facts)
		a.Actors = append(a.Actors, w)
	}
	for _, n := range ids.Graph().Nodes() {
		if n.Mode != graph.Managed {
			continue
		}
		held, _ := ids.HeldBy(n)
		for _, h := range held {
			if h.Role != p {
				continue
			}
			w := whyHolder{Address: n.Addr, Steps: steps([]value.Fact{h.At})}
			if e, known := r.Exposed(n); known {
				w.Internet = resultOf(e.Result)
			}
			a.Holders = append(a.Holders, w)
		}
	}
}

// writeRole says who becomes a role or user, and what runs as it.
func (a *whyAnswer) writeRole(w io.Writer) {
	for _, h := range a.Holders {
		say(w, "  held by %s", h.Address)
		if h.Internet != "" {
			say(w, ", which is %s from the internet", h.Internet)
		}
		say(w, "\n")
		writeWhySteps(w, "    ↓ ", h.Steps)
	}
	if len(a.Actors) == 0 {
		say(w, "  no other role or user of the scan can come to act as it\n")
	}
	for _, actor := range a.Actors {
		name := actor.Address
		if actor.Unit != a.Unit {
			name = actor.Unit + " " + name
		}
		if actor.Result == "becomes" {
			say(w, "\n  %s can come to act as it:\n", name)
			writeWhySteps(w, "    ↓ ", actor.Steps)
		} else {
			say(w, "\n  %s may come to act as it, which is not decided:\n", name)
			writeWhySteps(w, "    ? ", actor.Steps)
		}
	}
}
