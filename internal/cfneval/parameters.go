package cfneval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// parameter is an input of the template: an entry of the Parameters section or
// a pseudo parameter.
type parameter struct {
	name, typ string
	span      source.Span
	// value is what is known of it without regard to conditions.
	value value.Value
	// domain is the set of values of which it is one; nil if it has a value, or
	// if nothing compares it with anything.
	domain *domain
	// permits says whether a value is allowed; nil if any is.
	permits func(string) bool
	// byDefault says that the value is the default.
	byDefault bool
	// secret says that the value must not be shown.
	secret bool
}

// list reports whether the parameter is a list of texts.
func (p *parameter) list() bool {
	return p.typ == "CommaDelimitedList" || strings.HasPrefix(p.typ, "List<")
}

// stored reports whether the template names a parameter of Systems Manager,
// of which the value is taken at deployment.
func (p *parameter) stored() bool { return strings.HasPrefix(p.typ, "AWS::SSM::Parameter::Value<") }

// existing reports whether the parameter names something that must exist in
// the account before the stack does, such as AWS::EC2::VPC::Id.
func (p *parameter) existing() bool {
	return strings.Contains(p.typ, "AWS::") && !strings.HasPrefix(p.typ, "AWS::SSM::")
}

// input returns a parameter or pseudo parameter, or nil.
func (t *Template) input(name string) *parameter {
	if p := t.params[name]; p != nil {
		return p
	}
	return t.pseudo[name]
}

func (t *Template) readParameters(n *syntax.Node) {
	if n == nil {
		return
	}
	if !isMapping(n) {
		t.report(source.Error, "cloudformation-structure", n.Span, "Parameters is not a mapping")
		return
	}
	for _, pair := range n.Pairs {
		if strings.HasPrefix(pair.Key, "Fn::") {
			t.transformNote(pair.KeySpan)
			continue
		}
		if t.params[pair.Key] == nil {
			t.paramOrder = append(t.paramOrder, pair.Key)
		}
		t.params[pair.Key] = t.readParameter(pair)
	}
}

func (t *Template) readParameter(pair syntax.Pair) *parameter {
	def := pair.Value
	p := &parameter{name: pair.Key, typ: "String", span: pair.KeySpan}
	if def == nil || !isMapping(def) {
		p.value = t.invalid(pair.KeySpan, "cloudformation-structure", "the parameter %s is not a mapping", pair.Key)
		return p
	}
	if typ, ok := literal(def.Get("Type")); ok {
		p.typ = typ
	}
	if !t.opt.Module {
		p.permits = constraint(def)
	}
	if secret, ok := literal(def.Get("NoEcho")); ok {
		p.secret = strings.EqualFold(secret, "true")
	}
	p.value = t.parameterValue(p, def)
	if p.secret {
		p.value = p.value.Sensitive()
		if p.domain != nil {
			for i := range p.domain.values {
				p.domain.values[i] = p.domain.values[i].Sensitive()
			}
		}
	}
	return p
}

func (t *Template) parameterValue(p *parameter, def *syntax.Node) value.Value {
	name := "Parameters." + p.name
	if v, ok := t.opt.Given[p.name]; ok && !p.stored() {
		return t.givenByParent(p, def, v)
	}
	given, isGiven := t.opt.Parameters[p.name]
	var at source.Span
	detail := ""
	if i := slices.IndexFunc(t.opt.Files, func(g Given) bool { return g.Name == p.name }); i >= 0 && !isGiven {
		given, isGiven, at = t.opt.Files[i].Text, true, t.opt.Files[i].Span
		if t.opt.Guessed {
			detail = "in a file that is taken to be for this template by its name and parameters"
		}
	}
	dflt := def.Get("Default")
	switch {
	case p.stored():
		if v, ok := t.storedParameter(p, def, given, isGiven); ok {
			return v
		}
		detail = "is read from Systems Manager when the stack is deployed"
		if text, ok := literal(dflt); isGiven || ok {
			if isGiven {
				text = given
			}
			detail = fmt.Sprintf("is read from the Systems Manager parameter %q when the stack is deployed", text)
		}
		return value.OfUnknown(p.kind(), p.span, t.origin(value.DynamicReference, name, detail, p.span))
	case isGiven:
		return p.typed(value.OfString(given, p.span), t.origin(value.ParameterFile, name, detail, at))
	}
	if allowed := def.Get("AllowedValues"); !t.opt.Module && allowed != nil && isSequence(allowed) && len(allowed.Items) > 0 {
		return t.oneOfAllowed(p, allowed, dflt)
	}
	if dflt != nil && !isNull(dflt) {
		v := t.scalarValue(dflt)
		if isSequence(dflt) {
			v = assemble(t.items(dflt, nil), dflt.Extent())
		}
		p.byDefault = true
		return p.typed(v, t.origin(value.ParameterDefault, name, t.onDefault(), dflt.Extent()))
	}
	if v, ok := t.oneOfPattern(p, def); ok && !t.opt.Module {
		return v
	}
	return t.withoutValue(p, t.origin(value.NoValue, name, "has no default", p.span))
}

// onDefault says how much a default counts: a parent stack or a parameter file that gives
// no other value settles it, and all others who deploy the stack may.
func (t *Template) onDefault() string {
	if t.opt.Given != nil || t.opt.Module || len(t.opt.Files) > 0 {
		return ""
	}
	return "a deployment may give another value"
}

// storedParameter is the value of a parameter that names one of Systems Manager which
// the scan makes.
func (t *Template) storedParameter(p *parameter, def *syntax.Node, given string, isGiven bool) (value.Value, bool) {
	name, passed := t.opt.Given[p.name]
	switch text, ok := literal(def.Get("Default")); {
	case t.opt.Stored == nil:
		return value.Value{}, false
	case passed:
	case isGiven:
		name = value.OfString(given, p.span)
	case !ok || isSequence(def.Get("AllowedValues")): // then it may be another one
		return value.Value{}, false
	default:
		name = value.OfString(text, def.Get("Default").Extent())
	}
	v, ok := t.opt.Stored(name, "Parameters."+p.name, p.span)
	if ok && p.kind() == value.KindList {
		v = listOfText(v, ",")
	}
	return v, ok
}

// givenByParent is a value that a parent stack passes to a nested one. A list
// parameter may be given as text with commas. A value of which nothing is known
// must still be one of the AllowedValues.
func (t *Template) givenByParent(p *parameter, def *syntax.Node, v value.Value) value.Value {
	if p.list() && v.IsKnown() && v.Kind() != value.KindList {
		return p.typed(v, v.Origin())
	}
	if p.list() && v.IsUnknown() && v.Kind() == value.KindString {
		return t.unknown(value.KindList, v.Span(), v)
	}
	if alts := v.Alternatives(); alts != nil && !p.list() && allScalar(alts) {
		t.setDomain(p, &domain{values: alts, when: whenGiven(v)})
		return p.oneOfDomain(v.Origin())
	}
	allowed := def.Get("AllowedValues")
	if !t.opt.Module && v.IsUnknown() && v.Alternatives() == nil && len(v.Refs()) == 0 && isSequence(allowed) && len(allowed.Items) > 0 {
		return t.oneOfAllowed(p, allowed, nil)
	}
	return v
}

// whenGiven says which of several values a parent stack passes when, if it tells
// that of all of them.
func whenGiven(v value.Value) []value.When {
	var out []value.When
	for i, c := range v.Cases() {
		for _, o := range v.Cases()[:i] {
			if o.When.And(c.When).IsPossible() {
				return nil
			}
		}
		out = append(out, c.When)
	}
	return out
}

func allScalar(vs []value.Value) bool {
	for _, v := range vs {
		if _, ok := v.Str(); !ok {
			return false
		}
	}
	return true
}

// kind is the shape of the values of a parameter.
func (p *parameter) kind() value.Kind {
	if p.list() || strings.Contains(p.typ, "<List<") || strings.Contains(p.typ, "<CommaDelimitedList") {
		return value.KindList
	}
	return value.KindString
}

// typed gives a value the shape of the parameter: lists are written with commas.
func (p *parameter) typed(v value.Value, o value.OriginID) value.Value {
	if !p.list() {
		return v.From(o)
	}
	items := v.Elems()
	if text, ok := v.Str(); ok {
		for item := range strings.SplitSeq(text, ",") {
			items = append(items, value.OfString(strings.TrimSpace(item), v.Span()))
		}
	}
	out := make([]value.Value, len(items))
	for i, item := range items {
		out[i] = item.From(o)
	}
	return value.OfList(out, v.Span()).From(o)
}

// oneOfAllowed is the value of a parameter that is restricted to several: any
// of them may be given when the stack is deployed, whatever the default is.
func (t *Template) oneOfAllowed(p *parameter, allowed, dflt *syntax.Node) value.Value {
	detail := "may be any of its AllowedValues"
	if text, ok := literal(dflt); ok {
		detail = fmt.Sprintf("may be any of its AllowedValues; the default is %q", text)
	}
	why := t.origin(value.AllowedValues, "Parameters."+p.name, detail, allowed.Extent())
	if p.list() {
		return value.OfUnknown(value.KindList, p.span, why)
	}
	var values []value.Value
	seen := map[string]bool{}
	for _, item := range allowed.Items {
		text, ok := t.scalarValue(item).Str()
		if !ok {
			return value.OfUnknown(value.KindString, p.span, why)
		}
		if !seen[text] {
			seen[text] = true
			values = append(values, t.scalarValue(item).From(why))
		}
	}
	if len(values) == 1 {
		return values[0].At(p.span)
	}
	t.setDomain(p, &domain{values: values})
	return p.oneOfDomain(why)
}

// oneOfPattern is the value of a parameter of which the AllowedPattern leaves
// only a few.
func (t *Template) oneOfPattern(p *parameter, def *syntax.Node) (value.Value, bool) {
	n := def.Get("AllowedPattern")
	pattern, ok := literal(n)
	if !ok || p.list() {
		return value.Value{}, false
	}
	all, ok := listed(pattern)
	if !ok {
		return value.Value{}, false
	}
	why := t.origin(value.AllowedValues, "Parameters."+p.name, "may be anything that its AllowedPattern matches", n.Extent())
	var values []value.Value
	seen := map[string]bool{}
	for _, text := range all {
		if !seen[text] && p.permits(text) {
			seen[text] = true
			values = append(values, value.OfString(text, n.Extent()).From(why))
		}
	}
	switch len(values) {
	case 0:
		return value.Value{}, false
	case 1:
		return values[0].At(p.span), true
	}
	t.setDomain(p, &domain{values: values})
	return p.oneOfDomain(why), true
}

// withoutValue is a parameter that nobody gives a value. What must exist
// before the stack does is something outside of it, which several resources
// may share.
func (t *Template) withoutValue(p *parameter, why value.OriginID) value.Value {
	v := value.OfUnknown(p.kind(), p.span, why)
	if p.existing() {
		v = v.WithRefs(value.Ref{Addr: t.opt.Prefix + "Parameters." + p.name})
	}
	return v
}

// pseudoParameters sets up AWS::Region and its like.
func (t *Template) pseudoParameters() {
	for _, name := range []string{"AWS::AccountId", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region", "AWS::StackId",
		"AWS::StackName", "AWS::URLSuffix"} {
		p := &parameter{name: name, typ: "String"}
		if name == "AWS::NotificationARNs" {
			p.typ = "CommaDelimitedList"
		}
		why := t.origin(value.PseudoParameter, name, "depends on where the stack is deployed", source.Span{})
		p.value = value.OfUnknown(p.kind(), source.Span{}, why)
		if text := t.pseudoText(name); text != "" {
			p.value = value.OfString(text, source.Span{}).From(t.origin(value.ParameterFile, name, "", source.Span{}))
		}
		t.pseudo[name] = p
	}
}

// pseudoText is the value of a pseudo parameter, as far as it follows from the
// region and account.
func (t *Template) pseudoText(name string) string {
	region := t.opt.Region
	china, gov := strings.HasPrefix(region, "cn-"), strings.HasPrefix(region, "us-gov-")
	isolated := strings.Contains(region, "-iso") // their names are not derived here
	switch {
	case name == "AWS::AccountId":
		return t.opt.AccountID
	case name == "AWS::Region":
		return region
	case name == "AWS::StackName":
		return t.opt.StackName
	case region == "" || isolated:
		return ""
	case name == "AWS::Partition" && china:
		return "aws-cn"
	case name == "AWS::Partition" && gov:
		return "aws-us-gov"
	case name == "AWS::Partition":
		return "aws"
	case name == "AWS::URLSuffix" && china:
		return "amazonaws.com.cn"
	case name == "AWS::URLSuffix":
		return "amazonaws.com"
	}
	return ""
}
