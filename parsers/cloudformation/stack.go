package cloudformation

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// Codes of diagnostics, of this package and of syntax.
const (
	codeStructure = "cloudformation-structure"
	codeDuplicate = "duplicate-key"
)

// stack is one template on its way to a part of the graph.
type stack struct {
	loader *loader
	file   *source.File
	path   string

	root        *syntax.Node
	status      FileStatus
	syntaxDiags []source.Diagnostic
	diags       []source.Diagnostic
	// broken are the places of faults that may hide something.
	broken []source.Span

	// deployment is what is known of where and with what the template is deployed.
	deployment Deployment
	transforms transforms
	// generated names the resource that SAM made a resource of, by logical id.
	generated map[string]string
	// computed names the property of a resource that SAM computes of what is not
	// known here.
	computed  map[string][]string
	eval      *cfneval.Template
	part      *graph.Part
	resources []syntax.Pair

	nesting
	modules
}

// parse reads the file, decides whether it is a template, and prepares the
// evaluation.
func (s *stack) parse() {
	docs, diags := syntax.Parse(s.file)
	s.syntaxDiags = diags
	for _, d := range diags {
		if d.Level == source.Error && d.Span.IsValid() {
			s.broken = append(s.broken, d.Span)
		}
	}
	var reason string
	for _, doc := range docs {
		if ok, why := isTemplate(doc); ok {
			s.root = doc
			break
		} else if reason == "" {
			reason = why
		}
	}
	switch {
	case s.root != nil:
		s.status = FileStatus{Kind: Template}
		s.prepare(nil)
	case len(s.broken) > 0:
		s.status = FileStatus{Kind: Broken, Reason: "could not be parsed"}
	default:
		if reason == "" {
			reason = "is not a mapping"
		}
		s.status = FileStatus{Kind: NotTemplate, Reason: reason}
	}
}

// isTemplate tells templates from other mappings: they say so, or have
// resources of types with colons.
func isTemplate(root *syntax.Node) (ok bool, reason string) {
	if root == nil || root.Kind != syntax.Mapping {
		return false, "is not a mapping"
	}
	if root.Get("AWSTemplateFormatVersion") != nil {
		return true, ""
	}
	resources := root.Get("Resources")
	if resources == nil {
		return false, "has neither AWSTemplateFormatVersion nor Resources"
	}
	for _, p := range resources.Pairs {
		if strings.HasPrefix(p.Key, "Fn::") {
			return true, ""
		}
		if typ := p.Value.Get("Type"); typ != nil && strings.Contains(typ.Text, "::") {
			return true, ""
		}
	}
	return false, "has no resource with a type"
}

// prepare reads the sections that others refer to. Given are the values that
// the stacks which nest this one pass for its parameters.
func (s *stack) prepare(given map[string]value.Value) {
	o, d := s.loader.opt, s.deployment
	if s.elsewhere {
		o.Region, o.AccountID, d.Region, d.AccountID = "", "", "", ""
	}
	s.diags, s.resources = nil, nil
	s.transforms = readTransforms(s.root)
	s.eval = cfneval.New(s.root, cfneval.Options{
		Unit:       s.key(),
		Parameters: s.parameters(), Region: cmp.Or(o.Region, d.Region), AccountID: cmp.Or(o.AccountID, d.AccountID), StackName: d.StackName, Origins: o.Origins,
		IsPlaceholder: d.IsPlaceholder, Files: d.given, Guessed: d.guessed,
		Report:      func(d source.Diagnostic) { s.diags = append(s.diags, d) },
		Import:      s.resolveImport,
		StackOutput: s.resolveStackOutput,
		Output:      s.resolveOutput,
		Stored:      s.resolveStored,
		Given:       given,
		Duplicates:  s.duplicates(),
		Opens:       s.macro(),
		Prefix:      s.prefix, Module: s.in != nil,
	})
	if s.transforms.any() {
		s.eval.Generates()
	}
	s.listResources()
	for _, p := range s.resources {
		typ := p.Value.Get("Type")
		if typ == nil {
			continue
		}
		s.eval.Declare(p.Key, cfneval.Resource{Type: typ.Text, Properties: p.Value.Get("Properties")})
	}
	s.useModules()
}

// duplicates are the keys that are written twice, of which the parser keeps
// the first.
func (s *stack) duplicates() []cfneval.Duplicate {
	var out []cfneval.Duplicate
	for _, d := range s.syntaxDiags {
		if d.Code == codeDuplicate {
			out = append(out, cfneval.Duplicate{Key: keyText(s.file, d.Span), Span: d.Span})
		}
	}
	return out
}

// listResources reads the Resources section, loops written out.
func (s *stack) listResources() {
	pair, ok := s.root.Lookup("Resources")
	if s.in != nil {
		s.part = s.in.part
		s.checkFragment()
	} else {
		s.part = &graph.Part{Unit: s.newUnit(pair), Exports: map[string]value.Value{}}
	}
	switch {
	case !ok:
		s.report(source.Error, codeStructure, s.root.Extent().Head(), "the template has no Resources")
		s.part.Unit.Broken = true
	case pair.Value.Kind != syntax.Mapping:
		s.report(source.Error, codeStructure, pair.KeySpan, "Resources is not a mapping")
		s.part.Unit.Broken = true
	default:
		pairs, open := s.eval.Expand(pair.Value, "")
		if s.transforms.sam || slices.ContainsFunc(pairs, isServerless) {
			s.eval.Generates()
			pairs = s.serverless(pairs)
		}
		s.part.Unit.Broken = s.part.Unit.Broken || open
		s.keepResources(pairs)
	}
}

// keepResources drops what is no resource, and all but the first of a name.
func (s *stack) keepResources(pairs []syntax.Pair) {
	seen := map[string]bool{}
	for _, p := range pairs {
		switch {
		case p.Key == "Fn::Transform":
			s.report(source.Note, "cloudformation-macro", p.KeySpan, "the resources that a macro adds are not known")
			s.part.Unit.Broken = true
			s.eval.Generates()
		case seen[p.Key]:
			s.report(source.Error, codeStructure, p.KeySpan, "the loop makes a second resource "+p.Key+", which is left out")
			s.part.Unit.Broken = true
		default:
			seen[p.Key] = true
			s.resources = append(s.resources, p)
		}
	}
}

// world names the inputs of the stack.
func (s *stack) world() string {
	return cmp.Or(s.loader.opt.World, s.deployment.World)
}

// key is that of the unit that the stack makes.
func (s *stack) key() string {
	if s.in != nil {
		return s.in.key()
	}
	if w := s.world(); w != "" {
		return s.path + "@" + w
	}
	return s.path
}

// parameters are those of the user, and of the deployment.
func (s *stack) parameters() map[string]string {
	d := s.deployment
	if s.in != nil { // it has those that it is given
		return nil
	}
	if len(d.Parameters) == 0 {
		return s.loader.opt.Parameters
	}
	out := maps.Clone(d.Parameters)
	maps.Copy(out, s.loader.opt.Parameters)
	return out
}

func (s *stack) newUnit(resources syntax.Pair) *graph.Unit {
	o := s.loader.opt
	u := &graph.Unit{
		Key: s.key(), Lang: graph.CloudFormation, Dir: path.Dir(s.path), Path: s.path, World: s.world(), Anchor: resources.KeySpan,
	}
	if !u.Anchor.IsValid() {
		u.Anchor = s.root.Extent().Head()
	}
	if isExample(s.path, o.ScanRoots) {
		u.Kind = graph.Example
	}
	for _, d := range s.syntaxDiags {
		if d.Level == source.Error && d.Code != codeDuplicate {
			u.Broken = true
		}
	}
	if s.transforms.macro != nil {
		u.Broken = true
		s.report(source.Note, "cloudformation-macro", s.transforms.macro.Extent(),
			"the macro "+s.transforms.macro.Text+" may change the whole template: what is not written in it is not known")
	}
	u.Inputs = s.eval.Parameters(s.root.Extent().Head())
	u.Tags = s.givenTags()
	if id := s.deployment.AccountID; id != "" && !s.elsewhere {
		u.Account = value.OfString(id, u.Anchor)
	}
	return u
}

// isExample reports that a path lies in a directory that shows or tests
// something, below the root of the scan that holds it.
func isExample(p string, roots []string) bool {
	rel := p
	best := -1
	for _, root := range roots {
		root = path.Clean(root)
		if root == "." && best < 0 {
			best, rel = 0, p
		}
		if strings.HasPrefix(p, root+"/") && len(root) > best {
			best, rel = len(root), p[len(root)+1:]
		}
	}
	for segment := range strings.SplitSeq(path.Dir(rel), "/") {
		switch segment {
		case "examples", "example", "test", "tests", "fixtures":
			return true
		}
	}
	return false
}

func (s *stack) report(l source.Level, code string, at source.Span, msg string) {
	s.diags = append(s.diags, source.Diagnostic{Level: l, Code: code, Span: at, Message: msg})
}
