package judge

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/gate/match"
	"github.com/wacheck/wacheck/gate/suppress"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/annotations"
	"github.com/wacheck/wacheck/internal/driver"
	"github.com/wacheck/wacheck/internal/gitrepo"
	"github.com/wacheck/wacheck/source"
)

// Base is what was found at the base of a run.
type Base struct {
	gitrepo.Base
	// Changes are those since.
	Changes *gitrepo.Changes
	// Unplanned says that the head is analysed with plans, which the base has none of.
	Unplanned bool

	out  *driver.Output
	past []past
	// opens are the verdicts that a plan of the base might have decided.
	opens []match.Key
	// resources are those of the base.
	resources *resources
}

// past is a finding of the base about one resource.
type past struct {
	key      match.Key
	severity analysis.Severity
	shown    bool
	what     analysis.Past
}

// NewBase judges a base as the head will be judged, and keeps what was found.
// The result is complete once the returned judge is finished.
func NewBase(b gitrepo.Base, changes *gitrepo.Changes, o Options) (*Base, *Judge) {
	o.Base, o.Baseline = nil, nil
	base := &Base{Base: b, Changes: changes}
	j := New(o)
	j.record = base
	return base, j
}

// Units is the number of roots and stacks of the base.
func (b *Base) Units() int {
	if b == nil || b.out == nil {
		return 0
	}
	return b.out.Coverage.Units
}

// keep records the verdicts of the base.
func (b *Base) keep(j *Judge, findings, opens []analysis.Finding) {
	b.out, b.resources = j.out, j.resources
	if b.Unplanned {
		for i := range opens {
			b.opens = append(b.opens, match.KeyOf(&opens[i], j.fileOf(&opens[i])))
		}
	}
	for i := range findings {
		f := &findings[i]
		if f.Accepted != nil {
			continue
		}
		pos := j.out.Files.Position(f.Place().Pos)
		if reg, ok := j.out.Files.Region(f.Place()); ok {
			pos.Line = reg.Line
		}
		p := past{key: match.KeyOf(f, j.fileOf(f)), severity: f.Severity, shown: j.o.Shown == nil || j.o.Shown(f),
			what: analysis.Past{ID: f.ID, Rule: f.Rule, Severity: f.Severity, Message: f.Message, Path: pos.Path, Line: pos.Line}}
		if len(f.Instances) > 0 {
			p.what.Address, p.what.Unit = f.Instances[0].Address, f.Instances[0].Unit
		}
		b.past = append(b.past, p)
	}
}

// comparison compares a run with its base.
type comparison struct {
	*Base
	index, openIndex *match.Index
	// found, open and accepted say what became of the findings of the base.
	found, open, accepted map[match.Key]bool
	moved                 []annotations.Moved
}

func newComparison(b *Base, head *driver.Output) *comparison {
	c := &comparison{Base: b, found: map[match.Key]bool{}, open: map[match.Key]bool{}, accepted: map[match.Key]bool{},
		moved: annotations.ReadMoved(head.Files.Files())}
	keys := make([]match.Key, len(b.past))
	for i, p := range b.past {
		keys[i] = p.key
	}
	moves := &match.Moves{Address: c.address}
	if b.Changes != nil {
		moves.Files = b.Changes.Renamed
	}
	c.index, c.openIndex = match.NewIndex(keys, moves), match.NewIndex(b.opens, moves)
	return c
}

// address follows the moved blocks of the head: those of the module that a
// resource is in, then those of the modules around.
func (c *comparison) address(unit, address string) string {
	if len(c.moved) == 0 || c.resources == nil {
		return address
	}
	type level struct{ path, dir string }
	var levels []level
	if n := c.resources.find(unit, address); n != nil {
		for m := n.Module; m != nil; m = m.Parent {
			levels = append(levels, level{match.Normal(m.Path) + ".", m.Dir})
		}
	}
	levels = append(levels, level{"", c.resources.dir(unit)})
	for _, l := range levels {
		rest, ok := strings.CutPrefix(address, l.path)
		if !ok {
			continue // an inner block has moved it out
		}
		address = l.path + c.follow(l.dir, rest)
	}
	return address
}

// follow applies the moved blocks of a directory until none does.
func (c *comparison) follow(dir, address string) string {
	for range len(c.moved) {
		before := address
		for _, m := range c.moved {
			if path := c.now(dir); m.Dir != dir && m.Dir != path {
				continue
			}
			from := match.Normal(m.From)
			if rest, ok := strings.CutPrefix(address, from); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
				address = match.Normal(m.To) + rest
			}
		}
		if address == before {
			break
		}
	}
	return address
}

// now is what a directory is called now.
func (c *comparison) now(dir string) string {
	if c.Changes == nil {
		return dir
	}
	return (&match.Moves{Files: c.Changes.Renamed}).Unit(dir)
}

// compare says of a finding whether it is new, and of an open verdict that the
// finding of the base is not fixed.
func (j *Judge) compare(f *analysis.Finding) {
	c := j.comparison
	i, ok := c.index.Find(match.KeyOf(f, j.fileOf(f)))
	var was past
	if ok {
		was = c.past[i]
	}
	switch {
	case f.Open:
		c.open[was.key] = true
		return
	case dropped(f):
		return
	case f.Accepted != nil:
		c.accepted[was.key] = true
		return
	case !ok && j.onlyPlanned(f):
		f.Change = analysis.Unchanged
		f.Remarks = append(f.Remarks, fmt.Sprintf("%s leaves it open, and nothing that it rests on has changed since: it is the plan that decides it.", c.Name))
		return
	case !ok:
		f.Change = analysis.New
	case f.Severity > was.severity:
		f.Change, c.found[was.key] = analysis.Worse, true
		f.Remarks = append(f.Remarks, fmt.Sprintf("It was %s at %s.", was.severity, c.Name))
	default:
		f.Change, c.found[was.key] = analysis.Unchanged, true
		return
	}
	f.Cause = j.cause(f)
}

// onlyPlanned reports a finding that is one because a plan knows more than the
// code, of which the base has no more than the code.
func (j *Judge) onlyPlanned(f *analysis.Finding) bool {
	if !j.comparison.Unplanned {
		return false
	}
	_, open := j.comparison.openIndex.Find(match.KeyOf(f, j.fileOf(f)))
	return open && j.cause(f) == nil
}

// Compare sums up, once all that is not shown has been left out. The function,
// if there is one, says which units the run was about.
func (j *Judge) Compare(about func(unit string) bool) {
	c := j.comparison
	if c == nil {
		return
	}
	out := &analysis.Comparison{Base: c.Name, Commit: c.Commit}
	for i := range j.out.Findings {
		switch j.out.Findings[i].Change {
		case analysis.New:
			out.New++
		case analysis.Worse:
			out.Worse++
		case analysis.Unchanged, analysis.Uncompared:
			out.Unchanged++
		}
	}
	broken := j.brokenUnits()
	for _, p := range c.past {
		switch {
		case !p.shown || c.found[p.key] || about != nil && !about(p.key.Unit):
		case c.accepted[p.key]:
			out.Accepted++
		case c.open[p.key], broken(p), j.hidden(p):
			out.Undecided = append(out.Undecided, p.what)
		default:
			out.Fixed = append(out.Fixed, p.what)
		}
	}
	out.Fixed, out.Undecided = together(out.Fixed), together(out.Undecided)
	j.out.Comparison = out
}

// brokenUnits says whether the head could not be read where a finding was: what
// is not found there is not fixed.
func (j *Judge) brokenUnits() func(past) bool {
	files, units := map[string]bool{}, map[string]bool{}
	for _, d := range j.out.Diagnostics {
		if d.Level == source.Error {
			files[cmp.Or(j.out.Files.Position(d.Span.Pos).Path, d.Path)] = true
		}
	}
	for _, u := range j.out.Graph.Units() {
		units[u.Key] = u.Broken
	}
	return func(p past) bool { return files[p.key.File] || units[p.key.Unit] || files[p.what.Path] }
}

// hidden reports that a finding of the base was in a module that can't be read any
// more.
func (j *Judge) hidden(p past) bool {
	u := j.resources.units[p.key.Unit]
	for i, c := range p.what.Address {
		if (c == '.' || c == '[') && u != nil {
			if n := j.out.Graph.Lookup(u, p.what.Address[:i]); n != nil && n.Mode == graph.Opaque {
				return true
			}
		}
	}
	return false
}

// together makes one of several that are about instances of one block.
func together(list []analysis.Past) []analysis.Past {
	count := map[string]int{}
	var out []analysis.Past
	for _, p := range list {
		if count[p.ID]++; count[p.ID] == 1 {
			out = append(out, p)
		}
	}
	for i := range out {
		if n := count[out[i].ID]; n > 1 {
			out[i].Address += fmt.Sprintf(" and %d more", n-1)
		}
	}
	slices.SortStableFunc(out, func(a, b analysis.Past) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), strings.Compare(a.Rule.ID, b.Rule.ID))
	})
	return out
}

// incomparable tells what makes the comparison less than sure.
func (j *Judge) incomparable(ctx context.Context) []source.Diagnostic {
	c := j.comparison
	if c == nil || c.out == nil {
		return nil
	}
	var out []source.Diagnostic
	broken := 0
	for _, d := range c.out.Diagnostics {
		if d.Level == source.Error && d.Code != suppress.UnknownRuleCode {
			broken++
		}
	}
	if broken > 0 {
		out = append(out, source.Diagnostic{Level: source.Warning, Code: "base-incomplete", Message: fmt.Sprintf(
			"the input of the base %s had errors (%d); what was there already may be called new", c.Name, broken)})
	}
	var paths []string
	for _, f := range j.out.Findings {
		if f.Change == analysis.New {
			paths = append(paths, j.fileOf(&f))
		}
	}
	slices.Sort(paths)
	paths = slices.DeleteFunc(slices.Compact(paths), func(p string) bool { return p == "" || strings.Contains(p, ".terraform/") })
	for _, p := range slices.Sorted(keysOf(gitrepo.Repo{Dir: j.out.Root}.Ignored(ctx, paths))) {
		out = append(out, source.Diagnostic{Level: source.Warning, Code: "base-unknown", Path: p,
			Message: p + " is ignored by git, so that there is nothing to compare it with; all that is found in it is called new"})
	}
	return out
}

func keysOf(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// node of the head or of the base by unit and address.
func (r *resources) find(unit, address string) *graph.Node {
	u := r.units[unit]
	if u == nil {
		return nil
	}
	if n := r.g.Lookup(u, address); n != nil {
		return n
	}
	if r.normal == nil {
		r.normal = map[string]*graph.Node{}
		for _, n := range r.g.Nodes() {
			if n.Unit != nil {
				r.normal[n.Unit.Key+"\x00"+match.Normal(n.Addr)] = n
			}
		}
	}
	return r.normal[unit+"\x00"+match.Normal(address)]
}
