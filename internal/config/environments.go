package config

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/internal/nearest"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// environmentNames are what people call environments. The short ones are those
// that stand in directories and tags.
var environmentNames = map[string][]analysis.Environment{
	"production": {analysis.Production}, "prod": {analysis.Production},
	"staging": {analysis.Staging}, "stage": {analysis.Staging},
	"development": {analysis.Development}, "dev": {analysis.Development},
	"test": {analysis.Test}, "sandbox": {analysis.Sandbox}, "shared": {analysis.Shared},
	"non-production": {analysis.Staging, analysis.Development, analysis.Test, analysis.Sandbox, analysis.NonProduction},
	"unknown":        {analysis.UnknownEnvironment},
}

// EnvironmentNames returns the names that the key "environments" takes.
func EnvironmentNames() []string {
	var out []string
	for name := range environmentNames {
		out = append(out, name)
	}
	return out
}

func (p *parser) environments(pair syntax.Pair) {
	if pair.Value == nil || pair.Value.Kind != syntax.Mapping {
		p.problem(pair.KeySpan, "environments: expected environments with their settings")
		return
	}
	for _, e := range pair.Value.Pairs {
		envs, ok := environmentNames[strings.ToLower(e.Key)]
		if !ok {
			p.own(e)
			continue
		}
		s := Scope{Name: e.Key, Environments: envs, Line: p.line(e.KeySpan)}
		p.scope("environments."+e.Key, e.Value, s, p.signs(e.Key, envs))
	}
}

// own reads an environment that the user calls by a name of their own. It counts as one
// that is known to rules.
func (p *parser) own(e syntax.Pair) {
	unknown := func(why string) {
		err := fmt.Errorf("environments: unknown environment %q; %s", e.Key, why)
		p.problem(e.KeySpan, "%v", nearest.Hint(err, e.Key, EnvironmentNames()))
	}
	var role *syntax.Pair
	if e.Value != nil && e.Value.Kind == syntax.Mapping {
		for i := range e.Value.Pairs {
			if e.Value.Pairs[i].Key == "counts_as" {
				role = &e.Value.Pairs[i]
			}
		}
	}
	switch {
	case p.out.Dir != "":
		unknown("one of your own belongs to the file at the root of the repository")
		return
	case role == nil:
		unknown("one of your own says what it counts as, such as \"counts_as: production\"")
		return
	}
	as, ok := p.role(*role, e.Key)
	if !ok {
		return
	}
	envs := []analysis.Environment{as}
	signs := p.signs(e.Key, envs)
	signs["counts_as"] = func(syntax.Pair) {} // read above
	first := len(p.out.Estate.Environments)
	p.scope("environments."+e.Key, e.Value, Scope{Name: e.Key, Environments: envs, Own: true, Line: p.line(e.KeySpan)}, signs)
	for i := first; i < len(p.out.Estate.Environments); i++ {
		p.out.Estate.Environments[i].Name = e.Key
	}
	p.out.Estate.Own = append(p.out.Estate.Own, analysis.OwnEnvironment{Name: e.Key, Environment: as, Where: fmt.Sprintf("%s:%d", p.out.Path, p.line(e.KeySpan))})
}

// EnvironmentSigns are the keys by which an environment can be told, beside tags,
// with what each is a list of.
func EnvironmentSigns() map[string]string {
	return map[string]string{
		"names":      "Names of resources, Name tags and labels of module calls; globs, whatever their case.",
		"paths":      "Directories that something is deployed from, or templates, relative to the file; globs.",
		"workspaces": "Names of workspaces, sets of inputs and stages; globs, whatever their case.",
		"accounts":   "Ids of accounts.",
	}
}

// signs are the keys by which the user says what belongs to an environment.
func (p *parser) signs(name string, envs []analysis.Environment) map[string]func(syntax.Pair) {
	list := func(by analysis.EnvironmentSign, compile func(text string) (func(string) bool, error)) func(syntax.Pair) {
		return func(x syntax.Pair) { p.patterns(x, name, envs, by, "", x.Value, compile) }
	}
	return map[string]func(syntax.Pair){
		"names":      list(analysis.ByName, glob),
		"workspaces": list(analysis.ByWorkspace, glob),
		"accounts":   list(analysis.ByAccount, account),
		"paths": list(analysis.ByPath, func(text string) (func(string) bool, error) {
			pattern := p.below(text)
			if !doublestar.ValidatePattern(pattern) {
				return nil, fmt.Errorf("%q is no pattern", text)
			}
			return func(dir string) bool { return Match(pattern, dir) }, nil
		}),
		"tags": func(x syntax.Pair) {
			if x.Value == nil || x.Value.Kind != syntax.Mapping {
				p.problem(x.KeySpan, "tags: expected keys of tags with the values that mean %s", name)
				return
			}
			for _, tag := range x.Value.Pairs {
				p.patterns(x, name, envs, analysis.ByTag, tag.Key, tag.Value, glob)
			}
		},
		"counts_as": func(x syntax.Pair) { p.countsAs(x, name, envs) },
	}
}

// patterns reads one pattern or a list of them.
func (p *parser) patterns(key syntax.Pair, name string, envs []analysis.Environment, by analysis.EnvironmentSign, tag string, n *syntax.Node, compile func(string) (func(string) bool, error)) {
	if !p.mayTell(key, name, envs) {
		return
	}
	items := []*syntax.Node{n}
	if n != nil && n.Kind == syntax.Sequence {
		items = n.Items
	}
	for _, i := range items {
		text, ok := p.text(i, key.Key)
		if !ok {
			continue
		}
		match, err := compile(text)
		if err != nil {
			p.problem(i.Span, "environments.%s.%s: %v", name, key.Key, err)
			continue
		}
		p.out.Estate.Environments = append(p.out.Estate.Environments, analysis.EnvironmentPattern{
			Environment: envs[0], By: by, Tag: tag, Pattern: text, Match: match, Where: fmt.Sprintf("%s:%d", p.out.Path, p.line(i.Span))})
	}
}

// mayTell reports that a key may stand where it does: what belongs to an environment
// holds for the whole run, and no resource belongs to several.
func (p *parser) mayTell(key syntax.Pair, name string, envs []analysis.Environment) bool {
	switch {
	case p.out.Dir != "":
		p.problem(key.KeySpan, "%q of an environment holds for a whole run, and belongs to the file at the root of the repository", key.Key)
		return false
	case len(envs) > 1 || envs[0] == analysis.UnknownEnvironment:
		p.problem(key.KeySpan, "environments.%s: %s can't say what belongs to it, since it is not a single environment", name, key.Key)
		return false
	}
	return true
}

func (p *parser) countsAs(x syntax.Pair, name string, envs []analysis.Environment) {
	if !p.mayTell(x, name, envs) {
		return
	}
	if as, ok := p.role(x, name); ok {
		p.out.Estate.CountAs = append(p.out.Estate.CountAs, analysis.EnvironmentRole{
			Environment: envs[0], As: as, Where: fmt.Sprintf("%s:%d", p.out.Path, p.line(x.KeySpan))})
	}
}

// role reads the environment that another one counts as.
func (p *parser) role(x syntax.Pair, name string) (analysis.Environment, bool) {
	text, ok := p.text(x.Value, x.Key)
	if !ok {
		return "", false
	}
	as, known := environmentNames[strings.ToLower(text)]
	if !known || len(as) > 1 || as[0] == analysis.UnknownEnvironment {
		err := fmt.Errorf("environments.%s.counts_as: unknown environment %q", name, text)
		p.problem(x.Value.Span, "%v", nearest.Hint(err, text, SingleEnvironments()))
		return "", false
	}
	return as[0], true
}

// SingleEnvironments are the names that stand for one environment.
func SingleEnvironments() []string {
	names := slices.DeleteFunc(EnvironmentNames(), func(n string) bool { return n == "unknown" || n == "non-production" })
	slices.Sort(names)
	return names
}

// glob compiles a pattern for names.
func glob(text string) (func(string) bool, error) {
	pattern := strings.ToLower(text)
	if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
		return nil, fmt.Errorf("%q is no pattern", text)
	}
	return func(name string) bool {
		ok, err := path.Match(pattern, strings.ToLower(name))
		return ok && err == nil
	}, nil
}

func account(text string) (func(string) bool, error) {
	if len(text) != 12 || strings.Trim(text, "0123456789") != "" {
		return nil, fmt.Errorf("%q is no account: an id has 12 digits (in quotes, or leading zeros are lost)", text)
	}
	return func(id string) bool { return id == text }, nil
}
