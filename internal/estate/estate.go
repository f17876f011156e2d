// Package estate surveys a graph for people: which environments there are, what
// they share, and how their addresses lie.
package estate

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/analyzers/facts/sharing"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Estate is what the survey shows.
type Estate struct {
	Environments []Environment `json:"environments"`
	Shared       []Shared      `json:"shared"`
	Blocks       []Block       `json:"blocks"`
}

// Environment is one of the environments, with the signs that most of its
// resources are known by.
type Environment struct {
	Name      string   `json:"name"`
	Resources int      `json:"resources"`
	Units     int      `json:"units"`
	Signs     []string `json:"signs"`
}

// Shared is something that several environments use.
type Shared struct {
	Kind    string `json:"kind"`
	Address string `json:"address"`
	Place   string `json:"place"`
	Users   []User `json:"users"`
}

// User is one of the environments that use it, with its resources.
type User struct {
	Environment string   `json:"environment"`
	Addresses   []string `json:"addresses"`
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

// Survey looks at a graph. The function turns a path into what is shown.
func Survey(g *graph.Graph, settings *analysis.Settings, shown func(string) string) *Estate {
	s := &surveyor{g: g, envs: environment.New(g, settings), shown: shown}
	return &Estate{Environments: s.environments(), Shared: s.shared(), Blocks: s.blocks()}
}

type surveyor struct {
	g     *graph.Graph
	envs  *environment.Environments
	shown func(string) string
}

func nameOf(e analysis.Environment) string {
	if e == analysis.UnknownEnvironment {
		return "unknown"
	}
	return string(e)
}

func (s *surveyor) place(n *graph.Node) string {
	if n.Unit == nil || !n.Span.IsValid() {
		return ""
	}
	p := s.g.Files.Position(n.Span.Pos)
	p.Path = s.shown(p.Path)
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
	found := map[analysis.Environment]*tally{}
	for _, n := range s.g.Nodes() {
		if n.Mode != graph.Managed {
			continue
		}
		e := s.envs.Of(n.ID)
		t := found[e.Environment]
		if t == nil {
			t = &tally{units: map[*graph.Unit]bool{}, signs: map[string]int{}}
			found[e.Environment] = t
		}
		t.resources++
		t.units[n.Unit] = true
		if e.Fact.Text != "" {
			t.signs[e.Fact.Text]++
		}
	}
	out := []Environment{}
	for e, t := range found {
		out = append(out, Environment{nameOf(e), t.resources, len(t.units), mostFrequent(t.signs)})
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

func (s *surveyor) shared() []Shared {
	out := []Shared{}
	for _, t := range sharing.New(s.g, topology.New(s.g)).Things {
		users := map[string][]string{}
		for _, u := range t.Uses {
			if e := s.envs.Of(u.User.ID).Environment; u.Sure == tri.True && e != analysis.UnknownEnvironment {
				users[nameOf(e)] = append(users[nameOf(e)], s.address(u.User))
			}
		}
		if len(users) < 2 {
			continue
		}
		x := Shared{Kind: string(t.Kind), Address: s.address(t.Node), Place: s.place(t.Node)}
		for e, list := range users {
			x.Users = append(x.Users, User{e, list})
		}
		slices.SortFunc(x.Users, func(a, b User) int { return cmp.Compare(a.Environment, b.Environment) })
		out = append(out, x)
	}
	return out
}

func (s *surveyor) blocks() []Block {
	out := []Block{}
	for vpc := range aws.Managed[aws.VPC](s.g) {
		add := func(cidr value.String) {
			text, ok := cidr.Get()
			if !ok {
				return
			}
			if p, err := awsnet.ParsePrefix(text); err == nil && p.Addr().Is4() {
				n := vpc.Node()
				out = append(out, Block{Prefix: p, Environment: nameOf(s.envs.Of(n.ID).Environment), Address: s.address(n), Place: s.place(n), Overlaps: []string{}, vpc: n})
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
