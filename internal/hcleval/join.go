package hcleval

import (
	"maps"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// Query is what a data source asks of the other units of the scan.
type Query struct {
	// Type is that of the data source, and Attr the attribute that is read. Of a
	// remote state that is an output, or empty for all of them.
	Type, Attr string
	// Args are the arguments that the data source is given.
	Args value.Value
	// Provider is the configuration of its provider, or nil.
	Provider *graph.Provider
}

// Answer is what the scan has to say to a query.
type Answer struct {
	Value value.Value
	// From says of what the value is taken to be, and by what that is told. It
	// becomes a step of the way of the value.
	From string
}

const (
	remoteStateType = "terraform_remote_state"
	// statePrefix begins the names under which single outputs of a remote state
	// are evaluated: what one output depends on is not held up by the others, so
	// that roots may read each other's states.
	statePrefix = "outputs."
)

// joinable are the data sources that other units may answer.
var joinable = map[string]bool{remoteStateType: true, "aws_ssm_parameter": true, "aws_vpc": true, "aws_subnet": true,
	"aws_subnets": true, "aws_subnet_ids": true, "aws_security_group": true}

// Joinable are the types of those data sources of the configuration that other
// units may answer.
func (c *Config) Joinable() []string {
	var out []string
	for _, r := range c.resources {
		if r.data && joinable[r.typ] {
			out = append(out, r.typ)
		}
	}
	return out
}

// joined is an attribute of a data source that another unit of the scan tells;
// false if none does.
func (in *instance) joined(name string) (value.Value, bool) {
	ev, r := in.rs.m.ev, in.rs.r
	if ev.in.Join == nil || !joinable[r.typ] || r.body.index[name] != nil {
		return value.Value{}, false
	}
	q := Query{Type: r.typ, Attr: name}
	if r.typ == remoteStateType {
		output, one := strings.CutPrefix(name, statePrefix)
		switch {
		case one:
			q.Attr = output
		case name == "outputs":
			q.Attr = ""
		default:
			return value.Value{}, false
		}
	} else {
		q.Provider = in.rs.m.providerFor(r, in.scope)
	}
	q.Args = in.body()
	ev.reads = ^inputs(0) // the answer is that for this world
	a, ok := ev.in.Join(q)
	if !ok {
		return value.Value{}, false
	}
	step := value.Origin{Kind: value.Joined, Name: in.addr + "." + name, Detail: a.From, Span: r.block.span.Head()}
	return ev.hop(a.Value, step), true
}

// stateOutput is the name under which an output of a remote state is evaluated,
// and how many steps it takes; false if the steps do not read one output.
func (r *resource) stateOutput(steps []step) (string, bool) {
	if !r.data || r.typ != remoteStateType || len(steps) < 2 || steps[0].name != "outputs" || steps[1].isIndex {
		return "", false
	}
	return statePrefix + steps[1].name, true
}

// mergeStates joins two objects that each have some outputs of one remote state.
func mergeStates(a, b cty.Value) (cty.Value, bool) {
	x, ok1 := outputsIn(a)
	y, ok2 := outputsIn(b)
	if !ok1 || !ok2 {
		return cty.NilVal, false
	}
	maps.Copy(x, y)
	return cty.ObjectVal(map[string]cty.Value{"outputs": cty.ObjectVal(x)}), true
}

func outputsIn(v cty.Value) (map[string]cty.Value, bool) {
	if v.IsMarked() || !v.Type().IsObjectType() || !v.Type().HasAttribute("outputs") {
		return nil, false
	}
	outs := v.GetAttr("outputs")
	if outs.IsMarked() || !outs.Type().IsObjectType() || !outs.IsKnown() {
		return nil, false
	}
	return outs.AsValueMap(), true
}
