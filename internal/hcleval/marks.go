package hcleval

import (
	"cmp"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/internal/hcleval/funcs"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// mark is what cty values carry: a reference to a resource (an index into the
// evaluator's refs) or an origin (a value.OriginID).
type mark struct {
	kind markKind
	n    uint32
}

type markKind uint8

const (
	refMark markKind = iota
	originMark
)

// refMark returns the mark of a reference.
func (ev *evaluator) refMark(r value.Ref) mark {
	if i, ok := ev.refIndex[r]; ok {
		return mark{refMark, i}
	}
	i := uint32(len(ev.refs))
	ev.refs = append(ev.refs, r)
	ev.refIndex[r] = i
	return mark{refMark, i}
}

// provenance is what the marks of a value say, in a fixed order.
type provenance struct {
	refs      []value.Ref
	origins   []value.OriginID
	sensitive bool
}

// read decodes marks.
func (ev *evaluator) read(marks cty.ValueMarks) provenance {
	var p provenance
	var refs []uint32
	for m := range marks {
		switch x := m.(type) {
		case mark:
			if x.kind == refMark {
				refs = append(refs, x.n)
			} else {
				p.origins = append(p.origins, value.OriginID(x.n))
			}
		case funcs.Mark:
			p.sensitive = p.sensitive || x == funcs.Sensitive
		}
	}
	// The order of refs is that of first use; the order of a map is none.
	slices.Sort(refs)
	for _, i := range refs {
		p.refs = append(p.refs, ev.refs[i])
	}
	ev.sortOrigins(p.origins)
	return p
}

// sortOrigins orders by where the steps are, and those in one place by where
// they come from, since ids depend on which unit was evaluated first.
func (ev *evaluator) sortOrigins(ids []value.OriginID) {
	if len(ids) > 1 {
		slices.SortStableFunc(ids, func(a, b value.OriginID) int { return ev.compareOrigins(a, b, maxCompared) })
	}
}

// maxCompared bounds how many steps back two origins are compared.
const maxCompared = 16

func (ev *evaluator) compareOrigins(x, y value.OriginID, left int) int {
	if x == y || left == 0 {
		return 0
	}
	a, b := ev.in.Origins.At(x), ev.in.Origins.At(y)
	c := cmp.Or(cmp.Compare(a.Span.Pos, b.Span.Pos), cmp.Compare(a.Span.End, b.Span.End), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Name, b.Name), cmp.Compare(a.Detail, b.Detail), cmp.Compare(len(a.From), len(b.From)))
	for i := 0; c == 0 && i < len(a.From); i++ {
		c = ev.compareOrigins(a.From[i], b.From[i], left-1)
	}
	return c
}

// deep returns the marks of a value and of everything in it.
func deep(v cty.Value) cty.ValueMarks {
	if v == cty.NilVal || !v.ContainsMarked() {
		return nil
	}
	_, marks := v.UnmarkDeep()
	return marks
}

func sensitiveOnly(marks cty.ValueMarks) cty.ValueMarks {
	if _, ok := marks[funcs.Sensitive]; ok {
		return cty.NewValueMarks(funcs.Sensitive)
	}
	return nil
}

// via records one more step on the way of a cty value: the origins that it has
// become the predecessors of the step, which takes their place.
func (ev *evaluator) via(v cty.Value, step value.Origin) cty.Value {
	if step.Kind == value.OriginNone {
		return v
	}
	bare, marks := v.Unmark()
	step.From = nil
	keep := make(cty.ValueMarks, len(marks)+1)
	var from []value.OriginID
	for m := range marks {
		if o, ok := m.(mark); ok && o.kind == originMark {
			from = append(from, value.OriginID(o.n))
		} else {
			keep[m] = struct{}{}
		}
	}
	ev.sortOrigins(from)
	step.From = from
	keep[mark{originMark, uint32(ev.in.Origins.Add(step))}] = struct{}{}
	return bare.WithMarks(keep)
}

// maxHop bounds how many elements a step is recorded on.
const maxHop = 256

// hop records one more step on the way of a lowered value, on the value and on
// what it holds: a rule may speak of an element alone.
func (ev *evaluator) hop(v value.Value, step value.Origin) value.Value {
	if step.Kind == value.OriginNone {
		return v
	}
	left := maxHop
	return ev.hopWithin(v, step, &left)
}

func (ev *evaluator) hopWithin(v value.Value, step value.Origin, left *int) value.Value {
	if *left--; *left < 0 {
		return v
	}
	step.From = nil
	if o := v.Origin(); o != 0 {
		step.From = []value.OriginID{o}
	}
	id := ev.in.Origins.Add(step)
	return mapParts(v, func(e value.Value) value.Value { return ev.hopWithin(e, step, left) }).From(id)
}

// mapParts returns v with f applied to its elements, fields, alternatives or
// pieces.
func mapParts(v value.Value, f func(value.Value) value.Value) value.Value {
	each := func(vs []value.Value) []value.Value {
		out := make([]value.Value, len(vs))
		for i, e := range vs {
			out[i] = f(e)
		}
		return out
	}
	var out value.Value
	switch {
	case v.Alternatives() != nil:
		out = value.OneOf(each(v.Alternatives()), v.Span(), v.Origin())
	case v.Parts() != nil:
		out = value.OfParts(each(v.Parts()), v.Span())
	case v.Kind() == value.KindList && len(v.Elems()) > 0:
		out = value.OfList(each(v.Elems()), v.Span())
	case len(v.Fields()) > 0:
		fields := make([]value.Field, len(v.Fields()))
		for i, x := range v.Fields() {
			x.Value = f(x.Value)
			fields[i] = x
		}
		out = value.OfObject(fields, v.Span())
	default:
		return v
	}
	return like(out, v)
}

// like gives out the references, origin and flags of v.
func like(out, v value.Value) value.Value {
	out = out.WithRefs(v.Refs()...).From(v.Origin())
	if v.IsKnown() && v.IsOpen() {
		out = out.Opened()
	}
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

// secret marks v and everything in it as never to be printed.
func secret(v value.Value) value.Value { return mapParts(v, secret).Sensitive() }

// place gives a span to a value that came from elsewhere, and only to itself.
func place(v value.Value, at source.Span) value.Value {
	if v.IsAbsent() {
		return v
	}
	return v.At(at)
}
