package aws

import (
	"reflect"

	"github.com/wacheck/wacheck/graph"
)

// Options returns the link and fold tables of all models, for freezing a graph.
// Where a model and the placement table link the same attribute, the model's
// link counts.
func Options() graph.Options {
	var o graph.Options
	for _, m := range Models() {
		t := reflect.TypeOf(m).Elem()
		for _, lang := range []graph.Lang{graph.Terraform, graph.CloudFormation} {
			p := planOf(t, lang)
			for _, typ := range p.types {
				addTables(&o, typ, "", t, lang)
			}
		}
	}
	linked := map[[2]string]bool{}
	for _, l := range o.Links {
		linked[[2]string{l.Type, l.Attr}] = true
	}
	for _, l := range placementLinks() {
		if !linked[[2]string{l.Type, l.Attr}] {
			o.Links = append(o.Links, l)
		}
	}
	return o
}

// addTables adds the references of a struct and of the blocks nested in it.
func addTables(o *graph.Options, typ, label string, t reflect.Type, lang graph.Lang) {
	for _, f := range planOf(t, lang).fields {
		if f.path == "" || f.path == "-" {
			continue
		}
		attr := f.path
		if label != "" {
			attr = label + "." + f.path
		}
		ptr := reflect.New(t.Field(f.index).Type).Interface()
		if r, ok := ptr.(refField); ok {
			addReference(o, typ, attr, r.targetType(), lang, f.parent)
		}
		if i, ok := ptr.(itemField); ok {
			addTables(o, typ, attr, i.itemType(), lang)
		}
	}
}

func addReference(o *graph.Options, typ, attr string, target reflect.Type, lang graph.Lang, parent bool) {
	to := planOf(target, lang)
	link := graph.Link{Type: typ, Attr: attr}
	for _, t := range to.types {
		link.To = append(link.To, graph.Named{Type: t, By: to.by})
	}
	if len(link.To) > 0 {
		o.Links = append(o.Links, link)
	}
	if parent {
		o.Folds = append(o.Folds, graph.Fold{Satellite: typ, Attr: attr, Parents: to.types})
	}
}

// ModelTypes returns the resource types that have a model, of both languages.
func ModelTypes() []string {
	var out []string
	for _, m := range Models() {
		t := reflect.TypeOf(m).Elem()
		out = append(out, planOf(t, graph.Terraform).types...)
		out = append(out, planOf(t, graph.CloudFormation).types...)
	}
	return out
}
