package environment

import (
	"fmt"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/account"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// configured applies what the user says of environments.
type configured struct{ *analysis.Settings }

// matching returns the evidence of the first pattern of a kind that a text matches.
func (c configured) matching(by analysis.EnvironmentSign, text string, what string, at value.Fact) Evidence {
	if c.Settings == nil || text == "" {
		return Evidence{}
	}
	for _, p := range c.Environments {
		if p.By == by && p.Match(text) {
			at.Text = fmt.Sprintf("%s %s matches %s (%s)", what, text, p.Pattern, p.Where)
			return Evidence{Environment: p.Environment, Name: p.Name, Confidence: Strong, Fact: at}
		}
	}
	return Evidence{}
}

// ofUnit looks at the account, the workspace and the directory, in that order.
func (c configured) ofUnit(u *graph.Unit) Evidence {
	at := value.Fact{Span: u.Anchor}
	if e := c.ofAccount(account.Of(u, nil)); e.Confidence != None {
		return e
	}
	for _, text := range []string{u.World, u.Workspace} {
		if e := c.matching(analysis.ByWorkspace, text, "the workspace or set of inputs", at); e.Confidence != None {
			return e
		}
	}
	for _, dir := range []string{u.Path, u.World, u.Dir} {
		if e := c.matching(analysis.ByPath, dir, "the path", at); e.Confidence != None {
			return e
		}
	}
	return Evidence{}
}

func (c configured) ofAccount(a account.Account) Evidence {
	return c.matching(analysis.ByAccount, a.ID, "the account", value.Fact{Span: a.Fact.Span, Origin: a.Fact.Origin})
}

// ofNode sets what is said of a resource: by its tags, by its names, by the account
// of its provider, and last by what is said of its unit. A tag that is asked for
// and not known may say anything.
func (c configured) ofNode(n *graph.Node, s *Signs) {
	if c.Settings == nil || len(c.Environments) == 0 {
		return
	}
	tags := aws.TagsOf(n)
	for _, p := range c.Environments {
		if p.By != analysis.ByTag {
			continue
		}
		tag := tags.Get(p.Tag)
		text, ok := tag.Str()
		switch {
		case ok && p.Match(text):
			s.Configured = Evidence{Environment: p.Environment, Name: p.Name, Confidence: Strong, Fact: value.Fact{
				Text: fmt.Sprintf("its tag %s is %s, which matches %s (%s)", p.Tag, value.Show(tag), p.Pattern, p.Where), Span: tag.Span(), Origin: tag.Origin()}}
			return
		case tag.IsUnknown():
			s.Configured, s.TagUnknown = Evidence{}, true
			return
		}
	}
	for _, f := range namesOf(n, tags) {
		if text, ok := f.Value.Str(); ok {
			if e := c.matching(analysis.ByName, text, f.Name, value.Fact{Span: f.Value.Span(), Origin: f.Value.Origin()}); e.Confidence != None {
				s.Configured = e
				return
			}
		}
	}
	for m := n.Module; m != nil; m = m.Parent {
		if e := c.matching(analysis.ByName, m.Name, "the module", value.Fact{Span: m.Call}); e.Confidence != None {
			s.Configured = e
			return
		}
	}
	if n.Provider != nil {
		if e := c.ofAccount(account.Of(n.Unit, n.Provider)); e.Confidence != None {
			s.Configured = e
		}
	}
}

// countAs gives signs of an environment that is to be judged like another one.
func (c configured) countAs(s *Signs) {
	if c.Settings == nil {
		return
	}
	for _, r := range c.CountAs {
		for _, e := range []*Evidence{&s.Configured, &s.Tag, &s.Argument, &s.World, &s.Folder, &s.State, &s.Module, &s.Stack, &s.Provider, &s.Name, &s.Label} {
			if e.Confidence != None && e.Environment == r.Environment && e.as == "" {
				e.Environment, e.as = r.As, r.Where
				e.Fact.Text += fmt.Sprintf(", and %s counts as %s (%s)", r.Environment, r.As, r.Where)
			}
		}
	}
}

// role is the environment that one is to be judged like.
func (c configured) role(e analysis.Environment) analysis.Environment {
	if c.Settings != nil {
		for _, r := range c.CountAs {
			if r.Environment == e {
				return r.As
			}
		}
	}
	return e
}
