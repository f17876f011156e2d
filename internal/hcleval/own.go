package hcleval

import (
	"slices"

	"github.com/wacheck/wacheck/value"
)

// own makes a value that an attribute was given refer to that attribute. An
// unknown refers to it alone, unless it only hands on an identity: a value with
// two references is one of two things.
func own(v value.Value, r value.Ref) value.Value {
	self := func(e value.Value) value.Value { return own(e, r) }
	switch {
	case v.Alternatives() != nil:
		return mapParts(v, self)
	case v.Parts() != nil:
		return ownParts(v, r)
	case v.IsUnknown() && v.Kind() != value.KindList && identifies(v.Refs()):
		return v
	case v.IsUnknown() && v.Kind() != value.KindObject:
		out := value.OfUnknown(v.Kind(), v.Span(), v.Origin()).WithRefs(r)
		if v.IsSensitive() {
			out = out.Sensitive()
		}
		return out
	}
	return v.WithRefs(r)
}

// ownParts is own for a text with holes: whoever reads it is given this attribute,
// and no longer what the holes are of.
func ownParts(v value.Value, r value.Ref) value.Value {
	parts := slices.Clone(v.Parts())
	for i, p := range parts {
		if !p.IsKnown() {
			parts[i] = value.OfUnknown(p.Kind(), p.Span(), p.Origin()).WithRefs(r)
		}
	}
	out := value.OfParts(parts, v.Span()).From(v.Origin())
	if v.MayBeMissing() {
		out = out.Maybe()
	}
	if v.IsSensitive() {
		out = out.Sensitive()
	}
	if v.IsJSON() {
		out = out.AsJSON()
	}
	return out
}

// ownBlocks makes the parts of blocks refer to themselves: whoever reads the
// name within the first block refers to that, whatever the name is.
func ownBlocks(v value.Value, r value.Ref) value.Value {
	switch {
	case v.IsUnknown(), v.IsJSON(), len(v.Elems()) == 0 && len(v.Fields()) == 0:
		return own(v, r)
	case v.Kind() == value.KindList:
		i := -1
		return mapParts(v, func(e value.Value) value.Value {
			i++
			return ownBlocks(e, deeper(r, step{index: i, isIndex: true}))
		}).WithRefs(r)
	}
	i := -1
	return mapParts(v, func(e value.Value) value.Value {
		i++
		return ownBlocks(e, deeper(r, step{name: v.Fields()[i].Name}))
	})
}
