// Package estate surveys a graph for people: which environments there are, what
// they share, and how their addresses lie.
package estate

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/account"
	"github.com/wacheck/wacheck/analyzers/facts/datause"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/analyzers/facts/identity"
	"github.com/wacheck/wacheck/analyzers/facts/sharing"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// Estate is what the survey shows.
type Estate struct {
	Environments []Environment `json:"environments"`
	Matrix       Matrix        `json:"matrix"`
	Shared       []Shared      `json:"shared"`
	// Contradictions are strong signs that speak against each other.
	Contradictions []Contradiction `json:"contradictions"`
	Blocks         []Block         `json:"blocks"`
	// Examples is how many roots and stacks were left out since they only show a use.
	Examples int `json:"examples"`
}

// Environment is one of the environments, with the signs that most of its
// resources are known by.
type Environment struct {
	Name string `json:"name"`
	// CountsAs is what one of the user's own names is judged like.
	CountsAs  string   `json:"countsAs,omitempty"`
	Resources int      `json:"resources"`
	Units     int      `json:"units"`
	Signs     []string `json:"signs"`
}

// Block is a known address block of a VPC.
type Block struct {
	Prefix      netip.Prefix `json:"prefix"`
	Environment string       `json:"environment"`
	Address     string       `json:"address"`
	Place       string       `json:"place"`
	// Overlaps are the addresses of other VPCs with some of the same addresses.
	Overlaps []string `json:"overlaps"`

	vpc *graph.Node
}

// maxSigns is how many signs of an environment are shown.
const maxSigns = 3

// Options say what is surveyed, and how it is shown.
type Options struct {
	// Settings are what the user says of environments; may be nil.
	Settings *analysis.Settings
	// Examples includes roots and stacks that only show a use.
	Examples bool
	// Shown turns a path into what is shown.
	Shown func(string) string
}

// Survey looks at a graph.
func Survey(g *graph.Graph, o Options) *Estate {
	s := &surveyor{g: g, o: o, envs: environment.New(g, o.Settings), accounts: account.New(g),
		things: sharing.New(g, topology.New(g), datause.New(g, identity.New(g, account.New(g)))).Things}
	out := &Estate{}
	for _, u := range g.Units() {
		if !s.counts(u) {
			out.Examples++
		}
	}
	s.plan = s.blocks()
	out.Environments, out.Matrix, out.Shared, out.Contradictions, out.Blocks = s.environments(), s.matrix(), s.shared(), s.contradictions(), s.plan
	return out
}

type surveyor struct {
	g        *graph.Graph
	o        Options
	envs     *environment.Environments
	accounts *account.Accounts
	things   []*sharing.Thing
	plan     []Block
}

// counts reports that a unit is surveyed.
func (s *surveyor) counts(u *graph.Unit) bool { return s.o.Examples || u.Kind != graph.Example }

func (s *surveyor) place(n *graph.Node) string {
	if n.Unit == nil || !n.Span.IsValid() {
		return ""
	}
	p := s.g.Files.Position(n.Span.Pos)
	p.Path = s.o.Shown(p.Path)
	return p.String()
}

// address names a resource with the unit that it is in, if there are several.
func (s *surveyor) address(n *graph.Node) string {
	if n.Unit == nil || len(s.g.Units()) == 1 {
		return n.Addr
	}
	return n.Unit.Key + " " + n.Addr
}

// tally is an environment in the making.
type tally struct {
	resources int
	units     map[*graph.Unit]bool
	signs     map[string]int
}

func (s *surveyor) environments() []Environment {
	found := map[column]*tally{}
	for _, n := range s.deployed() {
		e := s.envs.Of(n.ID)
		t := found[columnOf(e)]
		if t == nil {
			t = &tally{units: map[*graph.Unit]bool{}, signs: map[string]int{}}
			found[columnOf(e)] = t
		}
		if n.Mode == graph.Managed {
			t.resources++
		}
		t.units[n.Unit] = true
		if e.Fact.Text != "" {
			t.signs[e.Fact.Text]++
		}
	}
	out := []Environment{}
	for c, t := range found {
		e := Environment{Name: c.String(), Resources: t.resources, Units: len(t.units), Signs: mostFrequent(t.signs)}
		if c.name != "" {
			e.CountsAs = string(c.env)
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b Environment) int { return cmp.Or(b.Resources-a.Resources, cmp.Compare(a.Name, b.Name)) })
	return out
}

func mostFrequent(counts map[string]int) []string {
	names := []string{}
	for n := range counts {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	return names[:min(len(names), maxSigns)]
}

func (s *surveyor) blocks() []Block {
	out := []Block{}
	for vpc := range aws.Managed[aws.VPC](s.g) {
		if !s.counts(vpc.Node().Unit) {
			continue
		}
		add := func(cidr value.String) {
			text, ok := cidr.Get()
			if !ok {
				return
			}
			if p, err := awsnet.ParsePrefix(text); err == nil && p.Addr().Is4() {
				n := vpc.Node()
				out = append(out, Block{Prefix: p, Environment: s.of(n).String(), Address: s.address(n), Place: s.place(n), Overlaps: []string{}, vpc: n})
			}
		}
		add(vpc.CIDR)
		for _, c := range vpc.Secondary.Items {
			add(c.Part.CIDR)
		}
	}
	slices.SortStableFunc(out, func(a, b Block) int {
		return cmp.Or(a.Prefix.Addr().Compare(b.Prefix.Addr()), a.Prefix.Bits()-b.Prefix.Bits(), cmp.Compare(a.Address, b.Address))
	})
	for i := range out {
		for k := range out {
			if out[i].vpc != out[k].vpc && awsnet.Overlap(out[i].Prefix, out[k].Prefix) {
				out[i].Overlaps = append(out[i].Overlaps, out[k].Address)
			}
		}
	}
	return out
}
