package cfneval

import (
	"strconv"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// azAddr is the address under which the availability zones of a region are
// known: the same index of the same region is the same zone.
const azAddr = "AWS::AZs"

// listArgument evaluates an argument that should be a list: its elements, if
// they are written out, and what makes a list of them again.
func (t *Template) listArgument(n *syntax.Node, c call) ([]value.Value, func([]value.Value) value.Value) {
	if _, computed := callOf(n); !computed && n != nil && isSequence(n) {
		return t.items(n, c.sc), func(vs []value.Value) value.Value { return assemble(vs, n.Extent()) }
	}
	return []value.Value{t.eval(n, c.sc)}, func(vs []value.Value) value.Value { return vs[0] }
}

// selectItem evaluates Fn::Select.
func selectItem(t *Template, c call) value.Value {
	args, ok := t.arguments(c, 2, 2)
	if !ok {
		return t.broken(c)
	}
	items, build := t.listArgument(args[1], c)
	return t.spread(c.at(), append([]value.Value{t.eval(args[0], c.sc)}, items...), func(vs []value.Value) value.Value {
		return t.selected(c, vs[0], build(vs[1:]))
	})
}

func (t *Template) selected(c call, index, list value.Value) value.Value {
	i, ok := index.Int()
	if index.IsKnown() && (!ok || i < 0) {
		return t.invalid(c.at(), "cloudformation-function", "Fn::Select takes an index from 0")
	}
	if region, zones := azRegion(list); zones && ok {
		ref := value.Ref{Addr: azAddr, Attr: region + "[" + strconv.FormatInt(i, 10) + "]"}
		return value.OfUnknown(value.KindString, c.at(), list.Origin()).WithRefs(ref)
	}
	if list.Kind() != value.KindList || !list.IsKnown() {
		return t.unknown(value.KindAny, c.at(), index, list)
	}
	elems := list.Elems()
	if !ok {
		return t.anyOf(c.at(), index, list)
	}
	for j, e := range elems {
		switch {
		case e.MayBeMissing(): // and then the next one would be in its place
			return t.unknown(value.KindAny, c.at(), list)
		case int64(j) == i:
			return e
		}
	}
	if list.IsOpen() {
		return t.unknown(value.KindAny, c.at(), list.At(c.at()))
	}
	return t.invalid(c.at(), "cloudformation-function", "Fn::Select takes element %d of a list of %d", i, len(elems))
}

// anyOf is an element of a list at an index that is not known.
func (t *Template) anyOf(at source.Span, index, list value.Value) value.Value {
	if list.IsOpen() || len(list.Elems()) == 0 {
		return t.unknown(value.KindAny, at, index, list)
	}
	return t.oneOf(list.Elems(), at, index.Origin())
}

// azRegion returns the region of a list that Fn::GetAZs made.
func azRegion(list value.Value) (string, bool) {
	if !list.IsUnknown() || len(list.Refs()) != 1 || list.Refs()[0].Addr != azAddr {
		return "", false
	}
	return list.Refs()[0].Attr, true
}

// getAZs evaluates Fn::GetAZs: a list that depends on the account, of which
// only the identity is known.
func getAZs(t *Template, c call) value.Value {
	region := ""
	why := value.OriginID(0)
	if t.directRef(c.arg) != "AWS::Region" {
		v := t.eval(c.arg, c.sc)
		text, ok := v.Str()
		switch {
		case ok && text != t.opt.Region:
			region = text
		case !ok && !v.IsUnset():
			name := t.directRef(c.arg)
			if name == "" {
				return t.unknown(value.KindList, c.at(), v)
			}
			region, why = "${"+name+"}", v.Origin()
		}
	}
	o := t.origin(value.PseudoParameter, "Fn::GetAZs", "depends on where the stack is deployed", source.Span{}, why)
	return value.OfUnknown(value.KindList, c.at(), o).WithRefs(value.Ref{Addr: azAddr, Attr: region})
}

// length evaluates Fn::Length.
func length(t *Template, c call) value.Value {
	items, build := t.listArgument(c.arg, c)
	return t.spread(c.at(), items, func(vs []value.Value) value.Value {
		list := build(vs)
		if list.Kind() != value.KindList || list.IsOpen() {
			return t.unknown(value.KindNumber, c.at(), list)
		}
		for _, e := range list.Elems() {
			if e.MayBeMissing() {
				return t.unknown(value.KindNumber, c.at(), list)
			}
		}
		return value.OfInt(int64(len(list.Elems())), c.at()).From(list.Origin())
	})
}

// findInMap evaluates Fn::FindInMap: [map, first key, second key, {DefaultValue}].
func findInMap(t *Template, c call) value.Value {
	args, ok := t.arguments(c, 3, 4)
	if !ok {
		return t.broken(c)
	}
	keys := []value.Value{t.eval(args[0], c.sc), t.eval(args[1], c.sc), t.eval(args[2], c.sc)}
	var dflt *syntax.Node
	if len(args) == 4 {
		dflt = args[3].Get("DefaultValue")
	}
	return t.spread(c.at(), keys, func(keys []value.Value) value.Value { return t.mapped(c, keys, dflt) })
}

// mapped looks up keys in the Mappings. A key that is not known may be any that
// is there: with another one the stack could not be deployed.
func (t *Template) mapped(c call, keys []value.Value, dflt *syntax.Node) value.Value {
	var found []value.Value
	var walk func(n *syntax.Node, path []string)
	walk = func(n *syntax.Node, path []string) {
		level := len(path)
		if level == 3 {
			origin := t.origin(value.Mapping, "Mappings."+strings.Join(path, "."), "", n.Extent(), keys[0].Origin(), keys[1].Origin(), keys[2].Origin())
			v := place(t.eval(n, c.sc), c.at())
			if v.Origin() == 0 {
				v = v.From(origin)
			}
			found = append(found, v)
			return
		}
		if n == nil || !isMapping(n) {
			return
		}
		text, known := keys[level].Str()
		for _, p := range n.Pairs {
			if p.Value != nil && (!known || p.Key == text) && (known || keys[level].IsUnknown()) && !strings.HasPrefix(p.Key, "Fn::") {
				walk(p.Value, append(path[:level:level], p.Key))
			}
		}
	}
	walk(t.mappings, nil)
	certain := keys[0].IsKnown() && keys[1].IsKnown() && keys[2].IsKnown()
	if dflt != nil && (!certain || len(found) == 0) {
		found = append(found, t.eval(dflt, c.sc))
	}
	switch {
	case len(found) > 0 && !t.includes(t.mappings):
		return t.oneOf(found, c.at(), t.reasons(keys...))
	case len(found) > 0 || t.includes(t.mappings):
		return t.unknown(value.KindAny, c.at(), append(found, keys...)...)
	}
	if !certain {
		return t.unknown(value.KindAny, c.at(), keys...)
	}
	return t.invalid(c.at(), "cloudformation-mapping", "the mapping %s has no entry %s.%s", keys[0].Text(), keys[1].Text(), keys[2].Text())
}

// includes reports that a mapping is completed by a macro.
func (t *Template) includes(n *syntax.Node) bool {
	if n == nil || !isMapping(n) {
		return false
	}
	for _, p := range n.Pairs {
		if p.Key == "Fn::Transform" {
			return true
		}
	}
	return false
}
