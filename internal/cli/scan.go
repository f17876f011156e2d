package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wacheck/wacheck/analyzers/all"
	"github.com/wacheck/wacheck/internal/driver"
	"github.com/wacheck/wacheck/internal/judge"
	"github.com/wacheck/wacheck/source"
)

// scanFlags are the flags of scan and of what else reads infrastructure code.
type scanFlags struct {
	inputFlags
	selectFlags
	outputFlags
	gateFlags
	config string
	scope  string
	timing bool
}

// inputFlags say what is read, with which inputs.
type inputFlags struct {
	skipPaths  []string
	varFiles   []string
	vars       []string
	workspace  string
	parameters []string
	paramFiles []string
	region     string
	account    string
	standalone bool
	plans      []string
	sources    []string
	anchor     string
	env        string
	oneWorld   bool
	wrapperEnv []string
	modules    []string
}

func (f *inputFlags) register(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.skipPaths, "skip-path", nil, "leave out what matches a `GLOB` (** for any depth); repeatable")
	fs.StringArrayVar(&f.varFiles, "var-file", nil, "Terraform variable `FILE`; repeatable")
	fs.StringArrayVar(&f.vars, "var", nil, "Terraform variable `NAME=VALUE`; repeatable")
	fs.StringVar(&f.workspace, "workspace", os.Getenv("TF_WORKSPACE"), "Terraform workspace `NAME`")
	fs.StringVar(&f.env, "env", "", "analyse the environment `NAME` alone: of what has several sets of inputs or stages, the one of that name")
	fs.StringArrayVar(&f.parameters, "parameter", nil, "CloudFormation parameter `NAME=VALUE`; repeatable")
	fs.StringArrayVar(&f.paramFiles, "parameters", nil, "`FILE` with CloudFormation parameters: the list or map of the AWS CLI, a template configuration of CodePipeline, or a deployment file of Git sync; repeatable")
	fs.StringArrayVar(&f.plans, "plan", nil, "analyse the Terraform plan in `FILE`, as \"terraform show -json\" writes it (- is standard input); repeatable")
	fs.StringArrayVar(&f.sources, "source", nil, "`DIR` of the configuration that a plan was made of: findings are shown there; one for each --plan, or one for all")
	fs.StringVar(&f.anchor, "anchor", "", "show the findings of a plan without --source at `FILE`")
	fs.StringVar(&f.region, "region", "", "`REGION` that stacks are deployed to")
	fs.StringVar(&f.account, "account", "", "account `ID` that stacks are deployed to")
	fs.StringArrayVar(&f.wrapperEnv, "terragrunt-env", nil, "environment variable `NAME=VALUE` that Terragrunt files may read; repeatable")
	fs.StringArrayVar(&f.modules, "modules", nil, "the Terraform module with a source elsewhere lies in a directory of the repository, as `SOURCE=DIR`; repeatable")
	fs.BoolVar(&f.oneWorld, "one-world", false, "give every Terraform root the inputs named here and those that Terraform reads unasked, and no others")
	fs.BoolVar(&f.standalone, "standalone-modules", false, "analyse modules that are called from elsewhere on their own, too")
}

// options turns the flags into options of the driver.
func (f *inputFlags) options(paths []string) (driver.Options, error) {
	o := driver.Options{Paths: paths, SkipPaths: f.skipPaths, VarFiles: f.varFiles, Workspace: f.workspace, Region: f.region,
		AccountID: f.account, StandaloneModules: f.standalone, OneWorld: f.oneWorld, Environment: f.env, Suite: all.Suite(), Env: map[string]string{}}
	var err error
	if o.Plans, err = f.readPlans(); err != nil {
		return o, err
	}
	o.Anchor, o.PlansOnly = f.anchor, len(o.Plans) > 0 && len(paths) == 0
	if o.PlansOnly {
		o.Paths = f.sources
	}
	if len(o.Paths) == 0 {
		o.Paths = []string{"."}
	}
	if o.Vars, err = pairs("--var", f.vars); err != nil {
		return o, err
	}
	if o.Modules, err = moduleDirs(f.modules); err != nil {
		return o, err
	}
	if o.WrapperEnv, err = pairs("--terragrunt-env", f.wrapperEnv); err != nil {
		return o, err
	}
	if o.Parameters, err = f.readParameters(); err != nil {
		return o, err
	}
	for _, e := range os.Environ() {
		if name, val, ok := strings.Cut(e, "="); ok && strings.HasPrefix(name, "TF_VAR_") {
			o.Env[strings.TrimPrefix(name, "TF_VAR_")] = val
		}
	}
	return o, nil
}

// moduleDirs splits the values of --modules; the source of a module may hold an
// equals sign.
func moduleDirs(list []string) (map[string]string, error) {
	out := map[string]string{}
	for _, m := range list {
		i := strings.LastIndex(m, "=")
		if i <= 0 || i == len(m)-1 {
			return nil, fmt.Errorf("--modules %q: expected SOURCE=DIR", m)
		}
		out[m[:i]] = m[i+1:]
	}
	return out, nil
}

func pairs(flag string, list []string) (map[string]string, error) {
	out := map[string]string{}
	for _, p := range list {
		name, val, ok := strings.Cut(p, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("%s %q: expected NAME=VALUE", flag, p)
		}
		out[name] = val
	}
	return out, nil
}

func newScan() *cobra.Command {
	f := &scanFlags{}
	c := &cobra.Command{
		Use:   "scan [PATH...]",
		Short: "Analyse infrastructure code",
		Long: "Analyse the Terraform configurations and CloudFormation templates below the given paths (default: the current directory).\n\n" +
			"Exit status: 0 nothing at or above --fail-on, 1 findings, 2 could not analyse, 3 nothing to analyse.",
		Example: "  wacheck scan infra/\n  wacheck scan . --format sarif --output wacheck.sarif\n  wacheck scan . --output json=out.json --output sarif=out.sarif",
		RunE: func(c *cobra.Command, args []string) error {
			s, err := load(c.Flags(), args)
			if err != nil {
				return err
			}
			return f.run(c, args, s)
		},
	}
	f.register(c.Flags())
	return c
}

func (f *scanFlags) register(fs *pflag.FlagSet) {
	f.inputFlags.register(fs)
	f.selectFlags.register(fs)
	f.outputFlags.register(fs)
	f.gateFlags.register(fs)
	fs.StringVar(&f.config, "config", "", "configuration `FILE` (default: .wacheck.yaml at the root of the repository)")
	fs.StringVar(&f.scope, "scope", scopeAll, "with files as arguments, `SCOPE` of the report: all, roots (what the files matter to) or files (what rests on them)")
	fs.BoolVar(&f.timing, "timing", false, "tell on standard error how long each phase took")
}

func (f *scanFlags) run(c *cobra.Command, args []string, s *settings) error {
	o, err := f.options(args)
	if err != nil {
		return err
	}
	if err := checkScope(f.scope); err != nil {
		return err
	}
	if err := f.checkExitCode(); err != nil {
		return err
	}
	if f.scope != scopeAll {
		if len(args) == 0 {
			return nil // a hook without a file to look at
		}
		if err := touch(&o, args); err != nil {
			return err
		}
	}
	if err := f.selectFlags.apply(&o, s.tree); err != nil {
		return err
	}
	outputs, err := f.outputFlags.plan()
	if err != nil {
		return err
	}
	if f.placeless() && slices.ContainsFunc(outputs, func(o output) bool { return o.format == formatSARIF }) {
		return errors.New("SARIF needs places, and a plan has none: name the configuration that it was made of (--source DIR), or a file to show its findings at (--anchor FILE)")
	}
	by, err := f.judgeBy(s, &f.selectFlags, s.everywhere(f.skipPaths, args), func(date string) (*judge.Baseline, error) { return f.readBaseline(s, args, date) })
	if err != nil {
		return err
	}
	if by.Base, err = f.base(c.Context(), o, s, by); err != nil {
		return err
	}
	j := judge.New(by)
	o.Judge = j.Hook
	out, err := scan(c.Context(), o)
	if out == nil {
		return err
	}
	if problems := j.Problems(); len(problems) > 0 {
		return configError(problems)
	}
	j.Finish(c.Context())
	if err != nil { // an analyzer failed: what it would have found is missing
		out.Diagnostics = append(out.Diagnostics, source.Diagnostic{Level: source.Error, Code: "internal-error", Message: firstLine(err)})
	}
	restrict(out, f.scope)
	f.filter(out.Result, &f.selectFlags)
	j.Compare(aboutUnits(out, f.scope))
	if f.timing {
		var total time.Duration
		for _, p := range out.Phases {
			say(c.ErrOrStderr(), "%-15s %s\n", p.Name, p.Took.Round(10*time.Microsecond))
			total += p.Took
		}
		say(c.ErrOrStderr(), "%-15s %s\n", "total", total.Round(10*time.Microsecond))
	}
	if writeErr := f.outputFlags.write(c.OutOrStdout(), outputs, out); writeErr != nil {
		return writeErr
	}
	if err != nil {
		return err
	}
	if f.scope != scopeAll && len(out.TouchedUnits()) == 0 && !slices.ContainsFunc(out.Diagnostics, isError) {
		return nil // none of the files is infrastructure code
	}
	return f.verdict(out, by.Base.Units())
}

func isError(d source.Diagnostic) bool { return d.Level == source.Error }

// firstLine is an error without the stack that may follow.
func firstLine(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}

// scan runs the driver and takes the path of this machine out of its errors.
func scan(ctx context.Context, o driver.Options) (*driver.Output, error) {
	ctx, stop := watched(ctx)
	out, err := driver.Run(ctx, o)
	stop()
	if errors.Is(err, os.ErrNotExist) {
		for _, p := range o.Paths {
			if _, statErr := os.Stat(p); statErr != nil {
				return nil, fmt.Errorf("%s: no such file or directory", p)
			}
		}
	}
	return out, err
}

// nothingFound explains ExitNothing.
const nothingFound = "nothing to analyse: no Terraform configuration and no CloudFormation template found"

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// workingDir is the working directory without symbolic links, empty if there is none.
func workingDir() string {
	wd, err := os.Getwd()
	if err != nil {
		return ""
	}
	if resolved, err := filepath.EvalSymlinks(wd); err == nil {
		return resolved
	}
	return wd
}

// shownFrom returns a function that turns slash-separated paths relative to root into
// such relative to dir, so that they can be opened from there.
func shownFrom(dir, root string) func(string) string {
	return func(p string) string {
		rel, err := filepath.Rel(dir, filepath.Join(root, filepath.FromSlash(p)))
		if err != nil || path.IsAbs(p) {
			return p
		}
		return filepath.ToSlash(rel)
	}
}
