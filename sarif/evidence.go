package sarif

import (
	"fmt"
	"strings"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/wacheck/wacheck/analysis"
)

const (
	// maxRelated is the number of related locations that GitHub shows.
	maxRelated = 100
	// maxFlow is the number of steps of a path that GitHub shows.
	maxFlow = 1000
	// maxProof and maxPath bound the steps that the message repeats.
	maxProof, maxPath = 6, 6
	// maxNames bounds the resources and further sentences in the message.
	maxNames = 3
)

// evidence is the proof of a result.
type evidence struct {
	text    string
	related []*gosarif.Location
	flows   []*gosarif.CodeFlow

	places *places
	at     place
	ids    map[relatedKey]int
}

type relatedKey struct {
	uri          string
	line, column int
	text         string
}

func (b *builder) evidence(g *group, insts []analysis.Instance) *evidence {
	f := g.findings[0]
	e := &evidence{places: b.places, at: g.at, ids: map[relatedKey]int{}}
	parts := []string{sentence(plain(firstOf(f.Message, f.Rule.Title, f.Rule.ID)))}
	parts = append(parts, e.proof(f), e.path(f), e.calls(f), b.remote(f), b.construct(f), why(f))
	for _, r := range f.Remarks {
		parts = append(parts, sentence(plain(r)))
	}
	parts = append(parts, others(g), further(insts))
	e.text = joinParts(parts)
	e.flow(f)
	return e
}

// proof relates the facts and the way of their values: "multi_az is false ←
// var.multi_az gets its default".
func (e *evidence) proof(f *analysis.Finding) string {
	var b strings.Builder
	told, facts, missing := 0, 0, false
	for _, s := range f.Steps {
		sep := "; "
		switch s.Kind {
		case analysis.StepFact, analysis.StepRelated:
			facts++
		case analysis.StepMissing:
			facts++
			missing = true
		case analysis.StepOrigin:
			sep = " ← "
		case analysis.StepHop, analysis.StepModule:
			continue
		}
		link := e.link(s)
		if s.Text == "" || told >= maxProof {
			continue
		}
		if told > 0 {
			b.WriteString(sep)
		}
		b.WriteString(link)
		told++
	}
	// The sentence states a single fact already.
	if told == 0 || told == 1 && facts == 1 && !missing && len(e.related) == 0 {
		return ""
	}
	return sentence("Evidence: " + b.String())
}

// path names the hops of a path through the graph.
func (e *evidence) path(f *analysis.Finding) string {
	var hops []analysis.Step
	for _, s := range f.Steps {
		if s.Kind == analysis.StepHop {
			hops = append(hops, s)
		}
	}
	if len(hops) == 0 {
		return ""
	}
	var texts []string
	for i, s := range hops {
		switch {
		case len(hops) == 1:
			texts = append(texts, e.link(s))
		case i < maxPath-1 || i == len(hops)-1:
			texts = append(texts, plain(s.Text))
		case i == maxPath-1:
			texts = append(texts, "…")
		}
	}
	return sentence("Path: " + strings.Join(texts, " → "))
}

// calls names the module calls that lead to the place.
func (e *evidence) calls(f *analysis.Finding) string {
	var texts []string
	for _, s := range f.Steps {
		if s.Kind == analysis.StepModule {
			link := e.link(s)
			if len(texts) < maxNames && s.Text != "" {
				texts = append(texts, link)
			}
		}
	}
	if len(texts) == 0 {
		return ""
	}
	return sentence("Modules: " + strings.Join(texts, ", "))
}

// remote tells where the place in third-party code is.
func (b *builder) remote(f *analysis.Finding) string {
	m := b.module(f)
	if m == nil {
		return ""
	}
	text := "The code is in " + firstOf(f.Remote.Path, "a module")
	if from := strings.TrimSpace(f.Remote.Source + " " + f.Remote.Version); from != "" {
		text += " (" + from + ")"
	}
	if m["file"] != nil {
		text += fmt.Sprintf(" at %s:%d", m["file"], m["line"])
	}
	return sentence(plain(text))
}

// construct tells where the template has what a CDK program makes, and how the line
// of the program was found.
func (b *builder) construct(f *analysis.Finding) string {
	c := f.Construct
	if c == nil {
		return ""
	}
	text := "The construct is " + c.Path
	if reg, ok := b.places.files.Region(f.Span); ok && c.Source.IsValid() {
		text += fmt.Sprintf(", at %s:%d of the template", reg.Path, reg.Line)
	}
	if c.Source.IsValid() {
		text += "; its line was found " + c.How
	}
	if c.Generated {
		text += "; the CDK generates it as a helper"
	}
	return sentence(plain(text))
}

// why says what would have to be known to decide an open verdict.
func why(f *analysis.Finding) string {
	if !f.Open {
		return ""
	}
	var texts []string
	for _, r := range f.Reasons {
		if len(texts) < maxNames && r.Text != "" {
			texts = append(texts, plain(r.Text))
		}
	}
	if len(texts) == 0 {
		return "This is not decided."
	}
	return sentence("This is not decided: " + strings.Join(texts, "; "))
}

// others repeats what the other findings on the line say, unless it is the same
// about another resource.
func others(g *group) string {
	claim := func(f *analysis.Finding) string {
		if a := address(f); a != "" {
			return strings.ReplaceAll(f.Message, a, "")
		}
		return f.Message
	}
	var texts []string
	seen := map[string]bool{claim(g.findings[0]): true}
	for _, f := range g.findings[1:] {
		if c := claim(f); !seen[c] && f.Message != "" && len(texts) < maxNames {
			seen[c] = true
			texts = append(texts, sentence(plain(f.Message)))
		}
	}
	if len(texts) == 0 {
		return ""
	}
	return "On the same line: " + strings.Join(texts, " ")
}

// further names the other resources that the result holds for.
func further(insts []analysis.Instance) string {
	names := addresses(insts)
	if len(names) < 2 {
		return ""
	}
	distinct := map[string]bool{}
	for _, i := range insts {
		distinct[i.Address] = true
	}
	shown := names[1:min(len(names), 1+maxNames)]
	text := "It also holds for " + strings.Join(shown, ", ")
	if more := len(distinct) - 1 - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return sentence(plain(text))
}

// link adds the place of a step to the related locations, and returns its text
// as a link to it. A step without a place in the repository, or at the place of
// the result itself, remains text.
func (e *evidence) link(s analysis.Step) string {
	at, ok := e.places.of(s.Span)
	if !ok || at == e.at && s.Kind != analysis.StepOrigin {
		return plain(s.Text)
	}
	text := firstOf(oneLine(s.Text), string(s.Kind))
	key := relatedKey{at.uri, at.region.Line, at.region.Column, text}
	id := e.ids[key]
	if id == 0 {
		if len(e.related) >= maxRelated {
			return plain(s.Text)
		}
		id = len(e.related) + 1
		e.ids[key] = id
		e.related = append(e.related, gosarif.NewLocationWithPhysicalLocation(at.physical()).
			WithId(id).WithMessage(gosarif.NewTextMessage(text)))
	}
	return fmt.Sprintf("[%s](%d)", escapeLink(text), id)
}

// flow writes the hops of a path as a code flow, if there are two or more.
func (e *evidence) flow(f *analysis.Finding) {
	flow := &gosarif.ThreadFlow{}
	for _, s := range f.Steps {
		if s.Kind != analysis.StepHop || len(flow.Locations) >= maxFlow {
			continue
		}
		at, ok := e.places.of(s.Span)
		if !ok {
			continue
		}
		loc := gosarif.NewLocationWithPhysicalLocation(at.physical()).
			WithMessage(gosarif.NewTextMessage(firstOf(oneLine(s.Text), string(s.Kind))))
		flow.Locations = append(flow.Locations, &gosarif.ThreadFlowLocation{Location: loc})
	}
	if len(flow.Locations) >= 2 {
		e.flows = []*gosarif.CodeFlow{{ThreadFlows: []*gosarif.ThreadFlow{flow}}}
	}
}

// sentence puts s on one line and a full stop behind it.
func sentence(s string) string {
	s = strings.TrimSpace(oneLine(s))
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// plain is text in which nothing looks like a link.
func plain(s string) string { return strings.ReplaceAll(oneLine(s), "](", "] (") }

// escapeLink escapes what would end the text of a link (SARIF 3.11.6).
func escapeLink(s string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(s)
}

func joinParts(parts []string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " ")
}
