package sarif

import (
	"cmp"
	"fmt"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/wacheck/wacheck/analysis"
)

// accepted returns the accepted findings; open verdicts among them if open
// verdicts are wanted.
func (b *builder) accepted() []analysis.Finding {
	var out []analysis.Finding
	for _, f := range b.result.Accepted {
		if !f.Open || b.options.IncludeOpen {
			out = append(out, f)
		}
	}
	return out
}

func compareAccepted(x, y *group) int {
	rank := func(g *group) int {
		if g.key.accepted {
			return 1
		}
		return 0
	}
	return cmp.Compare(rank(x), rank(y))
}

// states are the words of SARIF for how a result compares with the base.
var states = map[analysis.Change]string{analysis.New: "new", analysis.Worse: "updated", analysis.Unchanged: "unchanged"}

// gate adds what the gate says of a result.
func (b *builder) gate(res *gosarif.Result, g *group) {
	f := g.findings[0]
	if b.options.IncludeChange && f.Change != analysis.Uncompared {
		res.WithBaselineState(states[f.Change])
	}
	if f.Accepted == nil {
		return
	}
	seen := map[analysis.Acceptance]bool{}
	for _, f := range g.findings {
		if f.Accepted != nil && !seen[*f.Accepted] {
			seen[*f.Accepted] = true
			res.Suppressions = append(res.Suppressions, b.suppression(f.Accepted))
		}
	}
}

func (b *builder) suppression(a *analysis.Acceptance) *gosarif.Suppression {
	kind, status := "external", "accepted"
	if a.Kind == analysis.InSource {
		kind = "inSource"
	}
	s := &gosarif.Suppression{Kind: kind, Status: &status}
	if a.Reason != "" {
		s.Justification = &a.Reason
	}
	if at, ok := b.places.of(a.Span); ok {
		s.Location = gosarif.NewLocationWithPhysicalLocation(at.physical())
	}
	s.Properties = gosarif.Properties{"by": a.By}
	setText(s.Properties, "expires", a.Expires)
	return s
}

// judgement adds to the properties of a result what SARIF has no word for.
func (b *builder) judgement(g *group, p gosarif.Properties) {
	if !b.options.IncludeChange {
		return
	}
	if c := g.findings[0].Cause; c != nil {
		cause := map[string]any{"text": c.Text, "file": c.Path, "line": c.Line, "removed": c.Removed}
		if c.Source != "" {
			cause["source"] = c.Source
		}
		p["cause"] = cause
	}
}

// absent are the findings of the base that are gone, as many as there is room for.
func (b *builder) absent(room int) []*gosarif.Result {
	if b.result.Comparison == nil {
		return nil
	}
	var out []*gosarif.Result
	for _, p := range b.result.Comparison.Fixed {
		repo, ok := b.places.inRepository(p.Path)
		if !ok || len(out) >= room {
			continue
		}
		loc := gosarif.NewPhysicalLocation().WithArtifactLocation(gosarif.NewArtifactLocation().WithUri(encodePath(repo))).
			WithRegion(gosarif.NewRegion().WithStartLine(max(1, p.Line)).WithStartColumn(1).WithEndLine(max(1, p.Line)).WithEndColumn(2))
		res := gosarif.NewRuleResult(p.Rule.ID).WithRuleIndex(b.index[p.Rule.ID]).WithKind("fail").WithLevel(level(p.Severity)).
			WithMessage(gosarif.NewTextMessage(sentence(plain(firstOf(p.Message, p.Rule.Title))))).
			WithLocations([]*gosarif.Location{gosarif.NewLocationWithPhysicalLocation(loc)}).
			WithFingerPrints(map[string]any{FingerprintKey: p.ID}).WithBaselineState("absent")
		res.Properties = gosarif.Properties{"baseLine": fmt.Sprintf("%s:%d", p.Path, p.Line)}
		out = append(out, res)
	}
	return out
}
