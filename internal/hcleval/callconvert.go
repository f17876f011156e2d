package hcleval

import (
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// The functions that convert, or mark.

func sensitive(_ *scope, args []value.Value, _ source.Span) (value.Value, bool) {
	if len(args) != 1 {
		return value.Value{}, false
	}
	return secret(args[0]), true
}

func toList(_ *scope, args []value.Value, _ source.Span) (value.Value, bool) {
	return convertEach(args, func(v value.Value) (value.Value, bool) { return v, isList(v) })
}

func toSet(_ *scope, args []value.Value, _ source.Span) (value.Value, bool) {
	return convertEach(args, func(v value.Value) (value.Value, bool) {
		if !isList(v) {
			return v, false
		}
		return distinct(v), true
	})
}

func toMap(_ *scope, args []value.Value, _ source.Span) (value.Value, bool) {
	return convertEach(args, func(v value.Value) (value.Value, bool) { return v, isObject(v) })
}

// convertEach converts a single argument, or each of what it may be.
func convertEach(args []value.Value, f func(value.Value) (value.Value, bool)) (value.Value, bool) {
	if len(args) != 1 {
		return value.Value{}, false
	}
	v := args[0]
	if v.Alternatives() == nil {
		if v.IsUnknown() && v.Parts() == nil || v.State() == value.Null {
			return v, true
		}
		return f(v)
	}
	good := true
	out := mapParts(v, func(alt value.Value) value.Value {
		alt, ok := convertEach([]value.Value{alt}, f)
		good = good && ok
		return alt
	})
	return out, good
}
