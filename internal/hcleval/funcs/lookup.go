package funcs

import (
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// lookup takes an element out of a map, or else the default. It goes further
// than Terraform in that unknown values under other keys do not matter.
var lookup = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "inputMap", Type: cty.DynamicPseudoType, AllowMarked: true, AllowUnknown: true, AllowDynamicType: true},
		{Name: "key", Type: cty.String, AllowMarked: true, AllowUnknown: true},
	},
	VarParam: severalOf("default"),
	Type: func(args []cty.Value) (cty.Type, error) {
		if len(args) > 3 {
			return cty.NilType, function.NewArgErrorf(3, "there can be only one default")
		}
		return lookupType(args)
	},
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		m, marks := args[0].Unmark()
		key, keyMarks := args[1].Unmark()
		if !m.IsKnown() || !key.IsKnown() {
			return cty.UnknownVal(t).WithMarks(marksOf(args...)), nil
		}
		elem, found := m.Type(), false
		switch {
		case elem.IsObjectType():
			found = elem.HasAttribute(key.AsString())
		default:
			found = m.HasIndex(key).True() // the map is known, so this is
		}
		var v cty.Value
		switch {
		case found && elem.IsObjectType():
			v = m.GetAttr(key.AsString())
		case found:
			v = m.Index(key)
		case len(args) < 3:
			return cty.NilVal, function.NewArgErrorf(1, "there is no element %q, and no default is given", key.AsString())
		default:
			var err error
			if v, err = convert.Convert(args[2], t); err != nil {
				return cty.NilVal, function.NewArgError(2, err)
			}
		}
		return v.WithMarks(marks, keyMarks), nil
	},
})

// lookupType is the type of lookup's result.
func lookupType(args []cty.Value) (cty.Type, error) {
	t := args[0].Type()
	switch {
	case t == cty.DynamicPseudoType:
		return t, nil
	case t.IsObjectType():
		key, _ := args[1].Unmark()
		switch {
		case !key.IsKnown():
			return cty.DynamicPseudoType, nil
		case t.HasAttribute(key.AsString()):
			return t.AttributeType(key.AsString()), nil
		case len(args) == 3:
			return args[2].Type(), nil
		default:
			return cty.NilType, function.NewArgErrorf(0, "the object has no attribute %q", key.AsString())
		}
	case t.IsMapType():
		if len(args) == 3 {
			if _, err := convert.Convert(args[2], t.ElementType()); err != nil {
				return cty.NilType, function.NewArgErrorf(2, "the default must be of the type of the map's elements")
			}
		}
		return t.ElementType(), nil
	default:
		return cty.NilType, function.NewArgErrorf(0, "must be a map or an object, not %s", t.FriendlyName())
	}
}
