package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/gate/baseline"
	"github.com/wacheck/wacheck/gate/compat"
	"github.com/wacheck/wacheck/gate/suppress"
	"github.com/wacheck/wacheck/internal/config"
	"github.com/wacheck/wacheck/internal/driver"
	"github.com/wacheck/wacheck/internal/judge"
	"github.com/wacheck/wacheck/source"
)

// gateFlags say what findings mean: which are accepted, and which fail the run.
type gateFlags struct {
	failOn           string
	softFail         bool
	exitCode         int
	failOnUnknown    bool
	failOnUnused     bool
	allowParseErrors bool
	strictModules    bool
	minCoverage      int
	includeExamples  bool
	includeGenerated bool

	noInline      bool
	trustModules  bool
	requireReason bool
	requireExpiry bool
	maxExpiryDays int
	compat        []string

	baseline       string
	noBaseline     bool
	baselineMaxAge int
	expireOnChange bool

	diffBase string
}

func (f *gateFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.failOn, "fail-on", "high", "exit with 1 on findings of at least this `SEVERITY`, or none")
	fs.BoolVar(&f.softFail, "soft-fail", false, "exit with 0 in spite of findings")
	fs.IntVar(&f.exitCode, "exit-code", ExitFindings, "exit with `STATUS` on findings (4 to 125, for scripts that tell tools apart by it)")
	fs.BoolVar(&f.failOnUnknown, "fail-on-unknown", false, "exit with 1 on verdicts that could not be decided, too")
	fs.BoolVar(&f.failOnUnused, "fail-on-unused-suppressions", false, "exit with 1 on suppressions that suppress nothing")
	fs.BoolVar(&f.allowParseErrors, "allow-parse-errors", false, "do not exit with 2 because of files that can't be parsed")
	fs.BoolVar(&f.strictModules, "strict-modules", false, "exit with 2 if the source of a module is not here")
	fs.IntVar(&f.minCoverage, "min-coverage", 0, "exit with 2 if less than `PERCENT` of the values are known")
	fs.BoolVar(&f.includeExamples, "include-examples", false, "report on examples and tests as if they were deployed")
	fs.BoolVar(&f.includeGenerated, "include-generated", false, "report on helpers that the CDK generates, too")
	f.policy(fs)
	fs.StringVar(&f.diffBase, "diff-base", "", "only what is new since `REF` (a branch, tag or commit) fails; auto takes that of the pull request")
	fs.BoolVar(&f.noBaseline, "no-baseline", false, "report also what the baseline accepts")
}

// policy registers the flags that say which suppressions count.
func (f *gateFlags) policy(fs *pflag.FlagSet) {
	fs.BoolVar(&f.noInline, "no-inline-suppressions", false, "disregard suppressions in the code")
	fs.BoolVar(&f.trustModules, "trust-module-suppressions", false, "honour suppressions in modules that come from elsewhere")
	fs.BoolVar(&f.requireReason, "require-reason", false, "a suppression without a reason does not count")
	fs.BoolVar(&f.requireExpiry, "require-expiry", false, "a suppression without a date does not count")
	fs.IntVar(&f.maxExpiryDays, "max-expiry-days", 0, "a suppression whose date is more than `DAYS` away does not count")
	fs.StringSliceVar(&f.compat, "compat", nil, "honour suppressions written for other `TOOLS`: "+strings.Join(compat.Tools(), ", ")+", or all")
	fs.StringVar(&f.baseline, "baseline", "", "accepted findings are in `FILE` (default: "+baseline.Name+" at the root of the repository, if it is there)")
	fs.IntVar(&f.baselineMaxAge, "baseline-max-age", 0, "entries of the baseline that are older than `DAYS` do not count")
	fs.BoolVar(&f.expireOnChange, "baseline-expire-on-change", false, "entries of the baseline do not count once their resource was changed")
}

// today is the date in UTC. SOURCE_DATE_EPOCH sets it, as for reproducible builds.
func today() (string, error) {
	epoch := os.Getenv("SOURCE_DATE_EPOCH")
	if epoch == "" {
		return driver.Today(), nil
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return "", fmt.Errorf("SOURCE_DATE_EPOCH: %q is no number of seconds", epoch)
	}
	return time.Unix(seconds, 0).UTC().Format(time.DateOnly), nil
}

// tools checks the names of other tools.
func (f *gateFlags) tools() ([]string, error) {
	var out []string
	for _, name := range f.compat {
		name = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "-", "_")
		switch {
		case name == "all":
			return compat.Tools(), nil
		case slices.Contains(compat.Tools(), name):
			out = append(out, name)
		default:
			err := fmt.Errorf("--compat: unknown tool %q (one of %s, all)", name, strings.Join(compat.Tools(), ", "))
			return nil, withHint(err, name, compat.Tools())
		}
	}
	return out, nil
}

// judgeBy gives the options of the judge of a run. The baseline is read by the
// function, if there is one.
func (f *gateFlags) judgeBy(s *settings, sel *selectFlags, skip []string, accepted func(date string) (*judge.Baseline, error)) (judge.Options, error) {
	threshold, err := config.ParseThreshold(f.failOn)
	if err != nil {
		return judge.Options{}, fmt.Errorf("--fail-on: %w", err)
	}
	tools, err := f.tools()
	if err != nil {
		return judge.Options{}, err
	}
	date, err := today()
	if err != nil {
		return judge.Options{}, err
	}
	var held *judge.Baseline
	if accepted != nil {
		if held, err = accepted(date); err != nil {
			return judge.Options{}, err
		}
	}
	return judge.Options{
		Skip: skip, Baseline: held, Canonical: canonicalRule,
		Config: s.tree, ReadConfig: s.reader(), Resolve: resolveRules, FailOn: threshold, Strict: s.given("fail-on"),
		FullyRun: sel.fullyRuns, OnTrial: sel.onTrial, Left: sel.leavesOut, Shown: func(x *analysis.Finding) bool {
			return !f.isExample(x, sel) && !f.isGenerated(x, sel) && x.Severity >= sel.severityLevel
		},
		Policy: suppress.Policy{
			RequireReason: f.requireReason, RequireExpiry: f.requireExpiry, MaxExpiryDays: f.maxExpiryDays, Today: date,
			NoInline: f.noInline, TrustModules: f.trustModules, Compat: tools,
			Suppressible: func(rule, file string) bool { return s.tree.Rule(rule, file).Suppressible },
		},
	}, nil
}

// filter leaves out what is not to be shown, and counts it: findings below
// --severity, and those in examples.
func (f *gateFlags) filter(r *analysis.Result, sel *selectFlags) {
	hidden := &r.Coverage.Hidden
	keep := func(list []analysis.Finding, examples, generated, milder *int) []analysis.Finding {
		var out []analysis.Finding
		for _, x := range list {
			switch {
			case f.isExample(&x, sel):
				*examples++
			case f.isGenerated(&x, sel):
				*generated++
			case x.Severity < sel.severityLevel:
				*milder++
			default:
				out = append(out, x)
			}
		}
		return out
	}
	var accepted int // what is accepted is not hidden
	r.Findings = keep(r.Findings, &hidden.ExampleFindings, &hidden.GeneratedFindings, &hidden.MilderFindings)
	r.Opens = keep(r.Opens, &hidden.ExampleOpens, &hidden.GeneratedOpens, &hidden.MilderOpens)
	r.Accepted = keep(r.Accepted, &accepted, &accepted, &accepted)
}

// isExample reports findings in code that only shows a use, unless they are asked
// for.
func (f *gateFlags) isExample(x *analysis.Finding, sel *selectFlags) bool {
	return x.Example && !f.includeExamples && sel.profileLevel != analysis.Everything
}

// isGenerated reports findings about what the CDK made as a helper, which is not
// the user's to configure, unless they are asked for.
func (f *gateFlags) isGenerated(x *analysis.Finding, sel *selectFlags) bool {
	return x.Construct != nil && x.Construct.Generated && !f.includeGenerated && sel.profileLevel != analysis.Everything
}

// verdict is the exit status. Broken input outweighs findings: whoever relies on
// the status must not take a partial answer for a whole one.
// before is the number of roots and stacks of the base, if there is one: a change
// that removes the last of them has been compared, although nothing is left.
func (f *gateFlags) verdict(out *driver.Output, before int) error {
	if err := f.incomplete(out); err != nil {
		return status{code: ExitFailed, err: err}
	}
	if out.Coverage.Units == 0 && before == 0 {
		return status{code: ExitNothing, err: errors.New(nothingFound)}
	}
	if f.softFail {
		return nil
	}
	unused := func(d source.Diagnostic) bool { return d.Code == suppress.UnusedCode }
	switch {
	case f.failOnUnknown && len(out.Opens) > 0,
		f.failOnUnused && slices.ContainsFunc(out.Diagnostics, unused),
		slices.ContainsFunc(out.Findings, func(x analysis.Finding) bool { return x.Fails }):
		return status{code: f.exitCode}
	}
	return nil
}

// checkExitCode keeps the status for findings apart from the others.
func (f *gateFlags) checkExitCode() error {
	if f.exitCode == ExitFindings || f.exitCode > ExitNothing && f.exitCode < 126 {
		return nil
	}
	return fmt.Errorf("--exit-code %d: it has to be 1, or from 4 to 125, so that it can be told from the others (--soft-fail for 0)", f.exitCode)
}

// incomplete says why a run counts as failed although there are results.
func (f *gateFlags) incomplete(out *driver.Output) error {
	broken := 0
	for _, d := range out.Diagnostics {
		if d.Level == source.Error {
			broken++
		}
	}
	c := out.Coverage
	switch {
	case broken > 0 && !f.allowParseErrors:
		return fmt.Errorf("the input has %s; the rest was analysed (--allow-parse-errors to accept that)", count(broken, "error"))
	case f.strictModules && c.ModulesMissing > 0:
		return fmt.Errorf("the source of %s is not here (--strict-modules)", count(c.ModulesMissing, "module call"))
	case f.minCoverage > 0 && c.Values > 0 && c.KnownValues*100 < f.minCoverage*c.Values:
		return fmt.Errorf("%d %% of the values are known, less than the %d %% of --min-coverage", c.KnownValues*100/c.Values, f.minCoverage)
	}
	return nil
}
