package plan

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// scalar is a text, number or bool of a plan. What the configuration knows of it as
// well stays as it is written there, a document in JSON with the places in it.
func scalar(h value.Value, p any, at source.Span) value.Value {
	if h.IsKnown() && !h.IsOpen() && (h.IsJSON() || sameText(h, p)) && whole(h) {
		return h
	}
	var v value.Value
	switch p := p.(type) {
	case string:
		v = value.OfString(p, at)
	case json.Number:
		v = value.OfNumber(p.String(), at)
	case float64:
		v = value.OfNumber(strings.TrimSuffix(fmt.Sprintf("%f", p), ".000000"), at)
	case bool:
		v = value.OfBool(p, at)
	default:
		return h
	}
	return v.From(h.Origin()).WithRefs(h.Refs()...)
}

// sameText compares by the text that Terraform would convert both to.
func sameText(h value.Value, p any) bool {
	switch p := p.(type) {
	case string:
		return h.Text() == p
	case json.Number:
		return h.Text() == p.String()
	case bool:
		b, ok := h.Truth()
		return ok && b == p
	}
	return false
}

// whole reports that nothing in a value is unknown.
func whole(v value.Value) bool {
	if !v.IsKnown() && !v.IsUnset() || v.IsOpen() || v.MayBeMissing() {
		return false
	}
	for _, e := range v.Elems() {
		if !whole(e) {
			return false
		}
	}
	for _, f := range v.Fields() {
		if !whole(f.Value) {
			return false
		}
	}
	return true
}
