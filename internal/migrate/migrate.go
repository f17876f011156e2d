// Package migrate rewrites suppressions that were written for other tools as ours.
package migrate

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/wacheck/wacheck/gate/compat"
	"github.com/wacheck/wacheck/internal/annotations"
	"github.com/wacheck/wacheck/source"
)

// Step is what becomes of one suppression.
type Step struct {
	File *source.File
	Line int
	// Old is what is written, New what takes its place.
	Old, New string
	// Why says why there is no New, or what is to be known of it.
	Why string

	edits []edit
}

// edit replaces a part of a file.
type edit struct {
	start, end int
	text       string
}

// Options say how to rewrite.
type Options struct {
	// Keep leaves the old suppressions beside the new ones.
	Keep bool
	// Known says whether there is a rule of that id.
	Known func(rule string) bool
}

// Plan says what becomes of the suppressions of files.
func Plan(files *source.FileSet, o Options) []Step {
	notes := annotations.Read(files.Files())
	var out []Step
	for _, r := range notes.Remarks {
		list := compat.Parse(r)
		if len(list) == 0 {
			continue
		}
		f := files.File(r.Span.Pos)
		p := planner{o, f, r}
		out = append(out, p.comment(list))
	}
	for _, d := range notes.Declarations {
		if d.Tool != "wacheck" {
			out = append(out, planner{Options: o, f: files.File(d.Span.Pos)}.declared(d))
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return files.Less(at(out[i]), at(out[j])) })
	return out
}

func at(s Step) source.Span {
	start := lineStart(s.File, s.Line)
	return s.File.Span(start, start)
}

// lineStart is the offset of a line.
func lineStart(f *source.File, line int) int {
	text := string(f.Content)
	offset := 0
	for range line - 1 {
		i := strings.IndexByte(text[offset:], '\n')
		if i < 0 {
			return len(text)
		}
		offset += i + 1
	}
	return offset
}

type planner struct {
	Options
	f *source.File
	r source.Remark
}

func (p planner) line(pos source.Pos) int { return p.f.Position(pos).Line }

// comment rewrites a comment with one or more suppressions.
func (p planner) comment(list []compat.Suppression) Step {
	s := Step{File: p.f, Line: p.line(p.r.Span.Pos), Old: strings.TrimSpace(p.r.Text)}
	var rules, ids []string
	first := list[0]
	for _, c := range list {
		ids = append(ids, c.IDs...)
		rules = append(rules, p.rules(c)...)
	}
	slices.Sort(rules)
	rules = slices.Compact(rules)
	if len(rules) == 0 {
		s.Why = "no rule here stands for " + strings.Join(ids, ", ")
		return s
	}
	if s.Why = untranslatable(list); s.Why != "" {
		return s
	}
	s.New = native(first, rules)
	switch {
	case first.File:
		s.edits = p.inPlace(s.New)
	case first.Tool == compat.Checkov || first.Tool == compat.KICS:
		s.edits = p.above(first.Scopes[0], s.New)
	case !p.r.Own || p.r.NextBlock:
		s.edits = p.inPlace(s.New)
	default:
		s.edits = p.behind(first.Scopes[0], s.New)
		if s.edits == nil {
			s.New, s.Why = "", "what it is about ends in a way that no comment can follow; put "+s.New+" where it fits"
		}
	}
	return s
}

// rules are those of ours that stand for a suppression, and that there are.
func (p planner) rules(c compat.Suppression) []string {
	if slices.Contains(c.IDs, "*") {
		return []string{"*"}
	}
	return slices.DeleteFunc(c.Rules(), func(r string) bool { return !p.Known(r) })
}

// untranslatable says why a comment can't be rewritten as one of ours: that would
// accept more than it does, or less.
func untranslatable(list []compat.Suppression) string {
	for _, c := range list {
		switch {
		case c.Workspace != "":
			return "a suppression for the workspaces " + c.Workspace + " has no form here; name the addresses in .wacheck.yaml"
		case c.Expires != list[0].Expires || !slices.Equal(c.Attrs, list[0].Attrs):
			return "its parts hold under different conditions; write them apart"
		}
	}
	return ""
}

// native is the suppression in our form.
func native(c compat.Suppression, rules []string) string {
	var b strings.Builder
	b.WriteString("wacheck:ignore")
	if c.File {
		b.WriteString("-file")
	}
	b.WriteString(" " + strings.Join(rules, ", "))
	var attrs []string
	for _, a := range c.Attrs {
		value := a.Value
		if strings.ContainsAny(value, ",]'\" ") {
			value = strconv.Quote(value)
		}
		attrs = append(attrs, a.Name+"="+value)
	}
	if len(attrs) > 0 {
		b.WriteString("[" + strings.Join(attrs, ", ") + "]")
	}
	if c.Expires != "" {
		b.WriteString(" exp:" + c.Expires)
	}
	reason := c.Reason
	if reason == "" {
		reason = "(was " + strings.TrimSuffix(c.By+" "+strings.Join(c.IDs, ", "), " *") + ")"
	}
	b.WriteString(" -- " + reason)
	return b.String()
}

// inPlace puts the new text where the old comment is.
func (p planner) inPlace(text string) []edit {
	start, end := p.f.Offset(p.r.Span.Pos), p.f.Offset(p.r.Span.End)
	comment := "# " + text
	if !p.Keep {
		return []edit{{start, end, comment}}
	}
	if p.r.Own {
		return []edit{{start, start, comment + "\n" + p.indent(p.r.Span.Pos)}}
	}
	return []edit{{start, start, comment + " "}}
}

// indent is what stands before a place on its line, if that is blank.
func (p planner) indent(pos source.Pos) string {
	start := lineStart(p.f, p.line(pos))
	return string(p.f.Content[start:p.f.Offset(pos)])
}

// remove takes the old comment away, with its line if nothing else is on it.
func (p planner) remove() []edit {
	if p.Keep {
		return nil
	}
	start, end := p.f.Offset(p.r.Span.Pos), p.f.Offset(p.r.Span.End)
	if p.r.Own {
		start -= len(p.indent(p.r.Span.Pos))
		for end < len(p.f.Content) && p.f.Content[end] != '\n' {
			end++
		}
		return []edit{{start, min(end+1, len(p.f.Content)), ""}}
	}
	for start > 0 && (p.f.Content[start-1] == ' ' || p.f.Content[start-1] == '\t') {
		start--
	}
	return []edit{{start, end, ""}}
}

// above puts the new comment on the line above a block.
func (p planner) above(block source.Span, text string) []edit {
	indent := p.indent(block.Pos)
	if strings.TrimSpace(indent) != "" {
		return p.inPlace(text)
	}
	start := p.f.Offset(block.Pos) - len(indent)
	return append(p.remove(), edit{start, start, indent + "# " + text + "\n"})
}

// behind puts the new comment behind an argument, so that it is about that alone.
func (p planner) behind(arg source.Span, text string) []edit {
	end := p.f.Offset(arg.End)
	line := string(p.f.Content[lineStart(p.f, p.line(arg.End)):end])
	rest := string(p.f.Content[end:])
	if i := strings.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	heredoc := strings.Contains(string(p.f.Content[p.f.Offset(arg.Pos):end]), "<<")
	if strings.TrimSpace(rest) != "" || strings.TrimSpace(line) == "" || heredoc && p.line(arg.Pos) != p.line(arg.End) {
		return nil
	}
	return append(p.remove(), edit{end, end, " # " + text})
}

// declared says what could stand for an entry of metadata. That itself is left
// alone.
func (p planner) declared(d annotations.Declaration) Step {
	f := p.f
	s := Step{File: f, Line: f.Position(d.Span.Pos).Line, Old: d.Tool + " metadata: " + d.ID}
	c := compat.Suppression{Tool: d.Tool, IDs: []string{d.ID}, By: d.Tool + " metadata", Reason: d.Reason, Expires: d.Expires,
		File: d.Scope == f.Whole()}
	rules := p.rules(c)
	if len(rules) == 0 {
		s.Why = "no rule here stands for " + d.ID
		return s
	}
	s.New = native(c, rules)
	switch {
	case strings.HasPrefix(strings.TrimSpace(string(f.Content)), "{"):
		s.Why = fmt.Sprintf(`JSON has no comments; add to the Metadata: "wacheck": {"ignore": [{"id": %q, "reason": %q}]}`, rules[0], c.Reason)
		s.New = ""
	case c.File:
		s.edits = []edit{{0, 0, "# " + s.New + "\n"}}
	default:
		indent := p.indent(d.Scope.Pos)
		start := f.Offset(d.Scope.Pos) - len(indent)
		s.edits = []edit{{start, start, indent + "# " + s.New + "\n"}}
	}
	return s
}

// Apply returns the new content of the files that change, by path.
func Apply(steps []Step) map[string][]byte {
	edits := map[*source.File][]edit{}
	for _, s := range steps {
		for _, e := range s.edits {
			if !slices.Contains(edits[s.File], e) {
				edits[s.File] = append(edits[s.File], e)
			}
		}
	}
	out := map[string][]byte{}
	for f, list := range edits {
		slices.SortStableFunc(list, func(a, b edit) int { return b.start - a.start })
		content := slices.Clone(f.Content)
		for _, e := range list {
			content = slices.Concat(content[:e.start], []byte(e.text), content[e.end:])
		}
		out[f.Path] = content
	}
	return out
}
