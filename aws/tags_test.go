package aws

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/schema"
	"github.com/wacheck/wacheck/value"
)

// lookup says whether a resource type exists, and whether it has an attribute.
func lookup(lang graph.Lang, typ string) (has func(path string) bool, ok bool) {
	if lang == graph.CloudFormation {
		r, ok := schema.CloudFormation(typ)
		if !ok {
			return nil, false
		}
		return r.Lookup, true
	}
	r, ok := schema.Terraform(typ)
	if !ok {
		return nil, false
	}
	return r.Lookup, true
}

// TestTags holds every tag of every model against the schemas of both languages:
// a misspelt one would give an attribute that is never set.
func TestTags(t *testing.T) {
	paths := pathsOf{}
	for _, m := range Models() {
		typ := reflect.TypeOf(m).Elem()
		for _, lang := range []graph.Lang{graph.Terraform, graph.CloudFormation} {
			p := planOf(typ, lang)
			for _, name := range p.types {
				has, ok := lookup(lang, name)
				if !ok {
					t.Errorf("%s: there is no resource type %s", typ.Name(), name)
					continue
				}
				for _, attr := range p.by {
					if !has(attr) {
						t.Errorf("%s: %s is not identified by %s", typ.Name(), name, attr)
					}
				}
			}
			paths.add("", typ, lang, p.types)
		}
	}
	for field, places := range paths {
		if reason, ok := elsewhere[fmt.Sprintf("%s.%s", field.owner.Name(), field.name)]; ok {
			if reason == "" {
				t.Errorf("%s.%s lacks a reason", field.owner.Name(), field.name)
			}
			continue
		}
		if !slices.ContainsFunc(places, place.exists) {
			t.Errorf("%s.%s is read from what does not exist: %v", field.owner.Name(), field.name, places)
		}
	}
}

// elsewhere are fields that no version of the schemas in the tables has, and why
// they are read all the same.
var elsewhere = map[string]string{
	"NodeGroup.Replicas": "the block cluster_mode had it until version 5 of the provider; it is an attribute now",
}

// pathsOf are the places from which fields are read. A block that several models
// hold, or one model in several places, need not have all its fields in each: what
// a place lacks is absent there.
type pathsOf map[fieldOf][]place

type fieldOf struct {
	owner reflect.Type
	lang  graph.Lang
	name  string
}

// place is a path of a resource type.
type place struct {
	lang      graph.Lang
	typ, path string
}

func (p place) String() string { return p.typ + " " + p.path }

func (p place) exists() bool {
	has, ok := lookup(p.lang, p.typ)
	return ok && has(p.path)
}

func (o pathsOf) add(label string, typ reflect.Type, lang graph.Lang, types []string) {
	for _, f := range planOf(typ, lang).fields {
		if f.path == "" || f.path == "-" {
			continue
		}
		path := f.path
		if label != "" {
			path = label + "." + f.path
		}
		field := fieldOf{typ, lang, typ.Field(f.index).Name}
		for _, name := range types {
			o[field] = append(o[field], place{lang, name, path})
		}
		if i, ok := reflect.TypeAssert[itemField](reflect.New(typ.Field(f.index).Type)); ok {
			o.add(path, i.itemType(), lang, types)
		}
	}
}

// TestEveryFieldIsRead finds fields of models that no tag of any language fills.
func TestEveryFieldIsRead(t *testing.T) {
	for _, m := range Models() {
		typ := reflect.TypeOf(m).Elem()
		for f := range typ.Fields() {
			if f.Anonymous || !f.IsExported() || isSatellites(f.Type) {
				continue
			}
			if f.Tag.Get("tf") == "" && f.Tag.Get("cfn") == "" && !madeByNormalize(m, f) {
				t.Errorf("%s.%s has no tag", typ.Name(), f.Name)
			}
		}
	}
}

// madeByNormalize reports a field that code fills.
func madeByNormalize(model any, f reflect.StructField) bool {
	_, ok := model.(normalizer)
	return ok && f.Tag == ""
}

// TestModelsAreListed finds a model that another refers to but Models lacks: its
// links and folds would be missing.
func TestModelsAreListed(t *testing.T) {
	listed := map[reflect.Type]bool{}
	for _, m := range Models() {
		typ := reflect.TypeOf(m).Elem()
		if listed[typ] {
			t.Errorf("%s is listed twice", typ.Name())
		}
		listed[typ] = true
	}
	var visit func(owner string, typ reflect.Type)
	visit = func(owner string, typ reflect.Type) {
		for field := range typ.Fields() {
			switch field := reflect.New(field.Type).Interface().(type) {
			case refField:
				if !listed[field.targetType()] {
					t.Errorf("%s refers to %s, which is not listed", owner, field.targetType().Name())
				}
			case satelliteField:
				if !listed[field.partType()] {
					t.Errorf("%s has parts %s, which are not listed", owner, field.partType().Name())
				}
			case itemField:
				visit(owner, field.itemType())
			}
		}
	}
	for typ := range listed {
		visit(typ.Name(), typ)
	}
}

// TestSatellitesHaveParents wants parts to have, in one language at least, an
// attribute that names the whole.
func TestSatellitesHaveParents(t *testing.T) {
	folds := map[string]bool{}
	for _, f := range Options().Folds {
		folds[f.Satellite] = true
	}
	for _, m := range Models() {
		typ := reflect.TypeOf(m).Elem()
		for field := range typ.Fields() {
			s, ok := reflect.TypeAssert[satelliteField](reflect.New(field.Type))
			if !ok {
				continue
			}
			types := append(slices.Clone(planOf(s.partType(), graph.Terraform).types), planOf(s.partType(), graph.CloudFormation).types...)
			if !slices.ContainsFunc(types, func(name string) bool { return folds[name] }) {
				t.Errorf("%s.%s: no attribute of %v is the parent", typ.Name(), field.Name, types)
			}
		}
	}
}

// TestPlacements holds the tables of what sits in subnets against the schemas.
func TestPlacements(t *testing.T) {
	seen := map[string]bool{}
	check := func(typ string, paths ...string) {
		has, ok := lookup(langOf(typ), typ)
		if !ok {
			t.Errorf("there is no resource type %s", typ)
			return
		}
		for _, p := range paths {
			if !has(p) {
				t.Errorf("%s has no %s", typ, p)
			}
		}
		if seen[typ] {
			t.Errorf("%s is listed twice", typ)
		}
		seen[typ] = true
	}
	for _, p := range Placements() {
		check(p.Type, slices.Concat(p.Subnets, p.Groups, p.SecurityGroups)...)
		if p.Kind == "" {
			t.Errorf("%s has no kind", p.Type)
		}
	}
	for _, g := range SubnetGroups() {
		check(g.Type, append(slices.Clone(g.By), g.Subnets)...)
	}
}

func langOf(typ string) graph.Lang {
	if strings.HasPrefix(typ, "AWS::") {
		return graph.CloudFormation
	}
	return graph.Terraform
}

// TestRelations holds the table of relations against the schemas.
func TestRelations(t *testing.T) {
	for _, r := range Relations() {
		has, ok := lookup(langOf(r.Type), r.Type)
		if !ok {
			t.Errorf("there is no resource type %s", r.Type)
			continue
		}
		for _, path := range []string{r.From, r.To} {
			parent, _, _ := strings.Cut(path, ".") // JSON and maps hold what no schema lists
			if path != "" && !has(path) && (!has(parent) || r.Type != "AWS::SQS::Queue") {
				t.Errorf("%s has no %s", r.Type, path)
			}
		}
		for _, typ := range r.Kind.Types() {
			if _, ok := lookup(langOf(typ), typ); !ok {
				t.Errorf("there is no resource type %s", typ)
			}
		}
	}
}

// TestTables holds all links and folds against the schemas: those of the models
// and of the placements together.
func TestTables(t *testing.T) {
	o := Options()
	if len(o.Links) < 100 || len(o.Folds) < 10 {
		t.Fatalf("%d links, %d folds", len(o.Links), len(o.Folds))
	}
	seen := map[string]bool{}
	for _, l := range o.Links {
		key := fmt.Sprint(l.Type, " ", l.Attr)
		if seen[key] {
			t.Errorf("two links for %s", key)
		}
		seen[key] = true
	}
	for _, f := range o.Folds {
		if len(f.Parents) == 0 {
			t.Errorf("%s is a part of nothing", f.Satellite)
		}
		if !seen[fmt.Sprint(f.Satellite, " ", f.Attr)] {
			t.Errorf("a literal in %s.%s leads nowhere", f.Satellite, f.Attr)
		}
	}
}

func TestDefaults(t *testing.T) {
	for _, m := range Models() {
		typ := reflect.TypeOf(m).Elem()
		for _, lang := range []graph.Lang{graph.Terraform, graph.CloudFormation} {
			for _, f := range planOf(typ, lang).fields {
				if !f.deflt.IsKnown() {
					continue
				}
				field := typ.Field(f.index)
				switch field.Type {
				case reflect.TypeFor[value.Bool]():
					if _, ok := f.deflt.Truth(); !ok || !strings.Contains(field.Tag.Get(tagName(lang)), "default="+f.deflt.Text()) {
						t.Errorf("%s.%s: default %s is no bool", typ.Name(), field.Name, value.Show(f.deflt))
					}
				case reflect.TypeFor[value.Int]():
					if _, ok := f.deflt.Int(); !ok {
						t.Errorf("%s.%s: default %s is no number", typ.Name(), field.Name, value.Show(f.deflt))
					}
				case reflect.TypeFor[value.String](), reflect.TypeFor[value.Strings]():
				default:
					t.Errorf("%s.%s: a %s has no default", typ.Name(), field.Name, field.Type)
				}
			}
		}
	}
}
