package hcleval

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// lookedUp is an attribute of a data source that follows from the configuration
// of the provider; false for all others, which the account would tell.
func (in *instance) lookedUp(name string) (value.Value, bool) {
	r := in.rs.r
	if !r.data {
		return value.Value{}, false
	}
	var v value.Value
	switch r.typ {
	case "aws_region":
		if r.body.index["name"] != nil || r.body.index["region"] != nil || r.body.index["endpoint"] != nil {
			return value.Value{}, false
		}
		switch name {
		case "name", "id", "region":
			v = in.region()
		}
	case "template_file":
		if name == "rendered" {
			v = in.templateData()
		}
	case "aws_partition":
		v = partition(in.region(), name)
	case "aws_caller_identity":
		if name == "account_id" || name == "id" {
			v = Account(in.rs.m.providerFor(r, in.scope))
		}
	case "aws_default_tags":
		if p := in.rs.m.providerFor(r, in.scope); p != nil && name == "tags" {
			v = p.DefaultTags
		}
	default:
		return in.joined(name)
	}
	if v.Parts() == nil && !v.IsKnown() {
		return value.Value{}, false
	}
	step := value.Origin{Kind: value.Attribute, Name: in.addr + "." + name, Span: r.block.span.Head()}
	return in.rs.m.ev.hop(v, step).WithRefs(value.Ref{Addr: in.addr, Attr: name}), true
}

// region is the region of the provider of the instance, if it is known.
func (in *instance) region() value.Value {
	if p := in.rs.m.providerFor(in.rs.r, in.scope); p != nil {
		return p.Region
	}
	return value.Value{}
}

// partition derives an attribute of aws_partition from a known region
// (https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html).
func partition(region value.Value, name string) value.Value {
	r, ok := region.Str()
	if !ok {
		return value.Value{}
	}
	part, suffix := "aws", "amazonaws.com"
	switch {
	case strings.HasPrefix(r, "us-gov-"):
		part = "aws-us-gov"
	case strings.HasPrefix(r, "cn-"):
		part, suffix = "aws-cn", "amazonaws.com.cn"
	case strings.Count(r, "-") != 2:
		return value.Value{} // an isolated partition, or none
	}
	var text string
	switch name {
	case "partition", "id":
		text = part
	case "dns_suffix":
		text = suffix
	default:
		return value.Value{}
	}
	return value.OfString(text, region.Span()).From(region.Origin())
}

// Account is the id of the account that a provider works in: that of the role
// it assumes, or the only one it is allowed.
func Account(p *graph.Provider) value.Value {
	if p == nil {
		return value.Value{}
	}
	if arn := p.AssumeRole.Prefix(); arn != "" {
		// arn:partition:iam::account:role/name
		if f := strings.Split(arn, ":"); len(f) > 5 && len(f[4]) == 12 && strings.Trim(f[4], "0123456789") == "" {
			return value.OfString(f[4], p.AssumeRole.Span()).From(p.AssumeRole.Origin())
		}
		return value.Value{}
	}
	if ids := p.AccountIDs.Elems(); len(ids) == 1 && !p.AccountIDs.IsOpen() && !ids[0].MayBeMissing() && p.AssumeRole.IsAbsent() {
		return ids[0]
	}
	return value.Value{}
}

// sliceFunc is slice() for lists of unknown length: if the run succeeds, the
// result has the length that was asked for. Availability zones are the case
// that matters: for expressions over slice(data.….names, 0, 3) are then known.
func (ev *evaluator) sliceFunc(f function.Function) function.Function {
	return ev.overUnknown(f, func(list cty.Value, args []cty.Value) (cty.Value, bool) {
		from, ok1 := smallInt(args[1])
		to, ok2 := smallInt(args[2])
		if !ok1 || !ok2 || to < from || to-from > maxSlice {
			return cty.NilVal, false
		}
		elems := make([]cty.Value, 0, to-from)
		for i := from; i < to; i++ {
			elems = append(elems, ev.elementOf(list, i))
		}
		if len(elems) == 0 {
			return cty.EmptyTupleVal, true
		}
		return cty.TupleVal(elems).WithMarks(originsOnly(list.Marks())), true
	})
}

// elementFunc is element() for lists of unknown length: it says which element
// is meant, as far as that is clear.
func (ev *evaluator) elementFunc(f function.Function) function.Function {
	return ev.overUnknown(f, func(list cty.Value, args []cty.Value) (cty.Value, bool) {
		i, ok := smallInt(args[1])
		if !ok || i >= distinctZones {
			return cty.NilVal, false
		}
		return ev.elementOf(list, i), true
	})
}

// elementOf is one element of a list that is not known.
func (ev *evaluator) elementOf(list cty.Value, i int) cty.Value {
	bare, marks := list.Unmark()
	t := cty.DynamicPseudoType
	if bare.Type().IsListType() {
		t = bare.Type().ElementType()
	}
	out := cty.ValueMarks{}
	for m := range marks {
		if r, ok := m.(mark); ok && r.kind == refMark {
			m = ev.refMark(deeper(ev.refs[r.n], step{index: i, isIndex: true}))
		}
		out[m] = struct{}{}
	}
	return cty.UnknownVal(t).WithMarks(out)
}

func smallInt(v cty.Value) (int, bool) {
	v, _ = v.Unmark()
	if !v.IsKnown() || v.IsNull() || v.Type() != cty.Number {
		return 0, false
	}
	n, acc := v.AsBigFloat().Int64()
	return int(n), acc == 0 && n >= 0 && n < 1<<20
}

// overUnknown wraps a function whose first argument is a list. What the wrapper
// can't say the function does.
func (ev *evaluator) overUnknown(f function.Function, unknown func(list cty.Value, args []cty.Value) (cty.Value, bool)) function.Function {
	spec := &function.Spec{Type: function.StaticReturnType(cty.DynamicPseudoType)}
	for _, p := range f.Params() {
		p.AllowNull, p.AllowUnknown, p.AllowDynamicType, p.AllowMarked = true, true, true, true
		p.Type = cty.DynamicPseudoType
		spec.Params = append(spec.Params, p)
	}
	spec.Impl = func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		bare, _ := args[0].Unmark()
		if t := bare.Type(); !bare.IsKnown() && (t == cty.DynamicPseudoType || t.IsListType()) {
			if v, ok := unknown(args[0], args); ok {
				return v, nil
			}
		}
		return f.Call(args)
	}
	return function.New(spec)
}
