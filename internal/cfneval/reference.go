package cfneval

import (
	"strings"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// ref evaluates Ref.
func (t *Template) ref(c call) value.Value {
	name, ok := literal(c.arg)
	if !ok {
		if _, computed := callOf(c.arg); computed { // allowed by AWS::LanguageExtensions
			return t.spread(c.at(), []value.Value{t.eval(c.arg, c.sc)}, func(vs []value.Value) value.Value {
				if name, ok := vs[0].Str(); ok {
					return t.named(name, c.at(), c.sc)
				}
				return t.unknown(value.KindAny, c.at(), vs[0])
			})
		}
		return t.invalid(c.at(), "cloudformation-reference", "Ref takes a name")
	}
	return t.named(name, c.at(), c.sc)
}

// named is what Ref gives for a name: the value of an input, or what
// identifies a resource once it exists.
func (t *Template) named(name string, at source.Span, sc *scope) value.Value {
	if name == "AWS::NoValue" {
		return value.Value{}
	}
	if p := t.input(name); p != nil {
		return t.inputValue(p, sc, at)
	}
	if id, ok := t.aliases[name]; ok {
		name = id
	}
	if _, ok := t.resources[name]; !ok && !t.generated {
		if module, inner := t.moduleOf(name); module != "" {
			return t.computed(module, inner, value.KindString, at)
		}
		return t.invalid(at, "cloudformation-reference", "there is no parameter or resource %q", name)
	}
	return t.computed(name, "Ref", value.KindString, at)
}

// getAtt evaluates Fn::GetAtt, given as "Resource.Attribute" or as a list.
func (t *Template) getAtt(c call) value.Value {
	if text, ok := literal(c.arg); ok {
		id, attr, _ := strings.Cut(text, ".")
		return t.attribute(id, attr, c.at())
	}
	args, ok := t.arguments(c, 2, 2)
	if !ok {
		return t.broken(c)
	}
	vs := []value.Value{t.eval(args[0], c.sc), t.eval(args[1], c.sc)}
	return t.spread(c.at(), vs, func(vs []value.Value) value.Value {
		id, ok := vs[0].Str()
		if !ok {
			return t.unknown(value.KindAny, c.at(), vs...)
		}
		attr, ok := vs[1].Str()
		if !ok {
			return t.unknown(value.KindAny, c.at(), vs[1]).WithRefs(value.Ref{Addr: t.opt.Prefix + id})
		}
		return t.attribute(id, attr, c.at())
	})
}

// attribute is what Fn::GetAtt gives.
func (t *Template) attribute(id, attr string, at source.Span) value.Value {
	if known, rest := t.aliased(id + "." + attr); known != "" {
		if rest == "" { // Fn::Sub writes Ref in this way as well
			return t.computed(known, "Ref", value.KindString, at)
		}
		id, attr = known, rest
	}
	r, ok := t.resources[id]
	if !ok && !t.generated {
		if module, inner := t.moduleOf(id); module != "" {
			return t.computed(module, inner+"."+attr, value.KindAny, at)
		}
		return t.invalid(at, "cloudformation-reference", "there is no resource %q", id)
	}
	if output, nested := strings.CutPrefix(attr, "Outputs."); nested && t.opt.Output != nil {
		if v, ok := t.opt.Output(id, output, at); ok {
			return v
		}
	}
	return t.computed(id, attr, attributeKind(r.Type, attr), at)
}

// aliased reads the longest beginning of a dotted name that stands for a resource; the
// rest names an attribute.
func (t *Template) aliased(name string) (id, attr string) {
	for end := len(name); end > 0; end = strings.LastIndexByte(name[:end], '.') {
		if id, ok := t.aliases[name[:end]]; ok {
			return id, strings.TrimPrefix(name[end:], ".")
		}
	}
	return "", ""
}

// moduleOf finds the module that cannot be read of which a name may be that of a
// resource: both logical ids, with or without a period between them.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/module-ref-resources.html
func (t *Template) moduleOf(name string) (id, inner string) {
	for known, r := range t.resources {
		if rest, ok := strings.CutPrefix(name, known); ok && IsModule(r.Type) && len(known) > len(id) && strings.Trim(rest, ".") != "" {
			id, inner = known, strings.TrimPrefix(rest, ".")
		}
	}
	return id, inner
}

// IsModule reports the type of a module in the registry of CloudFormation.
func IsModule(typ string) bool { return strings.HasSuffix(typ, "::MODULE") }

// attributeKind is the shape of an attribute. Those of custom resources and
// nested stacks may have any.
func attributeKind(typ, attr string) value.Kind {
	switch attr {
	case "CidrBlockAssociations", "DnsEntries", "Ipv6CidrBlocks", "NameServers", "NetworkInterfaceIds", "PrimaryPrivateIpAddresses",
		"SecondaryPrivateIpAddresses", "ReadEndpoint.Addresses.List", "ReadEndpoint.Ports.List":
		return value.KindList
	}
	if typ == "" || IsModule(typ) || typ == "AWS::CloudFormation::Stack" || typ == "AWS::CloudFormation::CustomResource" || strings.HasPrefix(typ, "Custom::") {
		return value.KindAny
	}
	return value.KindString
}

// computed is known once the resource exists.
func (t *Template) computed(id, attr string, kind value.Kind, at source.Span) value.Value {
	name := id + "." + attr
	if attr == "Ref" {
		name = "Ref " + id
	}
	why := t.origin(value.Computed, name, "is known once the resource exists", source.Span{})
	v := value.OfUnknown(kind, at, why).WithRefs(value.Ref{Addr: t.opt.Prefix + id, Attr: attr})
	if attr == "Ref" || kind == value.KindString && (strings.HasSuffix(attr, "Arn") || attr == "KeyId") {
		return v.Given() // whatever exists has an identity
	}
	return v
}

// ExportUnit is the unit of references to what other stacks export. No unit has
// this name, so that all templates that import the same name meet there.
const ExportUnit = "export"

// importValue evaluates Fn::ImportValue.
func importValue(t *Template, c call) value.Value {
	return t.spread(c.at(), []value.Value{t.eval(c.arg, c.sc)}, func(vs []value.Value) value.Value {
		if t.opt.Import != nil {
			if v, ok := t.opt.Import(vs[0], c.at()); ok {
				return v
			}
		}
		return t.Imported(vs[0], c.at(), "which no template of the scan exports")
	})
}

// getStackOutput evaluates Fn::GetStackOutput, which names a stack and an output.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
func getStackOutput(t *Template, c call) value.Value {
	if !isMapping(c.arg) {
		return t.invalid(c.at(), "cloudformation-function", "Fn::GetStackOutput takes StackName and OutputName")
	}
	names := []value.Value{t.eval(c.arg.Get("StackName"), c.sc), t.eval(c.arg.Get("OutputName"), c.sc)}
	return t.spread(c.at(), names, func(vs []value.Value) value.Value {
		stack, known := vs[0].Str()
		output, named := vs[1].Str()
		if !known || !named {
			return t.unknown(value.KindString, c.at(), vs...)
		}
		if t.opt.StackOutput != nil {
			if v, ok := t.opt.StackOutput(stack, output, c.at()); ok {
				return v
			}
		}
		name := "stack " + stack + " output " + output // two that read it mean the same thing
		why := t.origin(value.ImportValue, "Fn::GetStackOutput", "reads "+output+" of the stack "+stack+", which is not in the scan", c.at())
		return value.OfUnknown(value.KindString, c.at(), why).WithRefs(value.Ref{Unit: ExportUnit, Addr: name})
	})
}

// Imported is the value of an import that the scan does not resolve, and why not. Its
// identity is the name; one that is not known means the same within the
// template only.
func (t *Template) Imported(name value.Value, at source.Span, reason string) value.Value {
	ref := value.Ref{Unit: ExportUnit, Addr: name.Text()}
	if _, ok := name.Str(); !ok {
		ref = value.Ref{Addr: t.opt.Prefix + "import " + t.pattern(name)}
	}
	why := t.origin(value.ImportValue, "Fn::ImportValue", "imports "+value.Show(name)+", "+reason, at, name.Origin())
	return value.OfUnknown(value.KindString, at, why).WithRefs(ref)
}

// pattern writes a partly known text with the names of what is not known.
func (t *Template) pattern(v value.Value) string {
	if s, ok := v.Str(); ok {
		return s
	}
	var b strings.Builder
	for _, p := range v.Parts() {
		b.WriteString(t.pattern(p))
	}
	if b.Len() > 0 {
		return b.String()
	}
	return "${" + t.opt.Origins.At(v.Origin()).Name + "}"
}

// SamePattern reports that two texts, of which one at least is known in part
// only, may be the same: a known text fits the pieces of the other, or both
// consist of the same pieces around what is not known.
func SamePattern(a, b value.Value) bool {
	if text, ok := a.Str(); ok {
		return fits(b, text)
	}
	if text, ok := b.Str(); ok {
		return fits(a, text)
	}
	pa, pb := a.Parts(), b.Parts()
	if len(pa) != len(pb) {
		return false
	}
	known := false
	for i := range pa {
		ta, oka := pa[i].Str()
		tb, okb := pb[i].Str()
		if oka != okb || ta != tb {
			return false
		}
		known = known || oka && strings.Trim(ta, "-:_/.") != ""
	}
	return known
}

// fits reports that a partly known text may be the given one, and that its
// known pieces say something.
func fits(v value.Value, text string) bool {
	for _, p := range v.Parts() {
		if known, ok := p.Str(); ok && strings.Trim(known, "-:_/.") != "" {
			return !cannotBe(v, text)
		}
	}
	return false
}
