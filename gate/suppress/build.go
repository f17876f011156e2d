package suppress

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/gate/compat"
	"github.com/wacheck/wacheck/source"
)

// Input is what suppressions are made of.
type Input struct {
	Files   *source.FileSet
	Remarks []source.Remark
	// Declared are entries of the metadata of templates.
	Declared []Declared
	// Acknowledged are rules that programs of the CDK accept.
	Acknowledged []Acknowledged
	// Config are entries of configuration files.
	Config []Entry
	// Resolve returns the ids of the rules that an id, an alias or a glob stands
	// for, in any case; the error names the nearest.
	Resolve func(pattern string) ([]string, error)
	// Foreign says that a file is not the user's own code.
	Foreign func(path string) bool
}

// Declared is an entry of the metadata of a template.
type Declared struct {
	Tool, ID, Reason, Expires string
	Span, Scope               source.Span
}

// Acknowledged is a rule that a program of the CDK accepts for a construct and all in it.
type Acknowledged struct {
	// App is the directory of the program; Construct is empty for all of it.
	App, Construct string
	Rule, Reason   string
	// Path and Line are where the assembly tells of it.
	Path string
	Line int
}

// Entry is one of a configuration file.
type Entry struct {
	Rules           []string
	Reason, Expires string
	// Address, Construct and Files are patterns; at least one is set.
	Address, Construct, Files string
	// Below is the directory of the configuration file, to which Files is
	// relative, and beyond which the entry does not hold.
	Below string
	// Path and Line are where it stands.
	Path string
	Line int
}

// New makes the set of a run.
func New(p Policy, in Input) *Set {
	s := &Set{policy: p, files: in.Files, byRule: map[string][]*Suppression{}, locked: map[string]bool{}}
	b := builder{Set: s, in: in}
	for _, r := range in.Remarks {
		b.remark(r)
	}
	for _, d := range in.Declared {
		b.declared(d)
	}
	slices.SortStableFunc(s.all, func(x, y *Suppression) int {
		if in.Files.Less(x.Span, y.Span) {
			return -1
		}
		return cmp.Compare(b2i(in.Files.Less(y.Span, x.Span)), 0)
	})
	for _, a := range in.Acknowledged {
		b.acknowledged(a)
	}
	for _, e := range in.Config {
		b.entry(e)
	}
	return s
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

type builder struct {
	*Set
	in Input
}

// foreign reports that a place is in code of others.
func (b *builder) foreign(span source.Span) bool {
	f := b.in.Files.File(span.Pos)
	return f != nil && b.in.Foreign != nil && b.in.Foreign(f.Path)
}

// remark takes a comment, by the syntax of each tool.
func (b *builder) remark(r source.Remark) {
	if d, ok := parse(r.Text, b.known); ok {
		b.own(r, d)
		return
	}
	if len(b.policy.Compat) == 0 {
		return
	}
	for _, c := range compat.Parse(r) {
		if slices.Contains(b.policy.Compat, c.Tool) {
			b.compat(c)
		}
	}
}

func (b *builder) known(id string) bool {
	if strings.ContainsAny(id, "*?") {
		return false
	}
	_, err := b.in.Resolve(id)
	return err == nil
}

func (b *builder) own(r source.Remark, d directive) {
	x := &Suppression{Kind: analysis.InSource, By: "wacheck:ignore", Written: d.rules, Reason: d.reason, Expires: d.expires,
		Span: r.Span, attrs: d.attrs, Problem: strings.Join(d.faults, "; "), scopes: r.Targets()}
	if d.file {
		x.By, x.whole = "wacheck:ignore-file", true
		x.scopes = []source.Span{b.in.Files.File(r.Span.Pos).Whole()}
	}
	if d.path != "" {
		a := NewAddresses(d.path)
		x.addresses = &a
	}
	if len(x.scopes) == 0 && x.Problem == "" {
		x.Problem, x.adrift = "it stands above nothing; put it on the line above a block, or inside of one", true
	}
	b.finish(x)
}

// finish resolves the rules, and adds the suppression.
func (b *builder) finish(x *Suppression) {
	foreign := b.foreign(x.Span)
	for _, w := range x.Written {
		ids, err := b.in.Resolve(w)
		if err != nil {
			level := source.Error
			if foreign || x.Kind == analysis.InSource && b.policy.NoInline {
				level = source.Note
			}
			b.problems = append(b.problems, source.Diagnostic{Level: level, Code: UnknownRuleCode, Span: x.Span, Path: x.Path,
				Message: fmt.Sprintf("a suppression names an %s", err)})
		}
		x.Rules = append(x.Rules, ids...)
	}
	slices.Sort(x.Rules)
	x.Rules = slices.Compact(x.Rules)
	if len(x.Rules) == 0 && x.Problem == "" && len(x.Written) > 0 {
		x.Problem, x.told = "it names no rule that there is", true
	}
	b.settle(x, foreign)
	b.add(x)
}

func (b *builder) declared(d Declared) {
	if d.Tool != "wacheck" {
		if slices.Contains(b.policy.Compat, d.Tool) {
			b.compat(compat.Suppression{Tool: d.Tool, IDs: []string{d.ID}, Reason: d.Reason, Expires: d.Expires,
				By: d.Tool + " metadata", Span: d.Span, Scopes: []source.Span{d.Scope}})
		}
		return
	}
	x := &Suppression{Kind: analysis.InSource, By: "wacheck metadata", Reason: d.Reason, Expires: d.Expires, Span: d.Span,
		scopes: []source.Span{d.Scope}}
	if d.ID == "" {
		x.Problem = "it names no rule"
	} else {
		x.Written = []string{d.ID}
	}
	b.finish(x)
}

// compat takes a suppression of another tool. Rules that we have no equivalent
// of are none of ours.
func (b *builder) compat(c compat.Suppression) {
	rules := c.Rules()
	if len(rules) == 0 {
		return
	}
	x := &Suppression{Kind: analysis.InSource, By: c.By, Written: c.IDs, Rules: rules, Reason: c.Reason, Expires: c.Expires, Span: c.Span,
		scopes: c.Scopes, whole: c.File, workspace: c.Workspace}
	for _, a := range c.Attrs {
		x.attrs = append(x.attrs, attr{a.Name, a.Value})
	}
	b.settle(x, b.foreign(x.Span))
	b.add(x)
}

func (b *builder) entry(e Entry) {
	x := &Suppression{Kind: analysis.InConfig, By: "config", Written: e.Rules, Reason: e.Reason, Expires: e.Expires, Path: e.Path, Line: e.Line,
		constructs: e.Construct, files: e.Files}
	if e.Below != "" && e.Below != "." {
		x.files = e.Below + "/" + strings.TrimPrefix(cmp.Or(e.Files, "**"), "/")
	}
	if e.Address != "" {
		a := NewAddresses(e.Address)
		x.addresses = &a
	}
	b.finish(x)
}

func (b *builder) acknowledged(a Acknowledged) {
	b.finish(&Suppression{Kind: analysis.InSource, By: "acknowledgement of the CDK", Written: []string{a.Rule}, Reason: a.Reason, Path: a.Path, Line: a.Line,
		app: a.App, below: a.Construct})
}

func addDays(date string, n int) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}
