package terraform

import (
	"context"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/hcleval"
	"github.com/wacheck/wacheck/internal/parameterstore"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// storedType is the type of a parameter of Systems Manager, and of the data source that
// looks for one.
const storedType = "aws_ssm_parameter"

// storedElsewhere asks for the parameters of Systems Manager that others than roots
// make, if any root looks for one.
func (l *loader) storedElsewhere(ctx context.Context, asked map[string]bool) (*parameterstore.Store, error) {
	if !asked[storedType] || l.o.Stored == nil {
		return parameterstore.New(), nil
	}
	list, err := l.o.Stored(ctx)
	return parameterstore.New(list...), err
}

// storedFor finds the parameter, made by others than roots, that a data source looks for.
func (j *joins) storedFor(asker *peer, q hcleval.Query) *parameterstore.Parameter {
	name, ok := q.Args.Get("name").Str()
	if !ok {
		return nil
	}
	region, account := placeOf(q.Provider)
	for _, c := range j.found[q.Type] { // a root may make one of that name as well
		if _, known := c.args["name"].Str(); !known && c.p.near(asker) && sameValue(c.args["name"], q.Args.Get("name")) == tri.Unknown {
			return nil
		}
	}
	return j.stored.Named(name, parameterstore.Place{Unit: asker.Unit.Key, Dir: asker.dir, World: asker.world,
		Example: asker.Unit.Kind == graph.Example, Region: region, Account: account})
}

// storedAnswer is what a data source gives of a parameter that a template makes.
func storedAnswer(p *parameterstore.Parameter, q hcleval.Query) (hcleval.Answer, bool) {
	v := p.Name
	switch q.Attr {
	case "name":
	case "value", "insecure_value":
		var ok bool
		if v, ok = p.Value(); !ok {
			return hcleval.Answer{}, false
		}
		if q.Attr == "value" {
			v = v.Sensitive() // the provider hides it, whatever its type
		}
	default:
		return hcleval.Answer{}, false
	}
	return hcleval.Answer{Value: v, From: p.Described()}, true
}

// StoredParameters are the parameters of Systems Manager that the roots make, for what
// reads them in another language. Nothing there can read one that is encrypted.
func (r *Result) StoredParameters(origins *value.Origins) []*parameterstore.Parameter {
	var out []*parameterstore.Parameter
	for _, part := range r.Parts {
		for _, n := range part.Nodes {
			if n.Type != storedType || n.Mode != graph.Managed {
				continue
			}
			if typ, _ := n.Body.Get("type").Str(); typ == "SecureString" {
				continue
			}
			region, account := placeOf(n.Provider)
			u := part.Unit
			p := &parameterstore.Parameter{Addr: n.Addr, Name: n.Body.Get("name"), Exists: n.Exists,
				Place: parameterstore.Place{Unit: u.Key, Dir: u.Dir, World: u.World, Example: u.Kind == graph.Example, Region: region, Account: account}}
			v := n.Body.Get("value")
			if v.IsUnset() {
				v = n.Body.Get("insecure_value")
			}
			p.Value = func() (value.Value, bool) {
				return p.Stored(v.InUnit(u.Key), origins), !v.IsUnset()
			}
			out = append(out, p)
		}
	}
	return out
}
