// Package terraform reads Terraform and OpenTofu configurations into graph
// parts: it finds out which directories are root modules, reads the files of
// all modules that they call, and has each root evaluated.
//
// A directory is a root if nothing in the scan calls it. Calls from examples
// and tests do not count, so that a module library is a root although its own
// examples call it. Examples are units of their own kind.
//
// A configuration is parsed once, however often it is called. Roots are
// evaluated in parallel, and the result does not depend on which is faster:
// files are read one after the other in sorted order, and parts come out in
// order of directory.
//
// The workspace is unknown unless it is given: most configurations that read
// terraform.workspace do so to tell environments apart, and taking "default"
// would silently judge an environment that nobody deploys.
package terraform

import (
	"context"
	"path"
	"runtime"
	"slices"
	"sort"

	"golang.org/x/sync/errgroup"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/guard"
	"github.com/wacheck/wacheck/internal/hcleval"
	"github.com/wacheck/wacheck/internal/parameterstore"
	"github.com/wacheck/wacheck/internal/progress"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// Options say what is read and with which inputs.
type Options struct {
	Tree    *source.Tree
	Files   *source.FileSet
	Origins *value.Origins
	// Dirs are the directories that hold configuration files, slash-separated and
	// relative to the root of the tree; .terraform is not among them.
	Dirs []string
	// ScanRoots are the paths that the user named, relative to the root of the
	// tree. A directory is an example by what its path is called below them.
	ScanRoots []string
	// Wrappers are the files terragrunt.hcl of the scan, and WrapperEnv the
	// environment variables that they may read.
	Wrappers []string
	// Stacks are the files terragrunt.stack.hcl of the scan.
	Stacks     []string
	WrapperEnv map[string]string
	// VarFiles are further variable files, relative to the root of the tree, in
	// order of rising precedence. They hold for all roots.
	VarFiles []string
	// Vars are the values of --var by name, as typed. They win over all others.
	Vars map[string]string
	// Planned are the values that a plan was made with, by name. They win over all.
	Planned map[string]string
	// Env are the values of TF_VAR_… by name. All others win over them.
	Env map[string]string
	// Modules are the directories, relative to the root of the tree, in which
	// modules with sources elsewhere lie, by source.
	Modules map[string]string
	// Workspace is the Terraform workspace; empty means that it is not known.
	Workspace string
	// World names this set of inputs; empty for the only one.
	World string
	// OneWorld has every root evaluated with no other inputs than those that
	// Terraform reads unasked and those given here.
	OneWorld bool
	// apart evaluates worlds without sharing anything, for tests.
	apart bool
	// StandaloneModules makes units also of the modules that others call.
	StandaloneModules bool
	// Stored, if not nil, tells of parameters of Systems Manager that others than roots
	// make. It is asked only if a data source looks for one.
	Stored func(context.Context) ([]*parameterstore.Parameter, error)
	// Touched, if not nil, restricts the units to those that these files matter to.
	Touched []string
}

// Result is what was read.
type Result struct {
	// Parts are the units in order of directory.
	Parts       []*graph.Part
	Diagnostics []source.Diagnostic
	Modules     ModuleStats
	// Faults are faults of this program that kept it from reading a file, or from
	// evaluating a root. These count as broken, and the others are dealt with.
	Faults []error
	// Files says of every file that was read whether all of it was understood.
	Files map[string]FileStatus
	// Context are the keys of the units that are there only since others depend on
	// them, in a run over what changed files matter to.
	Context map[string]bool
	// Empty counts the blocks that create nothing, since their count is 0 or
	// their for_each is empty.
	Empty int
}

// ModuleStats counts the instances of module calls.
type ModuleStats struct {
	// Resolved have their source in the tree; Missing do not.
	Resolved, Missing int
	// Remote are those of the resolved that are not the user's own files.
	Remote int
}

// FileStatus says how far a file could be read.
type FileStatus uint8

const (
	// Parsed means that all of the file was read.
	Parsed FileStatus = iota
	// Broken means that part of it, or all, could not be read.
	Broken
)

// String returns the lower-case name.
func (s FileStatus) String() string {
	if s == Broken {
		return "broken"
	}
	return "parsed"
}

// Load reads and evaluates all roots. It fails only when ctx is done or the
// file set is full; trouble with the input is in the diagnostics.
func Load(ctx context.Context, o Options) (*Result, error) {
	l := newLoader(o)
	if err := l.readAll(ctx); err != nil {
		return nil, err
	}
	units, err := l.findUnits()
	if err != nil {
		return nil, err
	}
	results, err := l.evaluate(ctx, units)
	if err != nil {
		return nil, err
	}
	res := &Result{Context: map[string]bool{}, Files: l.status, Diagnostics: l.diags, Faults: l.faults}
	for _, c := range l.ownConfigs() {
		res.Diagnostics = append(res.Diagnostics, c.Diagnostics...)
	}
	opaque, unread := l.opaqueUnits()
	res.Parts = append(res.Parts, opaque...)
	res.Modules.Missing += len(opaque)
	for _, r := range results {
		res.Parts = append(res.Parts, r.Part)
		if l.context[r.Part.Unit.Dir] {
			res.Context[r.Part.Unit.Key] = true
		}
		res.Diagnostics = append(res.Diagnostics, r.Diagnostics...)
		res.Modules.Resolved += r.Resolved
		res.Modules.Missing += r.Missing
		res.Modules.Remote += r.Remote
		res.Empty += r.Empty
		unread = append(unread, r.Unread...)
	}
	res.Diagnostics = append(res.Diagnostics, unreadModules(unread)...)
	res.Diagnostics = source.SortDiagnostics(o.Files, res.Diagnostics)
	return res, nil
}

// deployment is a root with its worlds, which make a unit each.
type deployment struct {
	root
	worlds []world
}

// findUnits lists the roots with their worlds.
func (l *loader) findUnits() ([]deployment, error) {
	var out []deployment
	for _, r := range l.findRoots() {
		worlds, err := l.worldsOf(r)
		if err != nil {
			return nil, err
		}
		out = append(out, deployment{r, worlds})
	}
	if called := l.calledInWorlds(out); !l.o.StandaloneModules {
		out = slices.DeleteFunc(out, func(d deployment) bool { return called[d.dir] })
	}
	return append(out, l.wrappedDeployments()...), nil
}

// calledInWorlds are the directories that a root calls only with the inputs of a
// world, which choose between modules: they are no roots either.
func (l *loader) calledInWorlds(roots []deployment) map[string]bool {
	called := map[string]bool{}
	for _, d := range roots {
		if l.early[d.dir] == nil {
			continue
		}
		for _, w := range d.worlds {
			for _, src := range hcleval.EarlySources(l.worldInput(d.root, w, nil)) {
				if dir := path.Join(d.dir, src); isLocal(src) && dir != d.dir {
					called[l.canonical(dir)] = true
				}
			}
		}
	}
	return called
}

// ownConfigs are the configurations as they are deployed: with what Terragrunt
// generates for them.
func (l *loader) ownConfigs() []*hcleval.Config {
	changed := map[string]bool{}
	for _, c := range l.wrapConfigs {
		changed[c.Dir] = true
	}
	var out []*hcleval.Config
	for _, d := range sortedDirs(l.configs) {
		if !changed[d] {
			out = append(out, l.configs[d])
		}
	}
	return append(out, l.wrapConfigs...)
}

// evaluate evaluates the roots in parallel, and the worlds of each one after
// the other, since they have most of their work in common.
func (l *loader) evaluate(ctx context.Context, roots []deployment) ([]*hcleval.Result, error) {
	configs := make([]*hcleval.Config, 0, len(l.configs))
	for _, d := range sortedDirs(l.configs) {
		configs = append(configs, l.configs[d])
	}
	names := hcleval.NamesOf(configs)
	joins, roots, err := l.joins(ctx, roots, names)
	if err != nil {
		return nil, err
	}
	results := make([][]*hcleval.Result, len(roots))
	faults := make([]error, len(roots))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	step := progress.Begin(ctx, "Terraform roots", len(roots))
	for i, d := range roots {
		g.Go(func() (err error) {
			defer step()
			results[i], faults[i], err = l.evaluateWorlds(ctx, d, names, joins)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	l.note(faults)
	return slices.Concat(results...), nil
}

// evaluateWorlds evaluates a root in its worlds. A fault of this program costs
// the rest of its worlds, since what they share may be at fault.
func (l *loader) evaluateWorlds(ctx context.Context, d deployment, names *hcleval.Names, joins *joins) (results []*hcleval.Result, fault, err error) {
	session := l.session(d)
	for _, w := range d.worlds {
		in := l.worldInput(d.root, w, names)
		in.Session, in.Join = session, joins.ask(in.Unit)
		var res *hcleval.Result
		if fault == nil {
			fault = guard.Do("evaluating "+in.Unit.Key, func() error {
				res, err = hcleval.Evaluate(ctx, in)
				return nil
			})
		}
		if fault != nil {
			res = failed(in)
		}
		if err != nil {
			return nil, fault, err
		}
		results = append(results, res)
	}
	return results, fault, nil
}

// failed is the result for a root that could not be evaluated by a fault of this program.
func failed(in hcleval.Input) *hcleval.Result {
	in.Unit.Broken = true
	return &hcleval.Result{Part: &graph.Part{Unit: in.Unit}, Diagnostics: []source.Diagnostic{{Level: source.Error, Code: codeInternal,
		Path: in.Unit.Dir, Message: "could not be analysed because of a fault of this program"}}}
}

func (l *loader) note(faults []error) {
	for _, f := range faults {
		if f != nil {
			l.faults = append(l.faults, f)
		}
	}
}

// session is what the worlds of a root share. Nothing is shared where they may
// have different modules at the same address.
func (l *loader) session(d deployment) *hcleval.Session {
	if len(l.early) > 0 || l.o.apart {
		return nil
	}
	return hcleval.NewSession(len(d.worlds))
}

// worldInput is all that the evaluation of a root in a world depends on, but for
// the other roots.
func (l *loader) worldInput(r root, w world, names *hcleval.Names) hcleval.Input {
	if w.unit != nil {
		return l.unitInput(w.unit, names)
	}
	return l.input(r, w, names)
}

// input is that of a root that is not a unit of Terragrunt.
func (l *loader) input(r root, w world, names *hcleval.Names) hcleval.Input {
	key := r.dir
	if w.name != "" {
		key += "@" + w.name
	}
	return hcleval.Input{
		Unit: &graph.Unit{Key: key, Lang: graph.Terraform, Kind: r.kind, Dir: r.dir,
			World: w.name, Workspace: w.workspace},
		Config:   l.configs[r.dir],
		Names:    names,
		Files:    l.o.Files,
		Origins:  l.o.Origins,
		TreeRoot: l.o.Tree.Root,
		Vars:     l.variables(r.dir, w.files),
		Locked:   l.locked(r.dir),
		Resolve: func(key string, from *hcleval.Config, call hcleval.Call) hcleval.Resolved {
			return l.resolve(r.dir, key, from.Dir, call)
		},
	}
}

func sortedDirs[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for d := range m {
		out = append(out, d)
	}
	sort.Strings(out)
	return out
}
