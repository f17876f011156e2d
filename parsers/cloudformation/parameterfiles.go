package cloudformation

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

// parameterFile is a file with values for the parameters of one deployment.
type parameterFile struct {
	path string
	// values are the parameters, in order.
	values []cfneval.Given
	// tags are those of the stack, in order.
	tags []cfneval.Given
	// template is the template that the file names; empty if it names none.
	template string
	// world names the deployment, if the file does; certain says that its form is that
	// of a parameter file, and not only its name.
	world   string
	certain bool
	// region and stackName are those of the deployment, if the file tells.
	region, stackName string
	at                source.Span
}

// mayHoldParameters reports a file that is worth a look: by a word that only such
// files have, or by its name.
func mayHoldParameters(p string, content []byte) bool {
	if len(content) > 1<<20 {
		return false
	}
	for _, word := range []string{`ParameterKey`, `"Parameters"`, `template-file-path`} {
		if bytes.Contains(content, []byte(word)) {
			return true
		}
	}
	return strings.Contains(strings.ToLower(p), "param")
}

// readParameterFile tells the forms apart. It returns nil for a file of any other
// kind.
// https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/ (a list, or a map)
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/git-sync-concepts-terms.html
func readParameterFile(f *source.File) *parameterFile {
	docs, diags := syntax.Parse(f)
	if len(docs) != 1 || slices.ContainsFunc(diags, func(d source.Diagnostic) bool { return d.Level == source.Error }) {
		return nil
	}
	root := docs[0]
	out := &parameterFile{path: f.Path, at: f.Whole().Head()}
	switch {
	case root.Kind == syntax.Sequence:
		out.certain = true
		return out.list(root)
	case root.Kind != syntax.Mapping:
		return nil
	case root.Get("template-file-path") != nil:
		out.template, out.certain = root.Get("template-file-path").Text, true
		out.tags = texts(root.Get("tags"))
		if root.Get("parameters") == nil {
			return out
		}
		return out.mapping(root.Get("parameters"))
	case root.Get("Parameters") != nil && !slices.ContainsFunc(root.Pairs, func(p syntax.Pair) bool { return !codePipeline[p.Key] }):
		out.certain = true
		out.tags = texts(root.Get("Tags"))
		return out.mapping(root.Get("Parameters"))
	}
	return out.mapping(root)
}

// codePipeline are the sections of a template configuration file.
var codePipeline = map[string]bool{"Parameters": true, "Tags": true, "StackPolicy": true}

// list reads [{"ParameterKey": "a", "ParameterValue": "b"}].
func (x *parameterFile) list(n *syntax.Node) *parameterFile {
	for _, item := range n.Items {
		key, val := item.Get("ParameterKey"), item.Get("ParameterValue")
		if key == nil || !key.IsScalar() {
			return nil
		}
		if val != nil && val.IsScalar() { // else UsePreviousValue: nothing is told
			x.values = append(x.values, cfneval.Given{Name: key.Text, Text: val.Text, Span: val.Extent()})
		}
	}
	return x
}

// mapping reads {"a": "b"}; a list of texts is one with commas.
func (x *parameterFile) mapping(n *syntax.Node) *parameterFile {
	if n == nil || n.Kind != syntax.Mapping {
		return nil
	}
	for _, p := range n.Pairs {
		switch {
		case p.Value == nil || p.Value.Tag != "":
			return nil
		case p.Value.IsScalar():
			x.values = append(x.values, cfneval.Given{Name: p.Key, Text: p.Value.Text, Span: p.Value.Extent()})
		case p.Value.Kind == syntax.Sequence && !slices.ContainsFunc(p.Value.Items, func(i *syntax.Node) bool { return !i.IsScalar() }):
			var list []string
			for _, i := range p.Value.Items {
				list = append(list, i.Text)
			}
			x.values = append(x.values, cfneval.Given{Name: p.Key, Text: strings.Join(list, ","), Span: p.Value.Extent()})
		default:
			return nil
		}
	}
	return x
}

// texts are the entries of a mapping that are texts.
func texts(n *syntax.Node) []cfneval.Given {
	if n == nil || n.Kind != syntax.Mapping {
		return nil
	}
	var out []cfneval.Given
	for _, p := range n.Pairs {
		if p.Value.IsScalar() {
			out = append(out, cfneval.Given{Name: p.Key, Text: p.Value.Text, Span: p.Value.Extent()})
		}
	}
	return out
}

// tellsAnything reports that a file says something of a deployment: values, or the
// tags of the stack of a template that it names.
func (x *parameterFile) tellsAnything() bool {
	return len(x.values) > 0 || x.template != "" && len(x.tags) > 0
}

// samConfig reads samconfig.toml: an environment each, with what "sam deploy" is to
// be given there.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
func samConfig(f *source.File) ([]*parameterFile, error) {
	environments := map[string]any{}
	if _, err := toml.Decode(string(f.Content), &environments); err != nil {
		return nil, err
	}
	var out []*parameterFile
	for _, name := range sortedKeys(environments) {
		setting := func(key string) any {
			for _, command := range []string{"deploy", "global"} {
				if v := below(environments[name], command, "parameters", key); v != nil {
					return v
				}
			}
			return nil
		}
		text := func(key string) string {
			s, _ := setting(key).(string)
			return s
		}
		x := &parameterFile{path: f.Path, certain: true, world: name, at: f.Whole().Head(), region: text("region"), stackName: text("stack_name"),
			template: firstText(text("template_file"), text("template"), "template.yaml")}
		x.values = assignments(f, setting("parameter_overrides"))
		x.tags = assignments(f, setting("tags"))
		if len(x.values) > 0 || len(x.tags) > 0 || x.region != "" || x.stackName != "" {
			out = append(out, x)
		}
	}
	if len(out) == 1 && out[0].world == "default" {
		out[0].world = ""
	}
	return out, nil
}

// assignments are the entries of a setting that are of the form name=text.
func assignments(f *source.File, setting any) []cfneval.Given {
	var out []cfneval.Given
	for _, entry := range overrides(setting) {
		if name, text, ok := strings.Cut(entry, "="); ok {
			name = strings.Trim(strings.TrimSpace(name), `"'`)
			out = append(out, cfneval.Given{Name: name, Text: strings.Trim(text, `"'`), Span: line(f, name)})
		}
	}
	return out
}

// below follows keys through tables.
func below(v any, keys ...string) any {
	for _, k := range keys {
		table, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = table[k]
	}
	return v
}

func firstText(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func sortedKeys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// overrides are the entries of parameter_overrides: a list, a table, or a text with
// blanks between them, in which values may be quoted.
func overrides(v any) []string {
	switch v := v.(type) {
	case map[string]any:
		var out []string
		for _, k := range sortedKeys(v) {
			out = append(out, k+"="+fmt.Sprint(v[k]))
		}
		return out
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, fmt.Sprint(x))
		}
		return out
	case string:
		var out []string
		var quote rune
		start := -1
		for i, r := range v + " " {
			switch {
			case quote != 0:
				if r == quote {
					quote = 0
				}
			case r == '"' || r == '\'':
				quote = r
			case r == ' ' || r == '\n' || r == '\t':
				if start >= 0 {
					out = append(out, v[start:i])
				}
				start = -1
				continue
			}
			if start < 0 {
				start = i
			}
		}
		return out
	}
	return nil
}

// line is the first line on which a name stands.
func line(f *source.File, name string) source.Span {
	if i := bytes.Index(f.Content, []byte(name)); i >= 0 {
		return f.Code(f.Position(f.Span(i, i).Pos).Line)
	}
	return f.Whole().Head()
}

// worldOf names a deployment by what the path of its file has that is not that of
// the template, and no word for parameters.
func (x *parameterFile) worldOf(template string) string {
	if x.world != "" {
		return x.world
	}
	stem := func(p string) string {
		base := path.Base(p)
		name, _, _ := strings.Cut(base, ".")
		return strings.ToLower(name)
	}
	known := strings.FieldsFunc(stem(template), isSeparator)
	var words []string
	base := path.Base(x.path)
	for _, w := range strings.FieldsFunc(strings.TrimSuffix(base, path.Ext(base)), func(r rune) bool { return isSeparator(r) || r == '.' }) {
		lower := strings.ToLower(w)
		if !slices.Contains(known, lower) && !parameterWord[lower] {
			words = append(words, w)
		}
	}
	if len(words) > 0 {
		return strings.Join(words, "-")
	}
	dir := path.Base(path.Dir(x.path))
	if path.Dir(x.path) != path.Dir(template) && dir != "." && !parameterWord[strings.ToLower(dir)] {
		return dir
	}
	return ""
}

func isSeparator(r rune) bool { return r == '-' || r == '_' }

// parameterWord are the words by which people call such files.
var parameterWord = map[string]bool{"parameters": true, "parameter": true, "params": true, "param": true, "config": true, "configuration": true, "cfn": true, "stack": true,
	"template": true, "deployment": true, "deploy": true, "values": true, "vars": true, "json": true, "yaml": true, "yml": true, "overrides": true, "samconfig": true}
