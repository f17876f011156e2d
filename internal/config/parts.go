package config

import (
	"fmt"
	"maps"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/internal/nearest"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// rules reads "rules:", a mapping from ids or globs to off, on, a severity, or
// all of them.
func (p *parser) rules(pair syntax.Pair) {
	if pair.Value == nil || pair.Value.Kind == syntax.Null {
		return
	}
	if pair.Value.Kind != syntax.Mapping {
		p.problem(pair.Value.Span, "rules: expected rules with what to do about them, such as \"rds-not-encrypted: off\"")
		return
	}
	for _, r := range pair.Value.Pairs {
		ids, err := p.spec.Rules(r.Key)
		if err != nil {
			p.problem(r.KeySpan, "rules: %v", err)
			continue
		}
		rule := Rule{IDs: ids, Pattern: r.Key, Line: p.line(r.KeySpan)}
		if r.Value != nil && r.Value.IsScalar() {
			p.ruleWord(r, &rule)
		} else {
			p.fields(r.Value, "rules."+r.Key, map[string]func(syntax.Pair){
				"enabled":      func(x syntax.Pair) { rule.Enabled = p.flag(x) },
				"suppressible": func(x syntax.Pair) { rule.Suppressible = p.flag(x) },
				"severity":     func(x syntax.Pair) { rule.Severity = p.severity(x) },
			})
		}
		p.out.Rules = append(p.out.Rules, rule)
	}
}

// ruleWord reads the short form: off, on, or a severity.
func (p *parser) ruleWord(pair syntax.Pair, rule *Rule) {
	on, off := true, false
	switch strings.ToLower(pair.Value.Text) {
	case "on", "true":
		rule.Enabled = &on
	case "off", "false":
		rule.Enabled = &off
	default:
		rule.Severity = p.severity(pair)
	}
}

func (p *parser) flag(pair syntax.Pair) *bool {
	if pair.Value == nil || pair.Value.Kind != syntax.Bool {
		p.problem(pair.KeySpan, "%s: expected true or false", pair.Key)
		return nil
	}
	v := strings.EqualFold(pair.Value.Text, "true")
	return &v
}

func (p *parser) severity(pair syntax.Pair) *analysis.Severity {
	text, ok := p.text(pair.Value, pair.Key)
	if !ok {
		return nil
	}
	s, err := analysis.ParseSeverity(text)
	if err != nil {
		p.problem(pair.KeySpan, "%s: %v", pair.Key, nearest.Hint(err, text, severityNames()))
		return nil
	}
	return &s
}

func severityNames() []string {
	var out []string
	for _, s := range analysis.Severities() {
		out = append(out, s.String())
	}
	return out
}

func (p *parser) threshold(pair syntax.Pair) (Threshold, bool) {
	text, ok := p.text(pair.Value, pair.Key)
	if !ok {
		return Threshold{}, false
	}
	t, err := ParseThreshold(text)
	if err != nil {
		p.problem(pair.KeySpan, "%s: %v", pair.Key, err)
		return Threshold{}, false
	}
	return t, true
}

// ParseThreshold reads a severity or "none".
func ParseThreshold(text string) (Threshold, error) {
	if strings.EqualFold(text, "none") {
		return Threshold{Never: true}, nil
	}
	s, err := analysis.ParseSeverity(text)
	if err != nil {
		return Threshold{}, nearest.Hint(fmt.Errorf("unknown severity %q (one of %s, none)", text, strings.Join(severityNames(), ", ")), text,
			append(severityNames(), "none"))
	}
	return Threshold{Severity: s}, nil
}

func (p *parser) paths(pair syntax.Pair) {
	if pair.Value == nil || pair.Value.Kind != syntax.Sequence {
		p.problem(pair.KeySpan, "paths: expected a list of paths with their settings")
		return
	}
	for _, item := range pair.Value.Items {
		p.scope("paths", item, Scope{Line: p.line(item.Span)})
	}
}

// scope reads a threshold with what it is for, and what else an environment may
// say.
func (p *parser) scope(what string, n *syntax.Node, s Scope, more ...map[string]func(syntax.Pair)) {
	set := false
	keys := map[string]func(syntax.Pair){
		"fail_on": func(x syntax.Pair) { s.FailOn, set = p.threshold(x) },
	}
	if s.Environments == nil {
		keys["path"] = func(x syntax.Pair) {
			if text, ok := p.text(x.Value, "path"); ok {
				s.Path = p.below(text)
			}
		}
	}
	for _, m := range more {
		maps.Copy(keys, m)
	}
	before := len(p.problems)
	p.fields(n, what, keys)
	switch {
	case len(p.problems) > before:
	case s.Environments == nil && s.Path == "":
		p.problem(n.Span, "%s: an entry needs a path", what)
	case set:
		p.out.Scopes = append(p.out.Scopes, s)
	}
}

func (p *parser) suppressions(pair syntax.Pair) {
	if pair.Value == nil || pair.Value.Kind == syntax.Null {
		return
	}
	if pair.Value.Kind != syntax.Sequence {
		p.problem(pair.Value.Span, "suppressions: expected a list")
		return
	}
	for _, item := range pair.Value.Items {
		p.suppression(item)
	}
}

func (p *parser) suppression(n *syntax.Node) {
	s := Suppression{Line: p.line(n.Span)}
	text := func(to *string) func(syntax.Pair) {
		return func(x syntax.Pair) { *to, _ = p.text(x.Value, x.Key) }
	}
	rules := func(x syntax.Pair) {
		list := []*syntax.Node{x.Value}
		if x.Value != nil && x.Value.Kind == syntax.Sequence {
			list = x.Value.Items
		}
		for _, i := range list {
			if id, ok := p.text(i, x.Key); ok {
				if _, err := p.spec.Rules(id); err != nil {
					p.problem(i.Span, "suppressions: %v", err)
				}
				s.Rules = append(s.Rules, id)
			}
		}
	}
	before := len(p.problems)
	p.fields(n, "suppressions", map[string]func(syntax.Pair){
		"rule": rules, "rules": rules, "address": text(&s.Address), "construct": text(&s.Construct), "path": text(&s.Path),
		"reason": text(&s.Reason), "expires": text(&s.Expires),
	})
	switch {
	case len(p.problems) > before:
	case len(s.Rules) == 0:
		p.problem(n.Span, "suppressions: an entry needs a rule")
	case s.Address == "" && s.Construct == "" && s.Path == "" && p.out.Dir == "":
		p.problem(n.Span, "suppressions: an entry needs an address, a construct or a path (to switch a rule off, use rules)")
	default:
		p.out.Suppressions = append(p.out.Suppressions, s)
	}
}
