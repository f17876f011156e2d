package estate

import (
	"maps"
	"slices"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/analyzers/facts/sharing"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value/tri"
)

// Shared is something that several environments have.
type Shared struct {
	Kind    string `json:"kind"`
	Address string `json:"address"`
	// Place is where it is written, empty for what has no place of its own.
	Place string `json:"place"`
	// ByNames says that only words in names tell that the environments differ.
	ByNames bool   `json:"byNames"`
	Users   []User `json:"users"`
}

// User is one of the environments that have it, with those of its resources that
// use it, or none if the thing itself belongs to it.
type User struct {
	Environment string   `json:"environment"`
	Addresses   []string `json:"addresses"`
	// Signs are those by which the environment is known, most frequent first.
	Signs []string `json:"signs"`
}

// use is one reason for which an environment has a thing.
type use struct {
	env     environment.Evidence
	address string
}

// uses lists for which environments a thing is there: for its own, and for those of the
// resources that certainly use it.
func (s *surveyor) uses(thing *graph.Node, list []sharing.Use) []use {
	var out []use
	if thing.Unit != nil {
		if e := s.envs.Of(thing.ID); e.Environment != analysis.UnknownEnvironment {
			out = append(out, use{env: e})
		}
	}
	for _, u := range list {
		if !s.counts(u.User.Unit) || u.Sure != tri.True || u.User == thing {
			continue
		}
		if e := s.envs.Of(u.User.ID); e.Environment != analysis.UnknownEnvironment {
			out = append(out, use{e, s.address(u.User)})
		}
	}
	return out
}

func holdersOf(uses []use) holders {
	h := holders{}
	for _, u := range uses {
		h[columnOf(u.env)] = true
	}
	return h
}

// byNames reports that no two strong signs tell that a thing is shared.
func byNames(uses []use) bool {
	strong := slices.DeleteFunc(slices.Clone(uses), func(u use) bool { return u.env.Confidence != environment.Strong })
	return !holdersOf(strong).several()
}

// shared lists what environments have together that are certainly different ones.
func (s *surveyor) shared() []Shared {
	out := s.sharedDeployments()
	for _, t := range s.things {
		if t.Node.Unit != nil && !s.counts(t.Node.Unit) {
			continue
		}
		uses := s.uses(t.Node, t.Uses)
		if holdersOf(uses).several() {
			out = append(out, Shared{string(t.Kind), s.address(t.Node), s.place(t.Node), byNames(uses), users(uses)})
		}
	}
	return out
}

// users deals the uses of a thing out to environments.
func users(uses []use) []User {
	type tally struct {
		addresses []string
		signs     map[string]int
	}
	found := map[column]*tally{}
	for _, u := range uses {
		t := found[columnOf(u.env)]
		if t == nil {
			t = &tally{addresses: []string{}, signs: map[string]int{}}
			found[columnOf(u.env)] = t
		}
		if u.address != "" && !slices.Contains(t.addresses, u.address) {
			t.addresses = append(t.addresses, u.address)
		}
		t.signs[u.env.Fact.Text]++
	}
	out := []User{}
	for _, c := range sorted(found) {
		t := found[c]
		out = append(out, User{c.String(), t.addresses, mostFrequent(t.signs)})
	}
	return out
}

// sharedDeployments lists accounts, roots and states that hold several environments.
func (s *surveyor) sharedDeployments() []Shared {
	out := []Shared{}
	for _, kind := range []struct {
		name string
		of   func(*graph.Node) string
		user func(*graph.Node) string
	}{
		{"account", func(n *graph.Node) string { return s.accounts.Of(n).ID }, func(n *graph.Node) string { return n.Unit.Key }},
		{"state", func(n *graph.Node) string { return stateOf(n.Unit) }, func(n *graph.Node) string { return n.Unit.Key }},
		{"root or stack", func(n *graph.Node) string { return n.Unit.Key }, func(n *graph.Node) string { return n.Addr }},
	} {
		uses := map[string][]use{}
		for _, n := range s.deployed() {
			if e := s.envs.Of(n.ID); e.Environment != analysis.UnknownEnvironment {
				if id := kind.of(n); id != "" {
					uses[id] = append(uses[id], use{e, kind.user(n)})
				}
			}
		}
		for _, id := range slices.Sorted(maps.Keys(uses)) {
			if holdersOf(uses[id]).several() {
				out = append(out, Shared{Kind: kind.name, Address: id, ByNames: byNames(uses[id]), Users: users(uses[id])})
			}
		}
	}
	return out
}
