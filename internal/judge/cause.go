package judge

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/gate/match"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/gitrepo"
	"github.com/wacheck/wacheck/source"
)

// cause finds the changed line that made a finding new: first among the places
// that prove it, then in the resource, then in the calls of its modules, then
// among what was connected with it and is gone or was changed. It returns nil if
// it finds none.
func (j *Judge) cause(f *analysis.Finding) *analysis.Cause {
	if j.comparison.Changes == nil {
		return nil
	}
	for _, find := range []func(*analysis.Finding) *analysis.Cause{j.changedStep, j.changedBlock, j.changedCall, j.removedNeighbour,
		j.changedNeighbour, j.removedFile} {
		if c := find(f); c != nil {
			return c
		}
	}
	return nil
}

// hunks are the changed stretches of a file. What terraform has fetched is not the
// user's change, whether git knows of it or not.
func (j *Judge) hunks(file string) []gitrepo.Hunk {
	if slices.Contains(strings.Split(file, "/"), ".terraform") {
		return nil
	}
	return j.comparison.Changes.Hunks(context.Background(), file)
}

// added reports that a line of a file is new or was changed.
func (j *Judge) added(file string, line int) bool {
	for _, h := range j.hunks(file) {
		if line >= h.New && line < h.New+h.NewLines {
			return true
		}
	}
	return false
}

// changedStep is a place of the evidence on a changed line. Where a value comes
// from tells more than where it is used.
func (j *Judge) changedStep(f *analysis.Finding) *analysis.Cause {
	secret := false
	for _, s := range f.Steps {
		secret = secret || s.Secret
	}
	var best *analysis.Cause
	for _, s := range f.Steps {
		if s.Kind == analysis.StepModule || s.Span.Pos == s.Span.End {
			continue // an empty span stands for something that is missing
		}
		reg, ok := j.out.Files.Region(s.Span)
		if !ok || !j.added(reg.Path, reg.Line) {
			continue
		}
		c := &analysis.Cause{Text: s.Text, Path: reg.Path, Line: reg.Line}
		if !secret {
			c.Source = j.text(j.out.Files, reg.Path, reg.Line)
		}
		if s.Kind == analysis.StepOrigin {
			best = c // the last of a chain is where the value is written
			continue
		}
		if best == nil {
			best = c
		}
	}
	return best
}

// text is a line of a file without blanks around.
func (j *Judge) text(files *source.FileSet, file string, line int) string {
	f := files.Lookup(file)
	if f == nil {
		return ""
	}
	return strings.TrimSpace(f.Line(line))
}

// within finds a changed line between two others. What was taken away counts
// first: a finding is often about something that is missing.
func (j *Judge) within(at source.Span, what string, secret bool) *analysis.Cause {
	from := j.out.Files.Position(at.Pos)
	to := j.out.Files.Position(at.End)
	if from.Path == "" {
		return nil
	}
	var first *analysis.Cause
	for _, h := range j.hunks(from.Path) {
		if h.New < from.Line || h.New > to.Line {
			if h.NewLines > 0 && h.New < from.Line && h.New+h.NewLines > to.Line {
				return &analysis.Cause{Text: what + " is new", Path: from.Path, Line: from.Line, Source: j.text(j.out.Files, from.Path, from.Line)}
			}
			continue
		}
		if h.NewLines == 0 {
			if h.New == to.Line {
				continue // behind the last line
			}
			if c := j.removedLine(from.Path, h, secret); c != nil {
				return c
			}
		}
		if h.NewLines > 0 && first == nil {
			first = &analysis.Cause{Text: what + " was changed", Path: from.Path, Line: h.New}
			if h.New == from.Line && h.NewLines > to.Line-from.Line {
				first.Text = what + " is new"
			}
			if !secret {
				first.Source = j.text(j.out.Files, from.Path, h.New)
			}
		}
	}
	return first
}

// removedLine is a line that is gone.
func (j *Judge) removedLine(file string, h gitrepo.Hunk, secret bool) *analysis.Cause {
	old := j.comparison.Changes.Changed[file]
	for line := h.Old; line < h.Old+h.OldLines; line++ {
		text := j.text(j.comparison.out.Files, old, line)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		c := &analysis.Cause{Path: old, Line: line, Removed: true}
		if !secret {
			c.Source = text
		}
		return c
	}
	return nil
}

func hasSecret(f *analysis.Finding) bool {
	for _, s := range f.Steps {
		if s.Secret {
			return true
		}
	}
	return false
}

func (j *Judge) changedBlock(f *analysis.Finding) *analysis.Cause {
	name := ""
	if len(f.Instances) > 0 {
		name = f.Instances[0].Address
	}
	return j.within(f.Block, name, hasSecret(f))
}

func (j *Judge) changedCall(f *analysis.Finding) *analysis.Cause {
	for _, s := range f.Steps {
		if s.Kind != analysis.StepModule {
			continue
		}
		if c := j.within(s.Span, strings.TrimSuffix(s.Text, " is called"), hasSecret(f)); c != nil {
			return c
		}
	}
	return nil
}

// neighbours calls yield for what is connected with a resource: what refers to it
// first, then what it refers to, then those one further away.
func neighbours(g *graph.Graph, n *graph.Node, yield func(*graph.Node) bool) {
	seen := map[graph.NodeID]bool{n.ID: true}
	level := []graph.NodeID{n.ID}
	for range 2 {
		var next []graph.NodeID
		for _, id := range level {
			for e := range g.In(id) {
				next = append(next, e.From)
			}
			for e := range g.Out(id) {
				next = append(next, e.To)
			}
		}
		level = level[:0]
		for _, id := range next {
			if seen[id] {
				continue
			}
			seen[id] = true
			level = append(level, id)
			if x := g.Node(id); x.Mode == graph.Managed && !yield(x) {
				return
			}
		}
	}
}

// removedNeighbour is something that was connected with the resource at the base,
// and is gone.
func (j *Judge) removedNeighbour(f *analysis.Finding) (out *analysis.Cause) {
	c := j.comparison
	if len(f.Instances) == 0 || c.resources == nil {
		return nil
	}
	here := f.Instances[0]
	was := c.resources.find(here.Unit, here.Address)
	if was == nil {
		return nil
	}
	neighbours(c.out.Graph, was, func(n *graph.Node) bool {
		if n.Unit == nil || j.resources.find(n.Unit.Key, n.Addr) != nil {
			return true
		}
		pos := c.out.Files.Position(n.Span.Pos)
		if moved := c.address(n.Unit.Key, match.Normal(n.Addr)); moved != match.Normal(n.Addr) || pos.Path == "" {
			return true
		}
		out = &analysis.Cause{Text: n.Addr + " is gone", Path: pos.Path, Line: pos.Line, Removed: true,
			Source: j.text(c.out.Files, pos.Path, pos.Line)}
		return false
	})
	return out
}

func (j *Judge) changedNeighbour(f *analysis.Finding) (out *analysis.Cause) {
	n := j.resources.node(f)
	if n == nil {
		return nil
	}
	neighbours(j.out.Graph, n, func(x *graph.Node) bool {
		out = j.within(x.Span, x.Addr, true)
		return out == nil
	})
	return out
}

// removedFile is a file of values that is gone.
func (j *Judge) removedFile(f *analysis.Finding) *analysis.Cause {
	if len(f.Instances) == 0 {
		return nil
	}
	dir := j.resources.dir(f.Instances[0].Unit)
	for _, d := range j.comparison.Changes.Deleted {
		if path.Dir(d) == path.Clean(dir) {
			return &analysis.Cause{Text: "the file is gone", Path: d, Line: 1, Removed: true}
		}
	}
	return nil
}
