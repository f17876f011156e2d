package sarif

import (
	"cmp"
	"slices"
	"strings"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/wacheck/wacheck/analysis"
)

// builder makes a log of a result.
type builder struct {
	options *Options
	result  *analysis.Result
	places  *places
	rules   []*analysis.Rule
	index   map[string]int // of a rule in rules
	groups  []*group
	// lost counts findings without a place in the repository.
	lost int
}

// group is what becomes one result: GitHub tells the alerts of a rule in a file
// apart by line alone, so that two results on one line would be one alert.
type group struct {
	key groupKey
	at  place
	// findings are those on the line, gravest first. They are all open if the
	// first one is.
	findings []*analysis.Finding
	// opens counts open verdicts on the line of a failure.
	opens int
}

type groupKey struct {
	rule, uri string
	line      int
	// accepted and change keep apart what the gate tells apart, where that is
	// written.
	accepted bool
	change   analysis.Change
}

func newBuilder(o *Options, r *analysis.Result) *builder {
	b := &builder{
		options: o, result: r, rules: ruleSet(r), index: map[string]int{},
		places: &places{files: r.Files, prefix: o.Prefix, below: o.Below, hashes: map[string][]string{}},
	}
	for i, rule := range b.rules {
		b.index[rule.ID] = i
	}
	b.group()
	return b
}

// group sorts findings by rule and line, and the groups by gravity, then place.
func (b *builder) group() {
	byKey := map[groupKey]*group{}
	add := func(list []analysis.Finding) {
		for i := range list {
			f := &list[i]
			if f.Rule == nil {
				continue
			}
			at, ok := b.places.primary(f)
			if !ok {
				b.lost++
				continue
			}
			k := groupKey{rule: f.Rule.ID, uri: at.uri, line: at.region.Line, accepted: f.Accepted != nil}
			if b.options.IncludeChange {
				k.change = f.Change
			}
			g := byKey[k]
			if g == nil {
				g = &group{key: k}
				byKey[k] = g
				b.groups = append(b.groups, g)
			}
			g.findings = append(g.findings, f)
		}
	}
	add(b.result.Findings)
	if b.options.IncludeOpen {
		add(b.result.Opens)
	}
	if b.options.IncludeAccepted {
		add(b.accepted())
	}
	for _, g := range b.groups {
		g.settle()
		g.at, _ = b.places.primary(g.findings[0])
	}
	slices.SortFunc(b.groups, func(x, y *group) int {
		return cmp.Or(compareGravity(x.findings[0], y.findings[0]), comparePlace(x, y))
	})
}

// settle orders the findings of a group, and leaves out open ones next to a
// failure.
func (g *group) settle() {
	slices.SortStableFunc(g.findings, func(x, y *analysis.Finding) int {
		return cmp.Or(compareGravity(x, y), strings.Compare(address(x), address(y)), strings.Compare(x.Message, y.Message),
			strings.Compare(x.ID, y.ID))
	})
	if g.findings[0].Open {
		return
	}
	for i, f := range g.findings {
		if f.Open {
			g.opens = len(g.findings) - i
			g.findings = g.findings[:i]
			return
		}
	}
}

// compareGravity puts failures before open verdicts, and the gravest first.
func compareGravity(x, y *analysis.Finding) int {
	rank := func(f *analysis.Finding) int {
		if f.Open {
			return -1
		}
		return int(f.Severity)
	}
	return cmp.Compare(rank(y), rank(x))
}

func comparePlace(x, y *group) int {
	return cmp.Or(strings.Compare(x.key.uri, y.key.uri), cmp.Compare(x.key.line, y.key.line),
		cmp.Compare(x.at.region.Column, y.at.region.Column), strings.Compare(x.key.rule, y.key.rule),
		strings.Compare(string(x.key.change), string(y.key.change)), compareAccepted(x, y))
}

func address(f *analysis.Finding) string {
	if len(f.Instances) == 0 {
		return ""
	}
	return f.Instances[0].Address
}

// results writes the gravest groups, in order of place.
func (b *builder) results(limit int) []*gosarif.Result {
	kept := slices.Clone(b.groups[:limit])
	slices.SortFunc(kept, comparePlace)
	out := make([]*gosarif.Result, 0, len(kept))
	for _, g := range kept {
		out = append(out, b.write(g))
	}
	if b.options.IncludeChange {
		out = append(out, b.absent(b.options.MaxResults-len(kept))...)
	}
	return out
}

func (b *builder) write(g *group) *gosarif.Result {
	f := g.findings[0]
	kind, lvl := "fail", level(f.Severity)
	if f.Open {
		kind, lvl = "open", "none"
		if f.Conditional {
			kind = "review"
		}
	}
	insts := instancesOf(g)
	ev := b.evidence(g, insts)
	res := gosarif.NewRuleResult(f.Rule.ID).
		WithRuleIndex(b.index[f.Rule.ID]).
		WithKind(kind).
		WithLevel(lvl).
		WithMessage(gosarif.NewTextMessage(ev.text)).
		WithLocations([]*gosarif.Location{b.location(g, insts)}).
		WithRelatedLocations(ev.related).
		WithCodeFlows(ev.flows)
	if hash := b.places.lineHash(g.at); hash != "" {
		res.WithPartialFingerPrints(map[string]any{"primaryLocationLineHash": hash})
	}
	if f.ID != "" {
		res.WithFingerPrints(map[string]any{FingerprintKey: f.ID})
	}
	res.Properties = b.properties(g, insts)
	b.gate(res, g)
	return res
}

// maxInstances is the number of resources that a result names.
const maxInstances = 10

func (b *builder) location(g *group, insts []analysis.Instance) *gosarif.Location {
	loc := gosarif.NewLocationWithPhysicalLocation(g.at.physical())
	for _, a := range addresses(insts) {
		name := a
		if i := strings.LastIndexByte(strings.SplitN(a, "[\"", 2)[0], '.'); i >= 0 {
			name = a[i+1:]
		}
		loc.LogicalLocations = append(loc.LogicalLocations,
			gosarif.NewLogicalLocation().WithFullyQualifiedName(a).WithName(name).WithKind("resource"))
	}
	return loc
}

// instancesOf lists the resources that the findings of a group hold for, each
// once, in order.
func instancesOf(g *group) []analysis.Instance {
	var out []analysis.Instance
	seen := map[analysis.Instance]bool{}
	for _, f := range g.findings {
		for _, i := range f.Instances {
			if !seen[i] {
				seen[i] = true
				out = append(out, i)
			}
		}
	}
	return out
}

// addresses returns the distinct addresses of instances, at most maxInstances.
func addresses(insts []analysis.Instance) []string {
	var out []string
	seen := map[string]bool{}
	for _, i := range insts {
		if i.Address != "" && !seen[i.Address] && len(out) < maxInstances {
			seen[i.Address] = true
			out = append(out, i.Address)
		}
	}
	return out
}

// resources counts distinct resources: an address stands once in each unit,
// however many worlds there are.
func resources(insts []analysis.Instance) int {
	type id struct{ unit, address string }
	seen := map[id]bool{}
	for _, i := range insts {
		seen[id{i.Unit, i.Address}] = true
	}
	return len(seen)
}
