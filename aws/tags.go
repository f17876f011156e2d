package aws

import (
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// Tags are the tags that a resource will bear: its own, and behind them the default
// tags of its Terraform provider, or those of its stack.
type Tags struct {
	list []value.Field
	// maybe are the keys of tags that may be missing.
	maybe map[string]bool
	// Open says that there may be others.
	Open bool
	// where and why there may be others.
	where source.Span
	why   value.OriginID
}

// open says that there may be other tags than are known, because of a value.
func (t *Tags) open(because value.Value) {
	if !t.Open {
		t.Open, t.where, t.why = true, because.Span(), because.Origin()
	}
}

// unknown is a tag that there may be.
func (t Tags) unknown() value.Value { return value.OfUnknown(value.KindString, t.where, t.why) }

// TagsOf reads the tags of a node. A resource type without tags has none.
func TagsOf(n *graph.Node) Tags {
	var t Tags
	if n.Lang == graph.CloudFormation {
		t.addCloudFormation(n.Body.Get("Tags"))
		if n.Unit != nil {
			t.addDefaults(n.Unit.Tags)
		}
		return t
	}
	t.addMap(n.Body.Get("tags"))
	if n.Type == "aws_autoscaling_group" {
		t.addBlocks(n.Body.Get("tag"), "key", "value")
	}
	if n.Provider != nil {
		t.addDefaults(n.Provider.DefaultTags)
	}
	return t
}

// List returns the tags in order of precedence.
func (t Tags) List() []value.Field { return t.list }

// Get returns the value of a tag whose key is one of the given, without regard
// to case. It is unknown if there may be such a tag, and absent if there is none.
func (t Tags) Get(keys ...string) value.Value {
	for _, f := range t.list {
		for _, k := range keys {
			if strings.EqualFold(f.Name, k) {
				return t.value(f)
			}
		}
	}
	if t.Open {
		return t.unknown()
	}
	return value.Value{}
}

// add adds a tag behind the others: one of the same key that is there already
// goes before it, unless that may be missing.
func (t *Tags) add(f value.Field) {
	maybe := f.Value.MayBeMissing()
	for i, o := range t.list {
		if o.Name != f.Name {
			continue
		}
		if t.maybe[f.Name] {
			t.list[i].Value = value.OneOf([]value.Value{o.Value, f.Value}, o.Value.Span(), o.Value.Origin())
			t.maybe[f.Name] = maybe
		}
		return
	}
	if maybe {
		if t.maybe == nil {
			t.maybe = map[string]bool{}
		}
		t.maybe[f.Name] = true
	}
	t.list = append(t.list, f)
}

func (t *Tags) addMap(v value.Value) {
	if v.IsOpen() {
		t.open(v)
	}
	for _, f := range v.Fields() {
		t.add(f)
	}
}

// value is the value of a tag in the list. One that may be missing is one of that
// and nothing.
func (t Tags) value(f value.Field) value.Value {
	if !t.maybe[f.Name] {
		return f.Value
	}
	none := value.Value{}
	if t.Open {
		none = t.unknown()
	}
	return value.OneOf([]value.Value{f.Value, none}, f.Value.Span(), f.Value.Origin())
}

// addDefaults adds the tags of a provider or stack, which the resource's own may
// replace where these are not known.
func (t *Tags) addDefaults(v value.Value) {
	replaceable := t.Open
	if v.IsOpen() {
		t.open(v)
	}
	for _, f := range v.Fields() {
		if replaceable {
			own := value.OfUnknown(value.KindString, f.Value.Span(), f.Value.Origin())
			f.Value = value.OneOf([]value.Value{f.Value, own}, f.Value.Span(), f.Value.Origin())
		}
		t.add(f)
	}
}

// addCloudFormation reads both forms: a list of Key and Value, or a map.
func (t *Tags) addCloudFormation(v value.Value) {
	if v.Kind() == value.KindObject {
		t.addMap(v)
		return
	}
	t.addBlocks(v, "Key", "Value")
}

func (t *Tags) addBlocks(v value.Value, key, val string) {
	if v.IsOpen() {
		t.open(v)
	}
	for _, e := range v.Elems() {
		k, ok := e.Get(key).Str()
		if !ok {
			if !e.IsUnset() {
				t.open(e.Get(key))
			}
			continue
		}
		f := value.Field{Name: k, Span: e.Get(key).Span(), Value: e.Get(val)}
		if e.MayBeMissing() {
			f.Value = f.Value.Maybe()
		}
		t.add(f)
	}
}
