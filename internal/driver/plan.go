package driver

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/parsers/plan"
	"github.com/wacheck/wacheck/parsers/terraform"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// Plan is a plan of Terraform to be analysed.
type Plan struct {
	*plan.Plan
	// Name is what it is called: the file as the user named it.
	Name string
	// Source is the directory of the operating system of its root module, or empty.
	Source string
	// InputsOnly takes the inputs of the plan for its configuration, and nothing else
	// of it: it is the plan of another revision.
	InputsOnly bool
}

// loadPlans analyses the plans: each is a unit of its root module, several of one
// root module are its worlds.
func (r *run) loadPlans(origins *value.Origins) error {
	shared := map[string]int{}
	for _, p := range r.o.Plans {
		shared[p.Source]++
	}
	used := map[string]bool{}
	for _, p := range r.o.Plans {
		world := ""
		if shared[p.Source] > 1 {
			world = unique(strings.TrimSuffix(path.Base(filepath.ToSlash(p.Name)), path.Ext(p.Name)), used)
		}
		if p.Source == "" {
			r.barePlan(p, world, origins)
			continue
		}
		if err := r.sourcedPlan(p, world, origins); err != nil {
			return err
		}
	}
	return nil
}

// leavePlanned leaves to the plans what they are of.
func (r *run) leavePlanned() {
	if r.o.PlansOnly {
		r.inv.terraform, r.inv.templates = nil, nil
		r.inv.files = slices.DeleteFunc(r.inv.files, func(p string) bool { return !isTerraform(p) })
	}
	for _, p := range r.o.Plans {
		if dir, err := r.inv.rel(p.Source); err == nil && p.Source != "" {
			r.inv.terraform = slices.DeleteFunc(r.inv.terraform, func(d string) bool { return d == dir })
		}
	}
}

func unique(name string, used map[string]bool) string {
	out := name
	for n := 2; used[out]; n++ {
		out = fmt.Sprintf("%s-%d", name, n)
	}
	used[out] = true
	return out
}

// sourcedPlan lays a plan over its configuration.
func (r *run) sourcedPlan(p Plan, world string, origins *value.Origins) error {
	dir, err := r.inv.rel(p.Source)
	if err != nil {
		return err
	}
	res, err := terraform.Load(r.ctx, terraform.Options{
		Tree: r.inv.tree, Files: r.out.Files, Origins: origins, Dirs: []string{dir}, ScanRoots: []string{dir},
		Planned: p.Variables, Workspace: r.o.Workspace, OneWorld: true, World: world,
	})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(res.Parts, func(part *graph.Part) bool { return part.Unit.Dir == dir })
	if i < 0 {
		return fmt.Errorf("--source %s: no Terraform configuration found there", p.Source)
	}
	part := res.Parts[i]
	if p.InputsOnly {
		r.addTerraform(res, part)
		return nil
	}
	strangers := p.Overlay(part, origins)
	if len(strangers) > 0 {
		res.Diagnostics = append(res.Diagnostics, source.Diagnostic{Level: source.Warning, Code: "plan-differs", Span: part.Unit.Anchor,
			Message: fmt.Sprintf("the plan %s has %d resources that the configuration has no block for, such as %s: is it the plan of another directory or revision? They are analysed without their places",
				p.Name, len(strangers), strangers[0])})
	}
	r.addTerraform(res, part)
	return nil
}

// addTerraform adds what was read for one plan to what was read before.
func (r *run) addTerraform(res *terraform.Result, part *graph.Part) {
	t := r.terraform
	t.Parts = append(t.Parts, part)
	t.Faults = append(t.Faults, res.Faults...)
	t.Modules.Resolved += res.Modules.Resolved
	t.Modules.Missing += res.Modules.Missing
	t.Modules.Remote += res.Modules.Remote
	for _, d := range res.Diagnostics {
		if !slices.Contains(t.Diagnostics, d) { // several plans of one root module
			t.Diagnostics = append(t.Diagnostics, d)
		}
	}
}

// barePlan makes a unit of a plan alone.
func (r *run) barePlan(p Plan, world string, origins *value.Origins) {
	u := &graph.Unit{Key: p.Name, Lang: graph.Terraform, Kind: graph.Root, Dir: ".", World: world, Anchor: r.anchor(p.Name)}
	if world != "" {
		u.Key += "@" + world
	}
	r.terraform.Parts = append(r.terraform.Parts, p.Part(u, origins))
}

// anchor is where findings of a plan without its configuration are shown: at the
// file that the user chose for that, else at the plan. The plan itself is not put
// into the files of the run: secrets stand in it.
func (r *run) anchor(name string) source.Span {
	if r.o.Anchor != "" {
		if rel, err := r.inv.rel(r.o.Anchor); err == nil {
			if f, err := r.inv.tree.Load(r.out.Files, rel); err == nil {
				return f.Whole().Head()
			}
		}
	}
	if rel, err := r.inv.rel(name); err == nil {
		name = rel
	}
	f := r.out.Files.Lookup(name)
	if f == nil {
		var err error
		if f, err = r.out.Files.Add(name, nil); err != nil {
			return source.Span{}
		}
	}
	return f.Whole()
}

// analysed reports a file of the tree that is one of the plans.
func (r *run) analysed(file string) bool {
	return slices.ContainsFunc(r.o.Plans, func(p Plan) bool {
		rel, err := r.inv.rel(p.Name)
		return err == nil && rel == file
	})
}

// foundPlans tells of plans that lie among the files and are not asked for: whether
// they are those of today, and of which configuration, only the user knows.
func (r *run) foundPlans() {
	for _, p := range r.inv.templates {
		if r.cloudformation.Status[p].Kind == cloudformation.TerraformPlan && !r.analysed(p) {
			r.out.Diagnostics = append(r.out.Diagnostics, source.Diagnostic{Level: source.Note, Code: "plan-found", Path: p,
				Message: "is a plan of Terraform, and was not analysed: name it with --plan, and its configuration with --source"})
		}
	}
}

// rel is a path of the operating system as one of the tree.
func (inv *inventory) rel(name string) (string, error) {
	abs, err := filepath.Abs(name)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(inv.tree.Root, abs)
	if err != nil {
		return "", err
	}
	if rel = filepath.ToSlash(rel); rel == ".." || strings.HasPrefix(rel, "../") {
		return "", fmt.Errorf("%s: %w", name, source.ErrOutside)
	}
	return rel, nil
}
