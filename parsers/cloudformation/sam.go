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

// globalTypes are the SAM types for which Globals hold defaults.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
var globalTypes = map[string]string{
	"AWS::Serverless::Function":         "Function",
	"AWS::Serverless::Api":              "Api",
	"AWS::Serverless::HttpApi":          "HttpApi",
	"AWS::Serverless::SimpleTable":      "SimpleTable",
	"AWS::Serverless::StateMachine":     "StateMachine",
	"AWS::Serverless::LayerVersion":     "LayerVersion",
	"AWS::Serverless::CapacityProvider": "CapacityProvider",
	"AWS::Serverless::WebSocketApi":     "WebSocketApi",
}

// isServerless reports a resource of SAM. CloudFormation takes it only with the
// transform: where that is not named, something adds it before.
func isServerless(p syntax.Pair) bool {
	typ := p.Value.Get("Type")
	return typ != nil && sam.Expands(typ.Text)
}

// serverless replaces the resources of SAM by those that its transform makes of them.
func (s *stack) serverless(pairs []syntax.Pair) []syntax.Pair {
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
		Report:    func(l source.Level, at source.Span, msg string) { s.report(l, "cloudformation-sam", at, msg) },
	})
	s.generated, s.computed = out.From, out.Computed
	for name, id := range out.Aliases {
		s.eval.Alias(name, id)
	}
	return out.Resources
}

// withGlobals returns a resource with the defaults that the Globals section gives
// for its type.
func (s *stack) withGlobals(p syntax.Pair, typ string) syntax.Pair {
	section, ok := globalTypes[typ]
	if !ok {
		return p
	}
	globals := s.root.Get("Globals").Get(section)
	if globals == nil || globals.Kind != syntax.Mapping {
		return p
	}
	props := p.Value.Get("Properties")
	all := globals
	if props != nil && props.Kind != syntax.Null {
		all = merge(globals, props, 0)
	}
	body := *p.Value
	body.Pairs = nil
	set := false
	for _, entry := range p.Value.Pairs {
		if entry.Key == "Properties" {
			entry.Value, set = all, true
		}
		body.Pairs = append(body.Pairs, entry)
	}
	if !set {
		body.Pairs = append(body.Pairs, syntax.Pair{Key: "Properties", KeySpan: globals.Extent(), Value: all})
	}
	p.Value = &body
	return p
}

// merge combines a default with what a resource says itself: mappings key by
// key, lists one after the other, and of all else the resource's own.
func merge(global, own *syntax.Node, depth int) *syntax.Node {
	if depth > 100 || isFunction(global) || isFunction(own) || global.Kind != own.Kind {
		return own
	}
	out := *own
	switch own.Kind {
	case syntax.Sequence:
		out.Items = append(append([]*syntax.Node(nil), global.Items...), own.Items...)
	case syntax.Mapping:
		out.Pairs = nil
		for _, g := range global.Pairs {
			if own.Get(g.Key) == nil {
				out.Pairs = append(out.Pairs, g)
			}
		}
		for _, o := range own.Pairs {
			if g := global.Get(o.Key); g != nil && o.Value != nil {
				o.Value = merge(g, o.Value, depth+1)
			}
			out.Pairs = append(out.Pairs, o)
		}
	case syntax.Null, syntax.Bool, syntax.Number, syntax.String, syntax.Unreadable:
	}
	return &out
}

func isFunction(n *syntax.Node) bool {
	if n.Tag != "" {
		return true
	}
	return n.Kind == syntax.Mapping && len(n.Pairs) == 1 && (n.Pairs[0].Key == "Ref" || strings.HasPrefix(n.Pairs[0].Key, "Fn::"))
}
