package value

// InUnit returns v as it is seen from another unit: what refers to something of
// its own unit refers to that unit by name.
func (v Value) InUnit(unit string) Value {
	if v.ext == nil {
		return v
	}
	e := *v.ext
	e.refs = make([]Ref, len(v.ext.refs))
	for i, r := range v.ext.refs {
		if r.Unit == "" {
			r.Unit = unit
		}
		e.refs[i] = r
	}
	e.elems = make([]Value, len(v.ext.elems))
	for i, x := range v.ext.elems {
		e.elems[i] = x.InUnit(unit)
	}
	e.fields = make([]Field, len(v.ext.fields))
	for i, f := range v.ext.fields {
		f.Value = f.Value.InUnit(unit)
		e.fields[i] = f
	}
	v.ext = &e
	return v
}
