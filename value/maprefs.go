package value

// MapRefs returns v with each reference in it, however deep, replaced by what f
// makes of it. All else stays. Where f changes nothing, v is returned as it is.
func (v Value) MapRefs(f func(Ref) Ref) Value {
	out, _ := v.mapRefs(f)
	return out
}

func (v Value) mapRefs(f func(Ref) Ref) (Value, bool) {
	if v.ext == nil {
		return v, false
	}
	e := *v.ext
	changed := false
	e.refs = mapSlice(v.ext.refs, &changed, func(r Ref) (Ref, bool) {
		to := f(r)
		return to, to != r
	})
	e.elems = mapSlice(v.ext.elems, &changed, func(x Value) (Value, bool) { return x.mapRefs(f) })
	e.fields = mapSlice(v.ext.fields, &changed, func(x Field) (Field, bool) {
		to, other := x.Value.mapRefs(f)
		x.Value = to
		return x, other
	})
	if !changed {
		return v, false
	}
	v.ext = &e
	return v, true
}

// mapSlice copies a slice only if an element changes.
func mapSlice[T any](in []T, changed *bool, f func(T) (T, bool)) []T {
	var out []T
	for i, x := range in {
		to, other := f(x)
		if !other {
			continue
		}
		if out == nil {
			out = append([]T(nil), in...)
		}
		out[i], *changed = to, true
	}
	if out == nil {
		return in
	}
	return out
}
