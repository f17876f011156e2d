// Package driver leads from paths to a result: it finds the files, has them
// parsed, builds the graph, runs the rules, and accounts for everything.
package driver

import (
	"context"
	"errors"
	"time"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analysis/checker"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/guard"
	"github.com/wacheck/wacheck/internal/parameterstore"
	"github.com/wacheck/wacheck/parsers/cdk"
	"github.com/wacheck/wacheck/parsers/cloudformation"
	"github.com/wacheck/wacheck/parsers/terraform"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// Options say what to analyse, and how.
type Options struct {
	// Paths are files and directories of the operating system; at least one.
	Paths []string
	// SkipPaths are doublestar patterns, relative to a named path or the root.
	SkipPaths []string
	// Suite is what is run; see analyzers/all.
	Suite checker.Suite
	// Enabled and Speaks choose rules and forms of defects; nil means all.
	Enabled func(*analysis.Rule) bool
	Speaks  func(r *analysis.Rule, variant string) bool

	// Settings are what the user says of the estate beside the code; may be nil.
	Settings *analysis.Settings

	// Judge, if set, is called once the graph is built, and returns what judges the
	// verdicts; see checker.Options.
	Judge func(*Output) func(findings, opens []analysis.Finding)
	// Touched, if not nil, restricts the run to the roots and stacks that these
	// files matter to; they are files of the operating system below Paths.
	Touched []string
	// Root, if set, is the directory that paths are relative to. Otherwise it is
	// the git work tree that holds all paths, or the directory that they share.
	Root string

	// Terraform inputs: files of the operating system, and raw values by name.
	VarFiles  []string
	Vars, Env map[string]string
	Workspace string
	// Modules are the directories, of the operating system, in which modules with
	// sources elsewhere lie, by source.
	Modules map[string]string
	// WrapperEnv are the environment variables that Terragrunt files may read.
	WrapperEnv map[string]string
	// OneWorld leaves the inputs alone that were found by convention.
	OneWorld bool
	// StandaloneModules analyses modules that are called from elsewhere as roots, too.
	StandaloneModules bool
	// Environment, if set, is the name of the only world that is analysed of what has
	// several; what has no worlds is analysed as ever.
	Environment string
	// Plans are analysed beside what is below Paths, or, with PlansOnly, in its stead.
	// Anchor is the file at which findings are shown that have no place, since their
	// plan has no Source.
	Plans     []Plan
	PlansOnly bool
	Anchor    string
	// Parameters, Region and AccountID are inputs of CloudFormation.
	Parameters        map[string]string
	Region, AccountID string
}

// Output is a result with what it was made from.
type Output struct {
	*analysis.Result
	Graph *graph.Graph
	// Root is the directory of the operating system that paths are relative to.
	Root string
	// Touched are the files of Options.Touched, relative to the root.
	Touched map[string]bool
	// Acknowledgements are the rules that programs of the CDK accept.
	Acknowledgements []cdk.Acknowledgement
	// context are the units that are there only since others depend on them.
	context map[string]bool
	// Phases are what took how long, in order.
	Phases []Phase
}

// Phase is a part of the work.
type Phase struct {
	Name string
	Took time.Duration
}

// Run analyses. An error means that the tool failed or the input could not be
// found; the output may then still hold what was found. Trouble with the input
// is in the diagnostics.
func Run(ctx context.Context, o Options) (*Output, error) {
	r := &run{ctx: ctx, o: o, started: now(), terraform: &terraform.Result{}, cdk: &cdk.Result{}, cloudformation: &cloudformation.Result{},
		out: &Output{Result: &analysis.Result{Files: source.NewFileSet()}}}
	inv, err := discover(o.Paths, o.SkipPaths, o.Root)
	if err != nil {
		return nil, err
	}
	r.inv, r.out.Root = inv, inv.tree.Root
	if err := errors.Join(r.touch(), r.inputs()); err != nil {
		return nil, err
	}
	r.out.Diagnostics = inv.diagnostics
	r.phase("discover")
	if err := r.load(); err != nil {
		return nil, err
	}
	err = errors.Join(errors.Join(r.faults...), r.check())
	r.cover()
	r.out.Diagnostics = source.SortDiagnostics(r.out.Files, r.out.Diagnostics)
	return r.out, err
}

type run struct {
	ctx     context.Context
	o       Options
	inv     *inventory
	out     *Output
	started time.Time
	// touched are the files of Options.Touched, relative to the root.
	touched []string

	// faults are faults of this program that left something out.
	faults []error

	terraform      *terraform.Result
	cdk            *cdk.Result
	cloudformation *cloudformation.Result
}

func (r *run) phase(name string) {
	ended := now()
	r.out.Phases = append(r.out.Phases, Phase{name, ended.Sub(r.started)})
	r.started = ended
}

// Today is the date in UTC, as YYYY-MM-DD, for suppressions that expire.
func Today() string { return now().UTC().Format(time.DateOnly) }

// now is the only use of the clock. It tells how long the phases took, of which
// nothing reaches the result, and the date.
func now() time.Time {
	return time.Now() //nolint:forbidigo // see above
}

// templates say which templates are read, and how.
func (r *run) templates(origins *value.Origins) cloudformation.Options {
	return cloudformation.Options{
		Tree: r.inv.tree, Files: r.out.Files, Origins: origins, Paths: r.inv.templates, ScanRoots: r.inv.roots,
		Parameters: r.o.Parameters, Region: r.o.Region, AccountID: r.o.AccountID, Deployments: r.deployments(), SAMConfigs: r.inv.named("samconfig.toml"), OneWorld: r.o.OneWorld,
	}
}

// load parses and builds the graph.
func (r *run) load() error {
	origins := value.NewOrigins()
	b := graph.NewBuilder(r.out.Files, origins)
	r.leavePlanned()
	if err := r.loadCDK(); err != nil { // it says which templates there are, and how they are deployed
		return err
	}
	r.phase("cdk")
	err := r.language("Terraform", func() (err error) {
		r.terraform, err = terraform.Load(r.ctx, terraform.Options{
			Tree: r.inv.tree, Files: r.out.Files, Origins: origins, Dirs: r.inv.terraform, ScanRoots: r.inv.roots,
			VarFiles: r.o.VarFiles, Vars: r.o.Vars, Env: r.o.Env, Workspace: r.o.Workspace, StandaloneModules: r.o.StandaloneModules, OneWorld: r.o.OneWorld, Wrappers: r.inv.named("terragrunt.hcl"), Stacks: r.inv.named("terragrunt.stack.hcl"), WrapperEnv: r.o.WrapperEnv,
			Touched: r.touched, Modules: r.o.Modules, Stored: func(ctx context.Context) ([]*parameterstore.Parameter, error) {
				return cloudformation.StoredParameters(ctx, r.templates(origins))
			},
		})
		if err != nil {
			return err
		}
		return r.loadPlans(origins)
	})
	if err != nil {
		return err
	}
	r.out.context = r.terraform.Context
	r.phase("terraform")
	err = r.language("CloudFormation", func() (err error) {
		o := r.templates(origins)
		o.Stored = r.terraform.StoredParameters(origins)
		r.cloudformation, err = cloudformation.Load(r.ctx, o)
		return err
	})
	if err != nil {
		return err
	}
	r.constructs()
	r.phase("cloudformation")
	r.faults = append(r.faults, r.terraform.Faults...)
	r.faults = append(r.faults, r.cloudformation.Faults...)
	r.out.Diagnostics = append(r.out.Diagnostics, r.terraform.Diagnostics...)
	r.out.Diagnostics = append(r.out.Diagnostics, r.cdk.Diagnostics...)
	r.out.Diagnostics = append(r.out.Diagnostics, r.cloudformation.Diagnostics...)
	r.foundPlans()
	if err := r.choose(); err != nil {
		return err
	}
	for _, parts := range [][]*graph.Part{r.terraform.Parts, r.cloudformation.Parts} {
		for _, p := range parts {
			if err := b.Add(p); err != nil {
				return err
			}
		}
	}
	err = guard.Do("building the graph", func() error {
		g, diags := b.Freeze(aws.Options())
		r.out.Graph = g
		r.out.Diagnostics = append(r.out.Diagnostics, diags...)
		r.out.Diagnostics = append(r.out.Diagnostics, aws.Refused(g)...)
		return nil
	})
	r.phase("graph")
	return err
}

// language reads one language. A fault of this program in it leaves the other
// one to be analysed, and fails the run.
func (r *run) language(name string, load func() error) error {
	err := guard.Do("reading "+name, load)
	if fault, ok := errors.AsType[*guard.FaultError](err); ok {
		r.faults = append(r.faults, fault)
		r.out.Diagnostics = append(r.out.Diagnostics, source.Diagnostic{Level: source.Error, Code: "internal",
			Message: name + " could not be analysed because of a fault of this program"})
		return nil
	}
	return err
}

func (r *run) check() error {
	o := checker.Options{Enabled: r.o.Enabled, Speaks: r.o.Speaks, Settings: r.o.Settings}
	if r.o.Judge != nil {
		o.Judge = r.o.Judge(r.out)
	}
	out, err := checker.Run(r.ctx, r.out.Graph, r.o.Suite, o)
	r.phase("rules")
	r.out.Rules, r.out.Findings, r.out.Opens, r.out.Accepted, r.out.Decided = out.Rules, out.Findings, out.Opens, out.Accepted, out.Decided
	return errors.Join(err, r.ctx.Err())
}
