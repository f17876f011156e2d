// Package config reads .wacheck.yaml: what is run, and what is accepted, for a
// repository and for the directories below it.
//
// Keys that are settings have the names of the flags of the command line, with
// underscores. What a flag can't say (rules, environments, paths, suppressions)
// has a form of its own. A file in a directory adds to those above it, and may
// hold only what makes sense for a part of a repository.
package config

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/internal/nearest"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

// Names are those that a configuration file may have, in order of preference.
var Names = []string{".wacheck.yaml", ".wacheck.yml"}

// Kind is the kind of the value of a setting.
type Kind uint8

// The kinds.
const (
	Bool Kind = iota
	Number
	Text
	// List is a list of texts; a single one may stand for itself.
	List
	// Map is a mapping from names to texts; its values are "name=text".
	Map
)

// Spec says which settings there are, by name, and resolves the ids of rules.
type Spec struct {
	Settings map[string]Kind
	// Rules returns the ids that an id, an alias or a glob stands for.
	Rules func(pattern string) ([]string, error)
}

// Problem is a mistake in a configuration file.
type Problem struct {
	Path    string
	Line    int
	Message string
}

// String is the form in which compilers tell of mistakes.
func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.Path, p.Line, p.Message) }

// Setting is a value for a flag.
type Setting struct {
	Name   string
	Values []string
	Line   int
}

// Rule is what a file says of rules.
type Rule struct {
	// IDs are the rules meant, Pattern what is written.
	IDs     []string
	Pattern string
	// Enabled, Severity and Suppressible are nil where nothing is said.
	Enabled      *bool
	Severity     *analysis.Severity
	Suppressible *bool
	Line         int
}

// Threshold is a severity from which on findings fail the gate; Never means that
// none do.
type Threshold struct {
	Severity analysis.Severity
	Never    bool
}

// String is the word that ParseThreshold takes.
func (t Threshold) String() string {
	if t.Never {
		return "none"
	}
	return t.Severity.String()
}

// Scope is a threshold for an environment, or for a path.
type Scope struct {
	// Name is the environment as it is written, Environments what it means; Own says
	// that the name is the user's own.
	Name         string
	Environments []analysis.Environment
	Own          bool
	Path         string
	FailOn       Threshold
	Line         int
}

// Suppression is an accepted finding.
type Suppression struct {
	Rules                    []string
	Address, Construct, Path string
	Reason, Expires          string
	Line                     int
}

// File is one configuration file.
type File struct {
	// Path is as the user knows it, Dir the directory below the root of the tree.
	Path, Dir string
	// Rel is the path relative to the root of the tree, if it lies in there.
	Rel          string
	Settings     []Setting
	Rules        []Rule
	Scopes       []Scope
	Suppressions []Suppression
	// Estate is what the file says of environments.
	Estate analysis.Settings
	// FailOn is the threshold of the directory, for files below the root.
	FailOn     *Threshold
	FailOnLine int
}

// partial are the settings that a file below the root may hold.
var partial = []string{"fail_on"}

// structured are the keys that are no settings.
var structured = []string{"rules", "environments", "paths", "suppressions"}

// Parse reads a file. All mistakes are told at once, in order.
func Parse(content []byte, shown, dir string, spec Spec) (*File, []Problem) {
	files := source.NewFileSet()
	src, err := files.Add(shown, content)
	if err != nil {
		return nil, []Problem{{shown, 1, err.Error()}}
	}
	p := &parser{spec: spec, files: files, out: &File{Path: shown, Dir: dir}}
	docs, diags := syntax.Parse(src)
	for _, d := range diags {
		if d.Level == source.Error {
			p.problem(d.Span, "%s", d.Message)
		}
	}
	switch {
	case len(p.problems) > 0 || len(docs) == 0:
	case len(docs) > 1:
		p.problem(docs[1].Span, "a configuration is a single document")
	case docs[0].Kind == syntax.Null:
	case docs[0].Kind != syntax.Mapping:
		p.problem(docs[0].Span, "expected keys with values")
	default:
		p.file(docs[0])
	}
	return p.out, p.problems
}

type parser struct {
	spec     Spec
	files    *source.FileSet
	out      *File
	problems []Problem
}

func (p *parser) line(s source.Span) int { return max(1, p.files.Position(s.Pos).Line) }

func (p *parser) problem(at source.Span, format string, args ...any) {
	p.problems = append(p.problems, Problem{p.out.Path, p.line(at), fmt.Sprintf(format, args...)})
}

// unknown tells of a key that there is not, with the nearest that there is.
func (p *parser) unknown(at source.Span, key string, names []string) {
	slices.Sort(names)
	p.problem(at, "%v", nearest.Hint(fmt.Errorf("unknown key %q", key), strings.ReplaceAll(key, "-", "_"), names))
}

func (p *parser) file(n *syntax.Node) {
	for _, pair := range n.Pairs {
		kind, isSetting := p.spec.Settings[pair.Key]
		switch {
		case pair.Key == "rules":
			p.rules(pair)
		case pair.Key == "environments":
			p.environments(pair)
		case pair.Key == "paths":
			p.paths(pair)
		case pair.Key == "suppressions":
			p.suppressions(pair)
		case !isSetting:
			names := slices.Clone(structured)
			for name := range p.spec.Settings {
				names = append(names, name)
			}
			p.unknown(pair.KeySpan, pair.Key, names)
		case p.out.Dir != "" && !slices.Contains(partial, pair.Key):
			p.problem(pair.KeySpan, "%q holds for a whole run, and belongs to the file at the root of the repository", pair.Key)
		default:
			p.setting(pair, kind)
		}
	}
}

func (p *parser) setting(pair syntax.Pair, kind Kind) {
	s := Setting{Name: pair.Key, Line: p.line(pair.KeySpan)}
	v := pair.Value
	switch {
	case v == nil || v.Kind == syntax.Null:
		return // the key is there as a heading
	case kind == List && v.Kind == syntax.Sequence:
		for _, i := range v.Items {
			if text, ok := p.text(i, pair.Key); ok {
				s.Values = append(s.Values, text)
			}
		}
	case kind == Map:
		if v.Kind != syntax.Mapping {
			p.problem(v.Span, "%s: expected names with values", pair.Key)
			return
		}
		for _, entry := range v.Pairs {
			if text, ok := p.text(entry.Value, pair.Key+"."+entry.Key); ok {
				s.Values = append(s.Values, entry.Key+"="+text)
			}
		}
	case kind == Bool && v.Kind != syntax.Bool:
		p.problem(v.Span, "%s: expected true or false", pair.Key)
		return
	case kind == Number && v.Kind != syntax.Number:
		p.problem(v.Span, "%s: expected a number", pair.Key)
		return
	default:
		text, ok := p.text(v, pair.Key)
		if !ok {
			return
		}
		s.Values = []string{text}
	}
	if pair.Key == "fail_on" {
		t, ok := p.threshold(pair)
		if !ok {
			return
		}
		if p.out.Dir != "" {
			p.out.FailOn, p.out.FailOnLine = &t, s.Line
			return
		}
	}
	p.out.Settings = append(p.out.Settings, s)
}

// text is the text of a scalar.
func (p *parser) text(n *syntax.Node, key string) (string, bool) {
	if n == nil || !n.IsScalar() || n.Kind == syntax.Null {
		at := source.Span{}
		if n != nil {
			at = n.Span
		}
		p.problem(at, "%s: expected a text", key)
		return "", false
	}
	return n.Text, true
}

// fields calls the function of each key of a mapping, and tells of others.
func (p *parser) fields(n *syntax.Node, what string, keys map[string]func(syntax.Pair)) {
	if n == nil || n.Kind != syntax.Mapping {
		at := source.Span{}
		if n != nil {
			at = n.Span
		}
		p.problem(at, "%s: expected keys with values", what)
		return
	}
	for _, pair := range n.Pairs {
		if f := keys[pair.Key]; f != nil {
			f(pair)
			continue
		}
		var names []string
		for k := range keys {
			names = append(names, k)
		}
		p.unknown(pair.KeySpan, pair.Key, names)
	}
}

// below puts a path of a file into terms of the root of the tree.
func (p *parser) below(pattern string) string {
	return path.Join(p.out.Dir, path.Clean(pattern))
}
