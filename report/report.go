// Package report writes the result of a run: for people (text, markdown), for
// programs (json), and for the systems that run checks (github, gitlab, junit).
// Every format is a [Writer].
package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/source"
)

// Writer writes the result of a run in one format. The same result always gives
// the same bytes. It does not change the result, and fails only if w does.
type Writer interface {
	Write(w io.Writer, r *analysis.Result) error
}

// The formats.
const (
	Text     = "text"
	JSON     = "json"
	GitHub   = "github"
	GitLab   = "gitlab"
	JUnit    = "junit"
	Markdown = "markdown"
)

// Formats returns the names that New takes.
func Formats() []string { return []string{Text, JSON, GitHub, GitLab, JUnit, Markdown} }

// Options say how to write. The zero Options are usable.
type Options struct {
	// Version is that of the tool, for json.
	Version string
	// Path turns a path relative to the root of the scan into what is shown, so that
	// the places can be opened. Nil leaves paths as they are.
	Path func(string) string
	// The rest is for text only.

	// Color adds colours for terminals.
	Color bool
	// Quiet writes a line for each finding and each error in the input, in the form
	// that editors know, and nothing else.
	Quiet bool
	// Explain adds why a finding matters and all that is known about it, and shows
	// all notes about the input.
	Explain bool
	// Opens lists the open verdicts one by one; otherwise they are only summed up.
	Opens bool
	// Unchanged lists also findings that were there at the base of the run.
	Unchanged bool
}

// New returns the writer of a format. It fails if there is no such format.
func New(format string, o Options) (Writer, error) {
	switch format {
	case Text:
		return &textWriter{o}, nil
	case JSON:
		return &jsonWriter{o}, nil
	case GitHub:
		return &githubWriter{o}, nil
	case GitLab:
		return &gitlabWriter{o}, nil
	case JUnit:
		return &junitWriter{o}, nil
	case Markdown:
		return &markdownWriter{o}, nil
	}
	return nil, fmt.Errorf("unknown format %q (one of %s)", format, strings.Join(Formats(), ", "))
}

// shown is the path as it is written.
func (o *Options) shown(p string) string {
	if p == "" || o.Path == nil {
		return p
	}
	return o.Path(p)
}

// position is where a finding is shown.
func position(f *analysis.Finding) source.Span { return f.Place() }

// byPlace returns pointers to findings, ordered by place, rule, subject and
// address, whatever the order in which they came.
func byPlace(r *analysis.Result, list []analysis.Finding) []*analysis.Finding {
	type keyed struct {
		f   *analysis.Finding
		pos source.Position
	}
	keys := make([]keyed, 0, len(list))
	for i := range list {
		if list[i].Rule != nil {
			keys = append(keys, keyed{&list[i], r.Files.Position(position(&list[i]).Pos)})
		}
	}
	slices.SortStableFunc(keys, func(x, y keyed) int {
		return cmp.Or(
			strings.Compare(x.pos.Path, y.pos.Path), cmp.Compare(x.pos.Line, y.pos.Line), cmp.Compare(x.pos.Column, y.pos.Column),
			strings.Compare(x.f.Rule.ID, y.f.Rule.ID), strings.Compare(x.f.Subject, y.f.Subject),
			strings.Compare(address(x.f), address(y.f)), strings.Compare(x.f.Message, y.f.Message), strings.Compare(x.f.ID, y.f.ID))
	})
	out := make([]*analysis.Finding, len(keys))
	for i, k := range keys {
		out[i] = k.f
	}
	return out
}

// shown is what a reader knows the resource of a finding as: its address, or the
// construct that a program makes it with.
func shown(f *analysis.Finding) string {
	if f.Construct != nil {
		return f.Construct.Path
	}
	return address(f)
}

// address names the resource of a finding: of several, one that gives it its
// severity.
func address(f *analysis.Finding) string {
	if len(f.Instances) == 0 {
		return ""
	}
	for _, i := range f.Instances {
		if f.Rule.SeverityIn(i.Environment, f.Variant) == f.Severity {
			return i.Address
		}
	}
	return f.Instances[0].Address
}

// distinct returns the strings that are not empty, sorted, each once.
func distinct(list []string) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" })
	slices.Sort(list)
	return slices.Compact(list)
}

// counts of something by name, the most frequent first.
type tally struct {
	name string
	n    int
}

func ranked(counts map[string]int) []tally {
	out := make([]tally, 0, len(counts))
	for name, n := range counts {
		out = append(out, tally{name, n})
	}
	slices.SortFunc(out, func(a, b tally) int { return cmp.Or(cmp.Compare(b.n, a.n), strings.Compare(a.name, b.name)) })
	return out
}
