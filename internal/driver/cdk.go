package driver

import (
	"cmp"
	"slices"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/gitrepo"
	"github.com/wacheck/wacheck/parsers/cdk"
	"github.com/wacheck/wacheck/parsers/cdk/gosource"
	"github.com/wacheck/wacheck/parsers/cloudformation"
)

// loadCDK reads the assemblies of CDK programs: what their templates are deployed
// as, and which files are none.
func (r *run) loadCDK() error {
	return r.language("CDK assemblies", func() error {
		r.cdk = cdk.Load(cdk.Options{
			Mappers: []cdk.NewMapper{gosource.New},
			Tree:    r.inv.tree, Files: r.out.Files, Paths: r.inv.files,
			Ignored: func(paths []string) map[string]bool {
				return gitrepo.Repo{Dir: r.inv.tree.Root}.Ignored(r.ctx, paths)
			},
		})
		r.out.Acknowledgements = r.cdk.Acknowledgements
		r.inv.templates = slices.DeleteFunc(r.inv.templates, func(p string) bool { return r.cdk.Members[p] })
		return nil
	})
}

// deployments are those of the templates in assemblies.
func (r *run) deployments() map[string]cloudformation.Deployment {
	out := make(map[string]cloudformation.Deployment, len(r.cdk.Stacks))
	for p, s := range r.cdk.Stacks {
		d := cloudformation.Deployment{World: s.Stage, Parameters: s.Parameters, Region: s.Region, AccountID: s.Account, Tags: s.Tags, Uploaded: s.Uploaded}
		if !s.Nested { // the name of a nested stack is made up when it is deployed
			d.StackName = s.Name
		}
		if s.Missing {
			d.IsPlaceholder = s.IsPlaceholder
		}
		out[p] = d
	}
	return out
}

// constructs tells the nodes of assemblies from which construct they come.
func (r *run) constructs() {
	for _, part := range r.cloudformation.Parts {
		s := r.cdk.Stacks[part.Unit.Path]
		if s == nil {
			continue
		}
		for _, n := range part.Nodes {
			meta, _ := n.Meta.Get("Metadata").Get("aws:cdk:path").Str()
			if c, ok := r.cdk.Construct(s, n.Name, meta); ok {
				n.Construct = &graph.Construct{App: cmp.Or(s.Assembly.App, s.Assembly.Dir), Path: c.Path, Source: c.Source, How: c.How, Generated: c.Generated}
			}
		}
	}
}
