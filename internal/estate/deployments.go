package estate

import (
	"slices"
	"strings"

	"github.com/wacheck/wacheck/graph"
)

// deployments are accounts, roots and stacks, and states: an environment has those
// that one of its resources is deployed with.
func (s *surveyor) deployments() []*table {
	accounts, units, states := newTable("accounts"), newTable("roots and stacks"), newTable("states")
	for _, n := range s.deployed() {
		c := s.of(n)
		if id := s.accounts.Of(n).ID; id != "" {
			accounts.note(id, c)
		}
		units.note(n.Unit.Key, c)
		if id := stateOf(n.Unit); id != "" {
			states.note(id, c)
		}
	}
	for _, t := range []*table{accounts, states} {
		slices.Sort(t.things)
	}
	return []*table{accounts, units, states}
}

// stateOf names the remote state of a root, empty if the code does not tell where it
// is. Worlds of a root have states of their own, since they may be workspaces.
func stateOf(u *graph.Unit) string {
	var parts []string
	for _, of := range [][]string{{"bucket", "container_name", "storage_account_name"}, {"key", "prefix", "path"}} {
		for _, name := range of {
			if text, ok := u.State.Get(name).Str(); ok {
				parts = append(parts, text)
				break
			}
		}
	}
	if len(parts) < 2 {
		return ""
	}
	id := u.Backend + "://" + strings.Join(parts, "/")
	if u.World != "" && !strings.Contains(u.World, "/") {
		id += "@" + u.World
	}
	return id
}
