package terraform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/hcleval"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// lookedUp are the data sources that look for resources, and the type of these.
var lookedUp = map[string]string{
	"aws_ssm_parameter": "aws_ssm_parameter", "aws_vpc": "aws_vpc", "aws_security_group": "aws_security_group",
	"aws_subnet": "aws_subnet", "aws_subnets": "aws_subnet", "aws_subnet_ids": "aws_subnet",
}

// filterNames are the filters of the EC2 API that ask for what an argument gives
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html).
var filterNames = map[string]string{
	"group-name": "name", "cidr": "cidr_block", "cidr-block": "cidr_block", "cidrBlock": "cidr_block", "vpc-id": "vpc_id",
	"availability-zone": "availability_zone", "availabilityZone": "availability_zone",
}

// candidate is a resource that may be looked for.
type candidate struct {
	hcleval.Instance
	p *peer
	// args are those of its arguments that data sources ask for.
	args map[string]value.Value
	// region and account are where it is, as far as that is known.
	region, account string
}

// index notes the resources of a peer that a type of data source looks for.
func (j *joins) index(typ string, p *peer) {
	for _, i := range p.Instances(lookedUp[typ]) {
		c := candidate{Instance: i, p: p, args: map[string]value.Value{}}
		for _, name := range []string{"name", "tags", "cidr_block", "vpc_id", "availability_zone"} {
			c.args[name] = i.Written(name)
		}
		c.region, c.account = placeOf(i.Provider())
		j.found[typ] = append(j.found[typ], c)
	}
}

func placeOf(p *graph.Provider) (region, account string) {
	if p != nil {
		region, _ = p.Region.Str()
		account, _ = hcleval.Account(p).Str()
	}
	return region, account
}

// condition is one thing that a data source asks for.
type condition struct {
	// name is that of an argument, or "tag:" and the name of a tag.
	name   string
	values []value.Value
}

// identifies reports that hardly two resources answer to it, or that those which do
// belong together.
func (c condition) identifies() bool {
	if c.name == "vpc_id" && len(c.values) == 1 {
		refs := c.values[0].Refs()
		return len(refs) == 1 && refs[0].Attr == "id" && single(refs[0].Addr)
	}
	return strings.HasPrefix(c.name, "tag:") || c.name == "name" || c.name == "cidr_block"
}

// conditionsOf are what a data source asks for; false if any of it can't be
// compared with what a configuration says.
func conditionsOf(args value.Value) ([]condition, bool) {
	var out []condition
	for _, f := range args.Fields() {
		switch f.Name {
		case "name", "cidr_block", "vpc_id", "availability_zone":
			if !f.Value.IsUnset() {
				out = append(out, condition{f.Name, []value.Value{f.Value}})
			}
		case "tags":
			if !f.Value.IsKnown() || f.Value.IsOpen() {
				return nil, false
			}
			for _, t := range f.Value.Fields() {
				out = append(out, condition{"tag:" + t.Name, []value.Value{t.Value}})
			}
		case "filter":
			for _, b := range f.Value.Elems() {
				name, ok := b.Get("name").Str()
				vals := b.Get("values")
				if known := filterNames[name]; known != "" {
					name = known
				}
				if !ok || !vals.IsKnown() || vals.IsOpen() || b.MayBeMissing() || !strings.HasPrefix(name, "tag:") && !comparableArgs[name] {
					return nil, false
				}
				out = append(out, condition{name, vals.Elems()})
			}
			if f.Value.IsOpen() {
				return nil, false
			}
		case "with_decryption", "region":
		default:
			if !f.Value.IsUnset() {
				return nil, false
			}
		}
	}
	return out, slices.ContainsFunc(out, condition.identifies)
}

var comparableArgs = map[string]bool{"name": true, "cidr_block": true, "vpc_id": true, "availability_zone": true}

// meets reports whether a candidate is what a condition asks for.
func (c candidate) meets(cond condition, asker *peer) tri.Bool {
	have := c.args[cond.name]
	if tag, ok := strings.CutPrefix(cond.name, "tag:"); ok {
		have = c.tag(tag)
	}
	out := tri.False
	for _, want := range cond.values {
		out = tri.Or(out, sameValue(have, want.InUnit(asker.Unit.Key)))
	}
	return out
}

// tag is a tag of a candidate, which it may have from its provider.
func (c candidate) tag(name string) value.Value {
	tags := c.args["tags"]
	if v := tags.Get(name); !v.IsAbsent() || tags.IsUnknown() || tags.IsOpen() {
		return v
	}
	if p := c.Provider(); p != nil {
		return p.DefaultTags.Get(name)
	}
	return value.Value{}
}

// sameValue compares what a resource has with what is asked for.
func sameValue(have, want value.Value) tri.Bool {
	a, ok1 := have.Str()
	b, ok2 := want.Str()
	switch {
	case ok1 && ok2 && !strings.ContainsAny(b, "*?"):
		return tri.Of(a == b)
	case have.IsUnset() && !want.IsUnset():
		return tri.False
	case len(have.Refs()) == 1 && len(want.Refs()) == 1:
		return sameRef(have.Refs()[0], want.Refs()[0])
	}
	return tri.Unknown
}

// sameRef compares ids that are not known yet: two resources have two.
func sameRef(a, b value.Ref) tri.Bool {
	switch {
	case a.Attr != "id" || b.Attr != "id" || !single(a.Addr) || !single(b.Addr):
		return tri.Unknown
	case a == b:
		return tri.True
	}
	return tri.False
}

// single reports that an address is that of one resource which the
// configuration creates.
func single(addr string) bool {
	return !strings.HasPrefix(addr, "data.") && !strings.Contains(addr, ".data.") && !strings.Contains(addr, "[*]")
}

// lookUp answers a data source that looks for resources by what they are called.
func (j *joins) lookUp(asker *peer, q hcleval.Query) (hcleval.Answer, bool) {
	group, from := j.lookedFor(asker, q)
	if q.Type == storedType {
		if p := j.storedFor(asker, q); p != nil && len(group) == 0 {
			return storedAnswer(p, q)
		} else if p != nil {
			return hcleval.Answer{}, false // it may be either
		}
	}
	switch {
	case len(group) == 0:
		return hcleval.Answer{}, false
	case q.Attr == "ids" && q.Type != "aws_subnet":
		return allIDs(group, from), true
	case len(group) != 1 || !group[0].Certain():
		return hcleval.Answer{}, false
	}
	return group[0].answer(q, from)
}

// lookedFor are the resources of one unit that a data source looks for, and by what
// that is told.
func (j *joins) lookedFor(asker *peer, q hcleval.Query) (group []candidate, from string) {
	if c, ok := j.byID(asker, q); ok {
		return []candidate{c}, "the resource with this id"
	}
	conds, ok := conditionsOf(q.Args)
	if !ok {
		return nil, ""
	}
	region, account := placeOf(q.Provider)
	var met []candidate
	for _, c := range j.found[q.Type] {
		if !c.p.near(asker) || differ(c.region, region) || differ(c.account, account) {
			continue
		}
		all := tri.True
		for _, cond := range conds {
			all = tri.And(all, c.meets(cond, asker))
		}
		switch all {
		case tri.True:
			met = append(met, c)
		case tri.Unknown:
			return nil, "" // it may be this one as well
		case tri.False:
		}
	}
	return settle(met, asker, conds)
}

// byID finds the resource that the id of a data source refers to.
func (j *joins) byID(asker *peer, q hcleval.Query) (candidate, bool) {
	refs := q.Args.Get("id").InUnit(asker.Unit.Key).Refs()
	if len(refs) != 1 || refs[0].Attr != "id" {
		return candidate{}, false
	}
	for _, c := range j.found[q.Type] {
		if c.p.Unit.Key == refs[0].Unit && c.Addr() == refs[0].Addr {
			return c, true
		}
	}
	return candidate{}, false
}

func differ(a, b string) bool { return a != "" && b != "" && a != b }

// settle picks the resources of one unit: the only one that has such, or the one
// that is deployed from nearest by.
func settle(met []candidate, asker *peer, conds []condition) (group []candidate, from string) {
	groups := map[*peer][]candidate{}
	var peers []*peer
	for _, c := range met {
		if groups[c.p] == nil {
			peers = append(peers, c.p)
		}
		groups[c.p] = append(groups[c.p], c)
	}
	why := "the only such resource of this scan"
	peers = oneWorld(peers, asker.world)
	if len(peers) > 1 {
		peers, why = nearest(peers, asker), "the nearest such resource of this scan"
	}
	if len(peers) != 1 || peers[0] == asker {
		return nil, "" // what a root itself makes may not be there when it looks
	}
	group = groups[peers[0]]
	return group, fmt.Sprintf("taken to be %s of %s by its %s, %s", group[0].Addr(), peers[0].described(), namesOf(conds), why)
}

// nearest are the peers that share the longest path with the one that asks.
func nearest(peers []*peer, asker *peer) []*peer {
	var out []*peer
	best := 0
	for _, p := range peers {
		n := sharedSegments(p.dir, asker.dir)
		if n > best {
			best, out = n, nil
		}
		if n == best {
			out = append(out, p)
		}
	}
	return out
}

func sharedSegments(a, b string) int {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n
}

func namesOf(conds []condition) string {
	names := make([]string, len(conds))
	for i, c := range conds {
		names[i] = c.name
		if tag, ok := strings.CutPrefix(c.name, "tag:"); ok {
			names[i] = "tag " + tag
		}
	}
	return strings.Join(names, " and ")
}

// allIDs are the ids of resources. There may be others outside of the scan.
func allIDs(group []candidate, from string) hcleval.Answer {
	ids := make([]value.Value, len(group))
	for i, c := range group {
		ids[i] = c.Attr("id")
		if !c.Certain() {
			ids[i] = ids[i].Maybe()
		}
	}
	return hcleval.Answer{Value: value.OfList(ids, source.Span{}).Opened(), From: from}
}

// answer is an attribute of a candidate.
func (c candidate) answer(q hcleval.Query, from string) (hcleval.Answer, bool) {
	v := c.Attr(q.Attr)
	if q.Type == storedType {
		if q.Attr == "value" && c.Written("value").IsUnset() {
			v = c.Attr("insecure_value")
		}
		if q.Attr == "value" {
			v = v.Sensitive() // the provider hides it, whatever its type
		}
	}
	return hcleval.Answer{Value: v, From: from}, true
}
