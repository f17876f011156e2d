package analysistest

import (
	"context"
	"fmt"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// result is a verdict as it is reported.
type result string

const (
	isGood result = "good"
	isBad  result = "bad"
	isOpen result = "open"
)

// resultOf takes into account that a defect of something that may not exist is open.
func resultOf(d analysis.Decision) result {
	switch {
	case d.Verdict.IsGood():
		return isGood
	case d.Verdict.IsBad() && d.Node.Exists == tri.True:
		return isBad
	}
	return isOpen
}

// monotone checks law 2: it takes away each piece of information in turn, and
// the verdicts may become open, but not flip, and no finding may appear.
func (h *harness) monotone(ctx context.Context, base *outcome) ([]string, error) {
	var out []string
	e, before := base.estate, ledgerOf(base)
	gone := e.origins.Add(value.Origin{Kind: value.NoValue, Name: "what the test took away"})
	for _, l := range e.losses(gone) {
		o, err := h.decide(ctx, e, l.change)
		if err != nil {
			return out, fmt.Errorf("without %s: %w", l.what, err)
		}
		for _, problem := range before.flips(ledgerOf(o)) {
			out = append(out, fmt.Sprintf("%s: without %s: %s", e.files.Position(l.at.Pos), l.what, problem))
		}
	}
	return out, nil
}

// ledger is what was decided, node by node and subject by subject.
type ledger struct {
	order []place
	at    map[place][]result
	// bad counts defects by node and by subject; doubt counts defects and open
	// verdicts by each node that they concern, and by subject.
	bad, doubt map[string]int
}

type place struct{ node, subject string }

func ledgerOf(o *outcome) *ledger {
	l := &ledger{at: map[place][]result{}, bad: map[string]int{}, doubt: map[string]int{}}
	for _, d := range o.decisions {
		p := place{nameOf(d.Node), d.Subject}
		if l.at[p] == nil {
			l.order = append(l.order, p)
		}
		r := resultOf(d)
		l.at[p] = append(l.at[p], r)
		keys := []string{"node " + p.node}
		if p.subject != "" {
			keys = append(keys, "subject "+p.subject)
		}
		if r == isBad {
			for _, k := range keys {
				l.bad[k]++
			}
		}
		if r != isGood {
			for _, id := range d.Concerns {
				keys = append(keys, "node "+nameOf(o.graph.Node(id)))
			}
			for _, part := range d.Parts {
				keys = append(keys, "node "+nameOf(o.graph.Node(part.Node)))
			}
			for _, k := range keys {
				l.doubt[k]++
			}
		}
	}
	return l
}

func nameOf(n *graph.Node) string {
	if n.Unit == nil {
		return n.Addr
	}
	return n.Unit.Key + " " + n.Addr
}

// flips lists how a ledger breaks the law when less is known than in l.
//
// A subject names what the rule found, so that it may change with what is
// known. A defect under a new subject is an old one under another name if its
// node or its subject has no more defects than before; and one that is gone
// has become open if its node or subject is still in doubt.
func (l *ledger) flips(after *ledger) []string {
	var out []string
	for _, p := range after.order {
		was, is := agreed(l.at[p]), agreed(after.at[p])
		switch {
		case was != "" && is != "" && was != is && is != isOpen:
			out = append(out, fmt.Sprintf("%s turns from %s to %s", p, was, is))
		case was == "" && is == isBad && after.bad["node "+p.node] > l.bad["node "+p.node] &&
			(p.subject == "" || after.bad["subject "+p.subject] > l.bad["subject "+p.subject]):
			out = append(out, fmt.Sprintf("%s is a new finding", p))
		}
	}
	for _, p := range l.order {
		if was := agreed(l.at[p]); was != isGood && after.at[p] == nil &&
			after.doubt["node "+p.node] == 0 && after.doubt["subject "+p.subject] == 0 {
			out = append(out, fmt.Sprintf("%s, which was %s, is neither bad nor open any more", p, was))
		}
	}
	return out
}

func (p place) String() string {
	if p.subject == "" {
		return p.node
	}
	return fmt.Sprintf("%s (%s)", p.node, p.subject)
}

// agreed is the gravest of several verdicts in one place: a defect, else an
// open one. It is empty if there are none.
func agreed(rs []result) result {
	var out result
	for _, r := range rs {
		switch {
		case out == "" || r == isBad:
			out = r
		case r == isOpen && out == isGood:
			out = r
		}
	}
	return out
}
