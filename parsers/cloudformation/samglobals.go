package cloudformation

import (
	"maps"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/sam"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

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

// replaced are the lists of Globals that those of a resource stand in for.
var replaced = map[string]bool{
	"Function.Architectures":                              true,
	"CapacityProvider.InstanceRequirements.Architectures": true,
}

// maxGlobalPath bounds how deep Globals are merged.
const maxGlobalPath = 4096

// checkGlobals reports the sections of Globals that SAM does not have.
func (s *stack) checkGlobals() {
	globals := s.root.Get("Globals")
	if globals == nil || globals.Kind == syntax.Null {
		return
	}
	if globals.Kind != syntax.Mapping {
		s.report(source.Warning, "cloudformation-sam", globals.Extent(), "Globals is not a mapping")
		return
	}
	for _, p := range globals.Pairs {
		known := slices.ContainsFunc(slices.Collect(maps.Values(globalTypes)), func(section string) bool { return section == p.Key })
		switch {
		case !known:
			s.report(source.Warning, "cloudformation-sam", p.KeySpan, "Globals of SAM have no section "+p.Key)
		case p.Value == nil || p.Value.Kind != syntax.Mapping:
			s.report(source.Warning, "cloudformation-sam", p.KeySpan, "the section "+p.Key+" of Globals is not a mapping")
		default:
			s.checkGlobal(p)
		}
	}
}

// checkGlobal reports the properties of a section that SAM takes of resources alone.
func (s *stack) checkGlobal(section syntax.Pair) {
	if s.transforms.macro != nil {
		return
	}
	for _, p := range section.Value.Pairs {
		if ok, known := sam.KnowsGlobal(section.Key, p.Key); known && !ok && !strings.HasPrefix(p.Key, "Fn::") {
			s.report(source.Warning, "cloudformation-sam", p.KeySpan, "the section "+section.Key+" of Globals has a property "+p.Key+", which SAM takes of resources alone, if at all")
		}
	}
}

// notIgnored leaves out of the defaults what IgnoreGlobals of a resource names: "*",
// or a list of properties.
func (s *stack) notIgnored(globals *syntax.Node, p syntax.Pair, section string) *syntax.Node {
	ignore := p.Value.Get("IgnoreGlobals")
	if ignore == nil || ignore.Kind == syntax.Null {
		return globals
	}
	out := *globals
	switch {
	case ignore.Kind == syntax.String && ignore.Text == "*":
		out.Pairs = nil
	case ignore.Kind == syntax.Sequence:
		for _, item := range ignore.Items {
			if ok, _ := sam.KnowsGlobal(section, item.Text); !ok {
				s.report(source.Warning, "cloudformation-sam", item.Extent(), "IgnoreGlobals of "+p.Key+" names "+item.Text+", which is no property of Globals")
			}
		}
		out.Pairs = slices.DeleteFunc(slices.Clone(globals.Pairs), func(g syntax.Pair) bool {
			return slices.ContainsFunc(ignore.Items, func(item *syntax.Node) bool { return item.Text == g.Key })
		})
	default:
		s.report(source.Warning, "cloudformation-sam", ignore.Extent(), "IgnoreGlobals of "+p.Key+` is neither "*" nor a list of properties`)
	}
	return &out
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
	globals = s.notIgnored(globals, p, section)
	props := p.Value.Get("Properties")
	all := globals
	if props != nil && props.Kind != syntax.Null {
		all = merge(globals, props, section)
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
// key, lists one after the other, and of all else the resource's own. The path
// leads to the two of them.
func merge(global, own *syntax.Node, path string) *syntax.Node {
	if replaced[path] || len(path) > maxGlobalPath || isFunction(global) || isFunction(own) || global.Kind != own.Kind {
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
				o.Value = merge(g, o.Value, path+"."+o.Key)
			}
			out.Pairs = append(out.Pairs, o)
		}
	case syntax.Null, syntax.Bool, syntax.Number, syntax.String, syntax.Unreadable:
	}
	return &out
}
