package aws

import (
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// Tags are the tags that a resource will bear: its own, and the default tags
// of its Terraform provider behind them.
type Tags struct {
	list []value.Field
	// Open says that there may be others.
	Open bool
}

// TagsOf reads the tags of a node. A resource type without tags has none.
func TagsOf(n *graph.Node) Tags {
	var t Tags
	if n.Lang == graph.CloudFormation {
		t.addCloudFormation(n.Body.Get("Tags"))
		return t
	}
	t.addMap(n.Body.Get("tags"))
	if n.Type == "aws_autoscaling_group" {
		t.addBlocks(n.Body.Get("tag"), "key", "value")
	}
	if n.Provider != nil {
		t.addMap(n.Provider.DefaultTags)
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
				return f.Value
			}
		}
	}
	if t.Open {
		return value.OfUnknown(value.KindString, source.Span{}, 0)
	}
	return value.Value{}
}

func (t *Tags) add(f value.Field) {
	for _, o := range t.list {
		if o.Name == f.Name {
			return
		}
	}
	t.list = append(t.list, f)
}

func (t *Tags) addMap(v value.Value) {
	t.Open = t.Open || v.IsOpen()
	for _, f := range v.Fields() {
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
	t.Open = t.Open || v.IsOpen()
	for _, e := range v.Elems() {
		k, ok := e.Get(key).Str()
		if !ok {
			t.Open = t.Open || !e.IsUnset()
			continue
		}
		t.add(value.Field{Name: k, Span: e.Get(key).Span(), Value: e.Get(val)})
	}
}
