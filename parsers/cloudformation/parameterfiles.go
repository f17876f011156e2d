package cloudformation

import (
	"bytes"
	"path"
	"slices"
	"strings"

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
	// templates are the names of the template that the file names, the first of which
	// is there counts; none if it names none.
	templates []string
	// world names the deployment, if the file does.
	world string
	form  form
	// region and stackName are those of the deployment, if the file tells.
	region, stackName string
	at                source.Span
}

// form is one of the forms in which values are given to parameters.
type form uint8

const (
	// flatMap is {"Name": "text"}: any file may look so.
	flatMap form = iota
	// cliList is [{"ParameterKey": "Name", "ParameterValue": "text"}].
	cliList
	// pipelineConfiguration is {"Parameters": {"Name": "text"}, "Tags": {}}.
	pipelineConfiguration
	// deploymentFile is that of Git sync.
	deploymentFile
	// samEnvironment is an environment of samconfig.toml or samconfig.yaml.
	samEnvironment
)

// onUnknown says what becomes of a deployment that gives a value to a parameter which
// its template does not have.
func (f form) onUnknown() string {
	switch f {
	case cliList:
		return "create-stack and update-stack fail with it, and deploy leaves it out"
	case pipelineConfiguration, deploymentFile:
		return "the deployment fails"
	case flatMap, samEnvironment:
	}
	return "the deployment leaves it out"
}

const codeParameterFile = "parameter-file"

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
	// samconfig.toml is told apart (Options.SAMConfigs): it is neither YAML nor JSON
	return isSAMConfig(p) && path.Ext(p) != ".toml" || strings.Contains(strings.ToLower(p), "param")
}

// readParameterFile tells the forms apart. It returns nil for a file of any other
// kind. The diagnostics tell what in it can't be read, or why all of it can't.
// https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/ (a list, or a map)
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/git-sync-concepts-terms.html
func readParameterFile(f *source.File) (*parameterFile, []source.Diagnostic) {
	docs, diags := syntax.Parse(f)
	if len(docs) != 1 || slices.ContainsFunc(diags, func(d source.Diagnostic) bool { return d.Level == source.Error }) {
		return nil, diags
	}
	root := docs[0]
	out := &parameterFile{path: f.Path, at: f.Whole().Head()}
	switch {
	case root.Kind == syntax.Sequence:
		out.form = cliList
		return out.list(root)
	case root.Kind != syntax.Mapping:
		return nil, nil
	case root.Get("template-file-path") != nil:
		out.templates, out.form = []string{root.Get("template-file-path").Text}, deploymentFile
		out.tags = texts(root.Get("tags"))
		if root.Get("parameters") == nil {
			return out, nil
		}
		return out.mapping(root.Get("parameters"))
	case root.Get("Parameters") != nil && !slices.ContainsFunc(root.Pairs, func(p syntax.Pair) bool { return !codePipeline[p.Key] }):
		out.form = pipelineConfiguration
		out.tags = texts(root.Get("Tags"))
		return out.mapping(root.Get("Parameters"))
	}
	return out.mapping(root)
}

// codePipeline are the sections of a template configuration file.
var codePipeline = map[string]bool{"Parameters": true, "Tags": true, "StackPolicy": true}

// list reads [{"ParameterKey": "a", "ParameterValue": "b"}].
func (x *parameterFile) list(n *syntax.Node) (*parameterFile, []source.Diagnostic) {
	if !slices.ContainsFunc(n.Items, func(i *syntax.Node) bool { return i.Get("ParameterKey").IsScalar() }) {
		return nil, nil
	}
	var diags []source.Diagnostic
	for _, item := range n.Items {
		key, val := item.Get("ParameterKey"), item.Get("ParameterValue")
		switch {
		case !key.IsScalar():
			diags = append(diags, source.Diagnostic{Level: source.Warning, Code: codeParameterFile, Span: item.Extent(), Message: "is no entry of a parameter file: it has no ParameterKey"})
		case val.IsScalar():
			x.values = append(x.values, cfneval.Given{Name: key.Text, Text: val.Text, Span: val.Extent()})
		case val != nil:
			diags = append(diags, source.Diagnostic{Level: source.Warning, Code: codeParameterFile, Span: val.Extent(), Message: "the value of " + key.Text + " is not a text"})
		} // without a value it is UsePreviousValue: nothing is told
	}
	return x, diags
}

// mapping reads {"a": "b"}; a list of texts is one with commas.
func (x *parameterFile) mapping(n *syntax.Node) (*parameterFile, []source.Diagnostic) {
	if n == nil || n.Kind != syntax.Mapping {
		return nil, nil
	}
	for _, p := range n.Pairs {
		text, ok := listedText(p.Value)
		if !ok {
			return nil, nil
		}
		x.values = append(x.values, cfneval.Given{Name: p.Key, Text: text, Span: p.Value.Extent()})
	}
	return x, nil
}

// listedText is a scalar, or a list of them with commas between.
func listedText(n *syntax.Node) (string, bool) {
	switch {
	case n == nil || n.Tag != "":
		return "", false
	case n.IsScalar():
		return n.Text, true
	case n.Kind != syntax.Sequence:
		return "", false
	}
	var list []string
	for _, i := range n.Items {
		if !i.IsScalar() {
			return "", false
		}
		list = append(list, i.Text)
	}
	return strings.Join(list, ","), true
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
	return len(x.values) > 0 || x.templates != nil && len(x.tags) > 0
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
