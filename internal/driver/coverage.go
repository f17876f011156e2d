package driver

import (
	"maps"
	"path"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// Reasons for which a file is not analysed.
const (
	skipNotCode   = "not infrastructure code"
	skipPath      = "left out by --skip-path"
	skipVariables = "variables that no root reads by itself"
	skipIgnored   = "ignored by Terraform"
	skipHCL       = "Terragrunt or other HCL"
	skipAssembly  = "part of a CDK assembly"
	skipPlan      = "Terraform plan that --plan does not name"
)

// Reasons for which a directory is not entered.
const (
	leftOutTools = "tools or dependencies"
	leftOutLink  = "links out of the tree"
)

// cover accounts for files, units, resources, values and references.
func (r *run) cover() {
	c := &r.out.Coverage
	r.coverFiles(&c.Files)
	c.ModulesResolved = r.terraform.Modules.Resolved + r.cloudformation.Modules.Resolved
	c.ModulesMissing = r.terraform.Modules.Missing + r.cloudformation.Modules.Missing
	c.RulesRun = len(r.out.Rules)
	r.coverGraph(c)
}

// coverFiles says of every file that was found what became of it, once, so
// that the counts add up to what was found.
func (r *run) coverFiles(c *analysis.FileCounts) {
	c.Skipped, c.LeftOut = maps.Clone(r.inv.skipped), maps.Clone(r.inv.leftOut)
	c.Found = len(r.inv.files)
	for _, n := range r.inv.skipped {
		c.Found += n
	}
	broken := r.brokenFiles()
	for _, p := range r.inv.files {
		target := p
		if r.out.Files.Lookup(p) == nil {
			target = r.inv.real(p)
		}
		switch kind := r.cloudformation.Status[p].Kind; {
		case broken[p] || broken[target]:
			c.Broken = append(c.Broken, p)
		case r.cdk.Members[p]:
			c.Skipped[skipAssembly]++
		case (isTerraform(p) || isTerraformInput(p)) && r.out.Files.Lookup(target) != nil:
			c.Terraform++
		case isTerraform(p):
			c.Skipped[skipIgnored]++
		case isTerraformInput(p):
			c.Skipped[skipVariables]++
		case kind == cloudformation.TerraformPlan && r.analysed(p):
			c.Terraform++
		case kind == cloudformation.TerraformPlan:
			c.Skipped[skipPlan]++
		case kind == cloudformation.ParameterFile || kind == cloudformation.Included:
			c.Templates++ // read with the template that it is for
		case isTemplateCandidate(p) && kind == cloudformation.Template:
			c.Templates++
		case kind == cloudformation.Broken:
			c.Broken = append(c.Broken, p)
		case path.Ext(p) == ".hcl" && r.out.Files.Lookup(target) != nil:
			c.Terraform++ // read as Terragrunt
		case path.Ext(p) == ".hcl":
			c.Skipped[skipHCL]++
		default:
			c.Skipped[skipNotCode]++
		}
	}
}

// brokenFiles are the files in which an error was found.
func (r *run) brokenFiles() map[string]bool {
	broken := map[string]bool{}
	for _, d := range r.out.Diagnostics {
		if d.Level != source.Error {
			continue
		}
		if f := r.out.Files.File(d.Span.Pos); f != nil {
			broken[f.Path] = true
		} else if d.Path != "" {
			broken[d.Path] = true
		}
	}
	return broken
}

// real is the path of a file without symbolic links: the parsers read a file
// that is linked to from several places once.
func (inv *inventory) real(p string) string {
	full, err := inv.tree.Resolve(p)
	if err != nil {
		return p
	}
	return strings.TrimPrefix(strings.TrimPrefix(full, inv.tree.Root), "/")
}

func (r *run) coverGraph(c *analysis.Coverage) {
	g := r.out.Graph
	roots := map[string]bool{}
	for _, u := range g.Units() {
		c.Units++
		roots[analysis.Instance{Unit: u.Key, World: u.World}.Root()] = true
		if u.Kind == graph.Example {
			c.Examples++
		}
	}
	c.Roots = len(roots)
	modelled := modelledTypes()
	c.UnmodelledTypes = map[string]int{}
	for _, n := range g.Nodes() {
		if n.Mode != graph.Managed {
			continue
		}
		c.Resources++
		if !n.Exists.Known() {
			c.Conditional++
		}
		if !modelled[n.Type] {
			c.UnmodelledTypes[n.Type]++
		}
		countValues(n.Body, c)
	}
	for _, e := range g.Edges() {
		c.References++
		if to := g.Node(e.To); to.Mode != graph.External {
			c.ResolvedReferences++
		}
	}
}

// countValues counts leaves: a value is known, or it is not. A reference to
// something that exists only after deployment counts as known: it is resolved.
func countValues(v value.Value, c *analysis.Coverage) {
	switch {
	case v.Kind() == value.KindObject && v.IsKnown():
		for _, f := range v.Fields() {
			countValues(f.Value, c)
		}
	case v.Kind() == value.KindList && v.IsKnown():
		for _, e := range v.Elems() {
			countValues(e, c)
		}
	case v.IsAbsent():
	default:
		c.Values++
		if !v.IsUnknown() || len(v.Refs()) > 0 {
			c.KnownValues++
		}
	}
}

func modelledTypes() map[string]bool {
	out := map[string]bool{}
	o := aws.Options()
	for _, l := range o.Links {
		out[l.Type] = true
	}
	for _, t := range aws.ModelTypes() {
		out[t] = true
	}
	return out
}
