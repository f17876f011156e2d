package cloudformation

import (
	"path"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

// isSAMConfig reports the file in which "sam deploy" finds its settings.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
func isSAMConfig(p string) bool { return slices.Contains(samConfigNames, path.Base(p)) }

var samConfigNames = []string{"samconfig.toml", "samconfig.yaml", "samconfig.yml"}

// samConfig reads such a file: an environment each, with what "sam deploy" is to be given
// there. The diagnostics tell what can't be read; one of level Error, that nothing can.
func samConfig(f *source.File) ([]*parameterFile, []source.Diagnostic) {
	root, diags := samSettings(f)
	if root == nil {
		return nil, diags
	}
	var out []*parameterFile
	for _, p := range root.Pairs {
		env := samEnv{p.Value}
		x := &parameterFile{path: f.Path, form: samEnvironment, world: p.Key, at: p.KeySpan,
			region: env.text("region"), stackName: env.text("stack_name"),
			templates: env.templates()}
		var more []source.Diagnostic
		x.values, more = assignments(env.setting("parameter_overrides"))
		diags = append(diags, more...)
		x.tags, more = tagAssignments(env.setting("tags"))
		diags = append(diags, more...)
		if len(x.values) > 0 || len(x.tags) > 0 || x.region != "" || x.stackName != "" {
			out = append(out, x)
		}
	}
	if len(out) == 1 && out[0].world == "default" {
		out[0].world = ""
	}
	return out, diags
}

// samSettings is the tree of a file of settings, or nil.
func samSettings(f *source.File) (*syntax.Node, []source.Diagnostic) {
	if path.Ext(f.Path) == ".toml" {
		return syntax.ParseTOML(f)
	}
	docs, diags := syntax.Parse(f)
	if len(docs) != 1 || slices.ContainsFunc(diags, func(d source.Diagnostic) bool { return d.Level == source.Error }) {
		return nil, diags
	}
	return docs[0], diags
}

// samEnv is the table of an environment.
type samEnv struct{ node *syntax.Node }

// setting is a parameter of "sam deploy": its own, else that of all commands.
func (e samEnv) setting(key string) *syntax.Node {
	return e.first(key, "deploy", "global")
}

// first is a parameter of the first of several commands that has it.
func (e samEnv) first(key string, commands ...string) *syntax.Node {
	for _, c := range commands {
		if n := e.node.Get(c).Get("parameters").Get(key); n != nil {
			return n
		}
	}
	return nil
}

func (e samEnv) text(key string) string {
	if n := e.setting(key); n != nil && n.Kind == syntax.String {
		return n.Text
	}
	return ""
}

// templates are the names that the template may have: the one that is deployed, the one
// that it is built of, or those that SAM looks for if none is named.
func (e samEnv) templates() []string {
	var out []string
	for _, command := range []string{"deploy", "global", "build", "package"} {
		for _, key := range []string{"template_file", "template"} {
			if n := e.first(key, command); n != nil && n.Kind == syntax.String && n.Text != "" {
				out = append(out, n.Text)
			}
		}
	}
	if out == nil {
		out = []string{"template.yaml", "template.yml", "template.json"}
	}
	return out
}

// tagAssignments are the entries of the setting of tags. Unlike a parameter, a single tag may
// have blanks in it that are not quoted.
func tagAssignments(n *syntax.Node) ([]cfneval.Given, []source.Diagnostic) {
	text := n
	if n != nil && n.Kind == syntax.Sequence && len(n.Items) == 1 {
		text = n.Items[0]
	}
	if text.IsScalar() && strings.Count(text.Text, "=") == 1 {
		name, value, _ := strings.Cut(text.Text, "=")
		return []cfneval.Given{{Name: unquoted(name), Text: unquoted(value), Span: text.Extent()}}, nil
	}
	return assignments(n)
}

// assignments are the entries of a setting: a table, or texts of the form name=value
// with blanks between them. A list is no more than such a text: a blank ends an entry
// there, too.
func assignments(n *syntax.Node) ([]cfneval.Given, []source.Diagnostic) {
	switch {
	case n == nil:
		return nil, nil
	case n.Kind == syntax.Mapping:
		return entries(n)
	case n.Kind != syntax.Sequence:
		return inText(n)
	}
	var out []cfneval.Given
	var diags []source.Diagnostic
	for _, item := range n.Items {
		given, more := assignments(item)
		out, diags = append(out, given...), append(diags, more...)
	}
	return out, diags
}

// entries are those of a table.
func entries(n *syntax.Node) (out []cfneval.Given, diags []source.Diagnostic) {
	for _, p := range n.Pairs {
		if text, ok := listedText(p.Value); ok {
			out = append(out, cfneval.Given{Name: p.Key, Text: text, Span: p.Value.Extent()})
		} else {
			diags = append(diags, source.Diagnostic{Level: source.Warning, Code: codeParameterFile, Span: p.Value.Extent(), Message: "the value of " + p.Key + " is not a text"})
		}
	}
	return out, diags
}

// inText are those of a text, in which values may be quoted. The older form of an
// entry is that of the AWS CLI: ParameterKey=name,ParameterValue=value.
func inText(n *syntax.Node) (out []cfneval.Given, diags []source.Diagnostic) {
	for _, w := range words(n.Text) {
		entry, at := n.Text[w.start:w.end], n.Slice(w.start, w.end)
		name, text, ok := strings.Cut(entry, "=")
		if rest, older := strings.CutPrefix(entry, "ParameterKey="); older {
			name, text, ok = strings.Cut(rest, ",ParameterValue=")
		}
		if !ok {
			diags = append(diags, source.Diagnostic{Level: source.Warning, Code: codeParameterFile, Span: at, Message: "is not of the form name=value, and is left out"})
			continue
		}
		out = append(out, cfneval.Given{Name: unquoted(name), Text: unquoted(text), Span: at})
	}
	return out, diags
}

// unquoted takes away the quotes around a text, and what protects blanks and quotes in it.
func unquoted(s string) string {
	s = strings.TrimSpace(s)
	for _, quote := range []string{`"`, `'`} {
		if len(s) > 1 && strings.HasPrefix(s, quote) && strings.HasSuffix(s, quote) {
			s = s[1 : len(s)-1]
			break
		}
	}
	return protected.Replace(s)
}

var protected = strings.NewReplacer(`\ `, " ", `\"`, `"`, `\'`, `'`)

// word is a part of a text between blanks.
type word struct{ start, end int }

// words cuts a text at blanks that are not quoted.
func words(text string) []word {
	var out []word
	var quote rune
	start, escaped := -1, false
	for i, r := range text + " " {
		blank := false
		switch {
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case strings.ContainsRune(" \t\r\n", r):
			blank = true
		}
		switch {
		case blank && start >= 0:
			out, start = append(out, word{start, i}), -1
		case !blank && start < 0 && i < len(text):
			start = i
		}
	}
	if start >= 0 { // a quote that is not closed
		out = append(out, word{start, len(text)})
	}
	return out
}
