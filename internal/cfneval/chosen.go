package cfneval

import (
	"fmt"

	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// step is a condition that is decided at a place.
type step struct {
	cond  string
	holds bool
	// here says that it is decided there, and not in all of the template.
	here bool
}

// Deciding is the step by which a condition, that the inputs decide, lets a resource
// exist; none if it is not decided.
func (t *Template) Deciding(condition string) value.OriginID {
	if t.conditions[condition] == nil {
		return 0
	}
	switch t.decide(condition, nil) {
	case tri.True:
		return t.deciding(step{cond: condition, holds: true})
	case tri.False:
		return t.deciding(step{cond: condition})
	case tri.Unknown:
	}
	return 0
}

// deciding says that a condition chose, and behind that, through which inputs.
func (t *Template) deciding(s step) value.OriginID {
	if id, ok := t.through[s]; ok {
		return id
	}
	var from []value.OriginID
	if !s.here {
		for _, name := range t.inputsOf(s.cond) {
			if p := t.input(name); p.value.IsKnown() && p.domain == nil {
				from = append(from, p.value.Origin())
			}
		}
	}
	detail := fmt.Sprintf("it is %t", s.holds)
	if s.here {
		detail += " here"
	}
	id := t.origin(value.Decided, "Conditions."+s.cond, detail, t.conditions[s.cond].span, from...)
	t.through[s] = id
	return id
}

// chosen is a value that a condition chose, with that as a step of the way of all that is
// known in it. What is not known says why not, and no more.
func (t *Template) chosen(v value.Value, cond string, holds bool, c call) value.Value {
	id := t.deciding(step{cond, holds, c.sc != nil && !t.decide(cond, nil).Known()})
	if v.IsAbsent() {
		return v.At(c.at()).From(t.opt.Origins.Join(id, v.Origin()))
	}
	budget := maxTraced
	return t.traced(v, id, &budget)
}

// maxTraced bounds the values in one of which the steps are told.
const maxTraced = 256

func (t *Template) traced(v value.Value, id value.OriginID, budget *int) value.Value {
	if *budget--; *budget < 0 || v.Alternatives() != nil || !v.IsKnown() {
		return v
	}
	var out value.Value
	switch v.Kind() {
	case value.KindList:
		elems := make([]value.Value, len(v.Elems()))
		for i, e := range v.Elems() {
			elems[i] = t.traced(e, id, budget)
		}
		out = value.OfList(elems, v.Span())
	case value.KindObject:
		fields := make([]value.Field, len(v.Fields()))
		for i, f := range v.Fields() {
			fields[i] = value.Field{Name: f.Name, Span: f.Span, Value: t.traced(f.Value, id, budget)}
		}
		out = value.OfObject(fields, v.Span()).WithRemoved(v.Removed()...)
	case value.KindAny, value.KindString, value.KindNumber, value.KindBool:
		return v.From(t.opt.Origins.Join(id, v.Origin()))
	}
	return like(out.WithRefs(v.Refs()...), v)
}
