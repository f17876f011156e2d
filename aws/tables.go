package aws

import (
	"reflect"
	"slices"

	"github.com/wacheck/wacheck/graph"
)

// Options returns the link and fold tables of all models, for freezing a graph.
// Where two models link the same attribute, the link leads to what either means;
// where a model and the placement table do, the model's link counts.
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
	at := map[[2]string]int{}
	links := o.Links
	o.Links = nil
	for _, l := range links {
		key := [2]string{l.Type, l.Attr}
		if i, ok := at[key]; ok {
			o.Links[i].To = mergeNamed(o.Links[i].To, l.To)
			continue
		}
		at[key] = len(o.Links)
		o.Links = append(o.Links, l)
	}
	for _, l := range append(placementLinks(), useLinks()...) {
		if _, ok := at[[2]string{l.Type, l.Attr}]; !ok {
			o.Links = append(o.Links, l)
		}
	}
	return o
}

// mergeNamed adds what is not there yet.
func mergeNamed(to, more []graph.Named) []graph.Named {
	out := slices.Clone(to)
	for _, m := range more {
		if !slices.ContainsFunc(out, func(n graph.Named) bool { return n.Type == m.Type }) {
			out = append(out, m)
		}
	}
	return out
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
		addFold(o, graph.Fold{Satellite: typ, Attr: attr, Parents: to.types})
	}
}

// addFold adds a table entry, or its parents to the one of the same attribute: what it
// names may be one of several kinds.
func addFold(o *graph.Options, f graph.Fold) {
	i := slices.IndexFunc(o.Folds, func(g graph.Fold) bool { return g.Satellite == f.Satellite && g.Attr == f.Attr })
	if i < 0 {
		o.Folds = append(o.Folds, f)
		return
	}
	o.Folds[i].Parents = append(slices.Clip(o.Folds[i].Parents), f.Parents...)
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
