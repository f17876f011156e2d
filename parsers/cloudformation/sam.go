package cloudformation

import (
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
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

// withGlobals returns the properties of a resource with the defaults that the
// Globals section gives for its type.
func (s *stack) withGlobals(typ string, props *syntax.Node) *syntax.Node {
	section, ok := globalTypes[typ]
	if !ok || !s.transforms.sam {
		return props
	}
	globals := s.root.Get("Globals").Get(section)
	if globals == nil || globals.Kind != syntax.Mapping {
		return props
	}
	if props == nil || props.Kind == syntax.Null {
		return globals
	}
	return merge(globals, props, 0)
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
