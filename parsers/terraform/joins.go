package terraform

import (
	"context"
	"fmt"
	"path"
	"slices"
	"sort"
	"sync"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/guard"
	"github.com/wacheck/wacheck/internal/hcleval"
	"github.com/wacheck/wacheck/internal/parameterstore"
)

// joins answers what data sources ask of the other units of the scan: the outputs
// of the root whose state is read, and resources that are looked up by what they
// are called.
//
// All that can be asked is worked out before the first root is evaluated, one
// unit after the other, so that the answers do not depend on who asks first.
// Roots that others depend on are thereby evaluated before these; an output that
// depends on itself in a circle is unknown.
type joins struct {
	// mu guards the peers, which evaluate on demand.
	mu    sync.Mutex
	peers []*peer
	byKey map[string]*peer
	// byState are the peers by what their backends call their states.
	byState map[string][]*peer
	// stored are the parameters of Systems Manager that others than roots make.
	stored *parameterstore.Store
	// found are the resources of the peers that can be looked up, by type.
	found map[string][]candidate
}

// peer is a unit that may ask and be asked.
type peer struct {
	*hcleval.Peer
	// dir is the directory that the unit is deployed from.
	dir   string
	world string
	state state
	// asks are the units that it asks, once that has been found out.
	asks []*peer
}

// joins prepares the answers; nil if nothing asks. In a run over what changed files
// matter to, it adds the roots that depend on those by what they ask.
func (l *loader) joins(ctx context.Context, roots []deployment, names *hcleval.Names) (*joins, []deployment, error) {
	asked := map[string]bool{}
	for _, c := range l.ownConfigs() {
		for _, t := range c.Joinable() {
			asked[t] = true
		}
	}
	if len(asked) == 0 {
		return nil, roots, nil
	}
	all, err := l.withUntouched(roots)
	if err != nil {
		return nil, nil, err
	}
	stored, err := l.storedElsewhere(ctx, asked)
	if err != nil {
		return nil, nil, err
	}
	j := &joins{stored: stored, byKey: map[string]*peer{}, byState: map[string][]*peer{}, found: map[string][]candidate{}}
	for _, d := range all {
		for _, w := range d.worlds {
			p := &peer{dir: d.dir, world: w.name}
			if w.unit != nil {
				p.dir, p.world = w.unit.Dir, ""
			}
			in := l.worldInput(d.root, w, names)
			in.Join = func(q hcleval.Query) (hcleval.Answer, bool) { return j.answer(p, q) }
			p.Peer = hcleval.NewPeer(in)
			p.state = l.stateOf(p, w)
			j.peers = append(j.peers, p)
			j.byKey[in.Unit.Key] = p
			j.byState[p.state.name()] = append(j.byState[p.state.name()], p)
		}
	}
	if err := j.prepare(ctx, l, asked); err != nil || l.o.Touched == nil {
		return j, roots, err
	}
	return j, j.withReaders(l, roots, all), nil
}

// withReaders adds to the roots those of all that ask one of them, and those that ask
// these; and, as a context that is not reported on, those that any of them ask.
func (j *joins) withReaders(l *loader, roots, all []deployment) []deployment {
	in := map[string]bool{}
	for _, p := range l.o.Touched {
		in[path.Dir(p)] = true // also where nothing is created
	}
	for _, d := range roots {
		in[d.dir] = true
		for _, w := range d.worlds {
			if w.unit != nil {
				in[w.unit.Dir] = true
			}
		}
	}
	for grown := true; grown; {
		grown = false
		for _, p := range j.peers {
			if in[p.dir] || !slices.ContainsFunc(j.asked(p), func(of *peer) bool { return in[of.dir] }) {
				continue
			}
			in[p.dir], grown = true, true
		}
	}
	l.context = j.reached(in)
	out := slices.Clip(roots)
	for _, d := range all[len(roots):] {
		if (in[d.dir] || l.context[d.dir]) && l.configs[d.dir].HasContent() {
			out = append(out, d)
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i].worlds[0].unit != nil, out[j].worlds[0].unit != nil
		return a != b && b || a == b && out[i].dir < out[j].dir
	})
	return out
}

// reached are the directories of the units that some ask, and that these ask, without
// those: what they have is judged with what is there.
func (j *joins) reached(in map[string]bool) map[string]bool {
	out := map[string]bool{}
	for grown := true; grown; {
		grown = false
		for _, p := range j.peers {
			if !in[p.dir] && !out[p.dir] {
				continue
			}
			for _, of := range j.asked(p) {
				if !in[of.dir] && !out[of.dir] {
					out[of.dir], grown = true, true
				}
			}
		}
	}
	return out
}

// asked are the units that a unit asks.
func (j *joins) asked(p *peer) []*peer {
	if p.asks != nil {
		return p.asks
	}
	p.asks = []*peer{}
	for _, q := range p.Queries(remoteState) {
		if of, _ := j.stateRead(p, q); of != nil {
			p.asks = append(p.asks, of)
		}
	}
	for _, typ := range sortedDirs(lookedUp) {
		for _, q := range p.Queries(typ) {
			if group, _ := j.lookedFor(p, q); len(group) > 0 {
				p.asks = append(p.asks, group[0].p)
			}
		}
	}
	return p.asks
}

// withUntouched adds the roots that are not evaluated in this run, and those that
// create nothing, since others may depend on them.
func (l *loader) withUntouched(roots []deployment) ([]deployment, error) {
	others := l.values
	if l.o.Touched != nil {
		others = append(slices.Clip(others), l.allRoots...)
	}
	there := map[string]bool{}
	for _, d := range roots {
		there[d.dir] = true
	}
	out := append([]deployment(nil), roots...)
	for _, r := range others {
		if there[r.dir] {
			continue
		}
		worlds, err := l.worldsOf(r)
		if err != nil {
			return nil, err
		}
		out = append(out, deployment{r, worlds})
	}
	return out, nil
}

// prepare works out what can be asked. A fault of this program in a unit costs
// the answers of that unit.
func (j *joins) prepare(ctx context.Context, l *loader, asked map[string]bool) error {
	for _, typ := range sortedDirs(lookedUp) {
		if !asked[typ] {
			continue
		}
		for _, p := range j.peers {
			if err := ctx.Err(); err != nil {
				return err
			}
			l.note([]error{guard.Do("looking for resources in "+p.Unit.Key, func() error {
				j.index(typ, p)
				return nil
			})})
		}
	}
	if !asked[remoteState] {
		return nil
	}
	for _, p := range j.peers {
		if err := ctx.Err(); err != nil {
			return err
		}
		l.note([]error{guard.Do("evaluating the outputs of "+p.Unit.Key, func() error {
			p.Outputs()
			return nil
		})})
	}
	return nil
}

// ask is how a unit asks while it is evaluated; nil if there is nobody to ask.
func (j *joins) ask(u *graph.Unit) func(hcleval.Query) (hcleval.Answer, bool) {
	if j == nil {
		return nil
	}
	asker := j.byKey[u.Key]
	return func(q hcleval.Query) (hcleval.Answer, bool) {
		j.mu.Lock()
		defer j.mu.Unlock()
		return j.answer(asker, q)
	}
}

// answer answers a query.
func (j *joins) answer(asker *peer, q hcleval.Query) (hcleval.Answer, bool) {
	switch {
	case asker == nil:
		return hcleval.Answer{}, false
	case q.Type == remoteState:
		return j.remoteState(asker, q)
	}
	return j.lookUp(asker, q)
}

// near reports that a unit may be asked by another: examples are apart from what
// is deployed, production is apart from development, and so are worlds.
func (p *peer) near(asker *peer) bool {
	if p.Unit.Kind != asker.Unit.Kind {
		return false
	}
	a, b := parameterstore.EnvironmentOf(p.dir), parameterstore.EnvironmentOf(asker.dir)
	if a != "" && b != "" && a != b {
		return false
	}
	return p.world == "" || asker.world == "" || p.world == asker.world
}

// oneWorld leaves of the worlds of a root the one that is asked from.
func oneWorld(peers []*peer, world string) []*peer {
	count := map[string]int{}
	for _, p := range peers {
		count[p.dir]++
	}
	var out []*peer
	for _, p := range peers {
		if count[p.dir] == 1 || p.world == world || p.Unit.Workspace != "" && p.Unit.Workspace == world {
			out = append(out, p)
		}
	}
	return out
}

// described names a unit in a sentence.
func (p *peer) described() string {
	if p.world != "" {
		return fmt.Sprintf("%s in the world %s", p.dir, p.world)
	}
	return p.dir
}
