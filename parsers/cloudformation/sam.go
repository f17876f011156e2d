package cloudformation

import (
	"strings"

	"github.com/wacheck/wacheck/internal/cfneval"
	"github.com/wacheck/wacheck/parsers/cloudformation/sam"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

// transforms are the macros that a template names for all of itself.
type transforms struct {
	// sam is the transform of the Serverless Application Model.
	sam bool
	// extensions is AWS::LanguageExtensions, which is evaluated.
	extensions bool
	// macro is another one, of which nobody can tell what it does.
	macro *syntax.Node
}

// any reports that a transform may add resources.
func (t transforms) any() bool { return t.sam || t.macro != nil }

func readTransforms(root *syntax.Node) transforms {
	var t transforms
	n := root.Get("Transform")
	if n == nil {
		return t
	}
	list := []*syntax.Node{n}
	if n.Kind == syntax.Sequence {
		list = n.Items
	}
	for _, item := range list {
		switch {
		case item.Kind == syntax.Null:
		case strings.HasPrefix(item.Text, "AWS::Serverless-"):
			t.sam = true
		case item.Text == "AWS::LanguageExtensions":
			t.extensions = true
		case addsOnly[item.Text]:
		default:
			t.macro = item
		}
	}
	return t
}

// addsOnly are macros of AWS that leave what is written as it is.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-reference.html
var addsOnly = map[string]bool{
	"AWS::CodeDeployBlueGreen":       true, // hooks for deployments; resources stay
	"AWS::SecretsManager-2020-07-23": true, // adds the function of a HostedRotationLambda
	"AWS::SecretsManager-2024-09-16": true,
}

// isServerless reports a resource of SAM. CloudFormation takes it only with the
// transform: where that is not named, something adds it before.
func isServerless(p syntax.Pair) bool {
	typ := p.Value.Get("Type")
	return typ != nil && sam.Expands(typ.Text)
}

// serverless replaces the resources of SAM by those that its transform makes of them.
func (s *stack) serverless(pairs []syntax.Pair) []syntax.Pair {
	s.checkGlobals()
	merged := make([]syntax.Pair, 0, len(pairs))
	for _, p := range pairs {
		if p.Value == nil || p.Value.Kind != syntax.Mapping {
			merged = append(merged, p)
			continue
		}
		typ := p.Value.Get("Type")
		if typ == nil {
			merged = append(merged, p)
			continue
		}
		s.eval.Declare(p.Key, cfneval.Resource{Type: typ.Text, Properties: p.Value.Get("Properties")})
		merged = append(merged, s.withGlobals(p, typ.Text))
	}
	out := sam.Expand(sam.Input{
		Resources: merged,
		Globals:   s.root.Get("Globals"),
		Text:      func(n *syntax.Node) (string, bool) { return s.eval.Eval(n, "").Str() },
		Declared:  func(name string) bool { return s.root.Get("Parameters").Get(name) != nil },
		Uncertain: s.transforms.macro != nil,
		Extended:  s.transforms.extensions,
		Report:    func(l source.Level, at source.Span, msg string) { s.report(l, "cloudformation-sam", at, msg) },
	})
	s.generated, s.computed = out.From, out.Computed
	for name, id := range out.Aliases {
		s.eval.Alias(name, id)
	}
	return out.Resources
}

func isFunction(n *syntax.Node) bool {
	if n.Tag != "" {
		return true
	}
	return n.Kind == syntax.Mapping && len(n.Pairs) == 1 && (n.Pairs[0].Key == "Ref" || strings.HasPrefix(n.Pairs[0].Key, "Fn::"))
}
