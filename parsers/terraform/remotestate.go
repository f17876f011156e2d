package terraform

import (
	"path"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/internal/hcleval"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// remoteState is the type of the data source that reads outputs of other roots.
const remoteState = "terraform_remote_state"

// identifying are the arguments by which a backend tells states apart. The last
// one names the state, those before it the store.
var identifying = map[string][]string{
	"s3":         {"bucket", "key"},
	"gcs":        {"bucket", "prefix"},
	"azurerm":    {"storage_account_name", "container_name", "key"},
	"remote":     {"organization", "workspaces"},
	"consul":     {"address", "path"},
	"http":       {"address"},
	"kubernetes": {"namespace", "secret_suffix"},
	"pg":         {"conn_str", "schema_name"},
	"local":      {"path"},
}

// state is where the state of a root is kept.
type state struct {
	backend string
	// args are the identifying arguments that are known.
	args map[string]string
}

// stateOf is where the state of a unit is kept: by its backend block, by what
// Terragrunt says, and by the files that are given to "terraform init".
func (l *loader) stateOf(p *peer, w world) state {
	typ, args := p.Backend()
	if w.unit != nil && w.unit.Backend != "" {
		typ, args = w.unit.Backend, w.unit.State
	}
	if typ == "" && w.unit == nil {
		typ = "local"
	}
	s := state{backend: typ, args: identityOf(typ, args)}
	if typ == "local" {
		s.args["path"] = localState(p.dir, args.Get("path"))
		return s
	}
	for _, name := range identifying[typ] {
		if s.args[name] != "" {
			continue
		}
		for _, f := range w.files {
			// A convention of those who give the same file to init and to plan.
			if parsed := l.parsed[f]; parsed != nil && strings.HasPrefix(path.Base(f.Path), "backend") {
				if text, ok := parsed.Text(name); ok {
					s.args[name] = text
				}
			}
		}
		if text, ok := l.initText(p, name); ok && s.args[name] == "" {
			s.args[name] = text
		}
	}
	return s
}

// initText is an argument of a file for "terraform init -backend-config" that lies
// in the root: the only one, or the one that is called like the world.
func (l *loader) initText(p *peer, name string) (string, bool) {
	entries, err := l.o.Tree.ReadDir(p.dir)
	if err != nil {
		return "", false
	}
	var files []string
	for _, e := range entries {
		n := e.Name()
		if !e.IsDir() && (strings.HasSuffix(n, ".tfbackend") || strings.HasPrefix(n, "backend") && strings.HasSuffix(n, ".hcl")) {
			files = append(files, n)
		}
	}
	if p.world != "" {
		files = slices.DeleteFunc(files, func(n string) bool { return !strings.Contains(n, p.world) })
	}
	if len(files) != 1 {
		return "", false
	}
	content, err := l.o.Tree.Read(path.Join(p.dir, files[0]))
	if err != nil {
		return "", false
	}
	f, err := source.NewFileSet().Add(path.Join(p.dir, files[0]), content)
	if err != nil {
		return "", false
	}
	return hcleval.ParseFile(f).Text(name)
}

// identityOf are those of the arguments of a backend that tell states apart, as
// far as they are known.
func identityOf(backend string, args value.Value) map[string]string {
	out := map[string]string{}
	for _, name := range identifying[backend] {
		v := args.Get(name)
		if name == "workspaces" { // a block, or an object
			if es := v.Elems(); len(es) == 1 {
				v = es[0]
			}
			v = v.Get("name")
		}
		if s, ok := v.Str(); ok {
			out[name] = s
		}
	}
	return out
}

// localState is the path of a state file from the root of the tree.
func localState(dir string, v value.Value) string {
	switch s, ok := v.Str(); {
	case ok && !path.IsAbs(s):
		return path.Join(dir, s)
	case v.IsUnset():
		return path.Join(dir, "terraform.tfstate")
	}
	return ""
}

// name is what the backend calls the state, with the type of the backend.
func (s state) name() string {
	names := identifying[s.backend]
	if len(names) == 0 {
		return ""
	}
	return s.backend + " " + s.args[names[len(names)-1]]
}

// same compares where two states are kept. It says what is not known of it;
// ok is false where they differ, or where the name of the state is not known.
func (s state) same(o state) (unknown []string, ok bool) {
	names := identifying[s.backend]
	if s.backend != o.backend || len(names) == 0 {
		return nil, false
	}
	for i, name := range names {
		a, b := s.args[name], o.args[name]
		switch {
		case a != "" && b != "":
			if a != b {
				return nil, false
			}
		case i == len(names)-1:
			return nil, false
		default:
			unknown = append(unknown, name)
		}
	}
	return unknown, true
}

// remoteState answers a data source that reads the state of a root.
func (j *joins) remoteState(asker *peer, q hcleval.Query) (hcleval.Answer, bool) {
	p, from := j.stateRead(asker, q)
	if p == nil {
		return hcleval.Answer{}, false
	}
	return p.answer(q, from)
}

// stateRead is the unit whose state a data source reads, and by what that is told;
// nil if it is none of the scan, or that is not clear.
func (j *joins) stateRead(asker *peer, q hcleval.Query) (p *peer, from string) {
	backend, _ := q.Args.Get("backend").Str()
	config := q.Args.Get("config")
	want := state{backend: backend, args: identityOf(backend, config)}
	if backend == "local" {
		want.args["path"] = localState(asker.dir, config.Get("path"))
	}
	world, given := q.Args.Get("workspace").Str()
	if !given {
		world = asker.world
	}
	var sure, guessed []*peer
	var unknown []string
	for _, p := range j.byState[want.name()] {
		missing, ok := p.state.same(want)
		switch {
		case !ok, p == asker, p.Unit.Kind != asker.Unit.Kind:
		case len(missing) == 0:
			sure = append(sure, p)
		case p.near(asker):
			guessed, unknown = append(guessed, p), missing
		}
	}
	peers := oneWorld(sure, world)
	if len(sure) > 0 {
		unknown = nil
	} else {
		peers = oneWorld(guessed, world)
	}
	if len(peers) != 1 {
		return nil, ""
	}
	p = peers[0]
	names := identifying[backend]
	from = "the state of " + p.described() + ", whose backend has the same " + strings.Join(names, " and ")
	if len(unknown) > 0 {
		from = "taken to be the state of " + p.described() + ", the only one with this " + names[len(names)-1] + "; the " +
			strings.Join(unknown, " and ") + " is not known"
	}
	return p, from
}

// answer is an output of a peer, or all of them.
func (p *peer) answer(q hcleval.Query, from string) (hcleval.Answer, bool) {
	if q.Attr == "" {
		return hcleval.Answer{Value: p.Outputs(), From: from}, true
	}
	v, ok := p.Output(q.Attr)
	if !ok {
		v = q.Args.Get("defaults").Get(q.Attr)
		from = "a default, since " + p.described() + " has no such output"
	}
	return hcleval.Answer{Value: v, From: from}, !v.IsAbsent()
}
