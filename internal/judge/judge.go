// Package judge decides what findings mean for a run: whether somebody accepted
// them, whether they are new, and whether they fail the gate. It is what stands
// between the rules and the writers.
package judge

import (
	"context"
	"fmt"
	"path"
	"slices"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/gate/suppress"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/annotations"
	"github.com/wacheck/wacheck/internal/config"
	"github.com/wacheck/wacheck/internal/driver"
	"github.com/wacheck/wacheck/source"
)

// Options say by what findings are judged.
type Options struct {
	// Config is the configuration; ReadConfig, if set, reads that of a directory
	// below the root, and returns nil where there is none.
	Config     *config.Tree
	ReadConfig func(dir string) (*config.File, []config.Problem)
	Policy     suppress.Policy
	// Resolve returns the ids that an id, an alias or a glob stands for.
	Resolve func(pattern string) ([]string, error)
	// FailOn is the threshold; Strict says that it holds whatever the
	// configuration says of environments and paths.
	FailOn config.Threshold
	Strict bool
	// Baseline is the accepted set, or nil; Canonical gives the present id of a rule
	// that has got another.
	Baseline  *Baseline
	Canonical func(rule string) string
	// Base is what the run is compared with, or nil.
	Base *Base
	// Shown says which findings the run reports; nil means all. The others are not
	// accepted by making a baseline either.
	Shown func(*analysis.Finding) bool
	// OnTrial says which rules only take note of what they find; nil means none.
	OnTrial func(*analysis.Rule) bool
	// Skip are the patterns of what is left out.
	Skip []string
	// Left says which rules of the gate itself were left out; nil means none.
	Left func(rule string) bool
	// FullyRun says whether a rule is run in all of its forms.
	FullyRun func(rule string) bool
}

// Judge is the judge of one run.
type Judge struct {
	o   Options
	out *driver.Output
	// Suppressions are known once the run is over.
	Suppressions *suppress.Set
	resources    *resources
	problems     []config.Problem
	baseline     *accepted
	comparison   *comparison
	// record takes what is found if this is the judge of a base.
	record *Base
}

// New returns a judge.
func New(o Options) *Judge {
	if o.Config == nil {
		o.Config = config.NewTree(nil)
	}
	return &Judge{o: o}
}

// Problems are mistakes in configuration files below the root.
func (j *Judge) Problems() []config.Problem { return j.problems }

// Hook is for driver.Options.Judge.
func (j *Judge) Hook(out *driver.Output) func(findings, opens []analysis.Finding) {
	j.out = out
	j.readConfigs()
	notes := annotations.Read(out.Files.Files())
	in := suppress.Input{Files: out.Files, Remarks: notes.Remarks, Resolve: j.o.Resolve, Foreign: foreignFiles(out.Graph)}
	for _, d := range notes.Declarations {
		in.Declared = append(in.Declared, suppress.Declared(d))
	}
	for _, a := range out.Acknowledgements {
		in.Acknowledged = append(in.Acknowledged, suppress.Acknowledged(a))
	}
	for _, f := range j.o.Config.Files() {
		for _, s := range f.Suppressions {
			in.Config = append(in.Config, suppress.Entry{Rules: s.Rules, Reason: s.Reason, Expires: s.Expires, Address: s.Address,
				Construct: s.Construct, Files: s.Path, Below: f.Dir, Path: f.Rel, Line: s.Line})
		}
	}
	j.Suppressions = suppress.New(j.o.Policy, in)
	j.resources = newResources(out.Graph)
	if j.o.Baseline != nil {
		j.baseline = newAccepted(j.o.Baseline, j.o.Canonical)
	}
	if j.o.Base != nil {
		j.comparison = newComparison(j.o.Base, out)
	}
	return j.judge
}

// readConfigs reads the configuration files of all directories that hold a file
// of the run.
func (j *Judge) readConfigs() {
	if j.o.ReadConfig == nil {
		return
	}
	dirs := map[string]bool{}
	for _, f := range j.out.Files.Files() {
		for d := path.Dir(f.Path); d != "." && d != "/" && d != ".." && !dirs[d]; d = path.Dir(d) {
			dirs[d] = true
		}
	}
	var sorted []string
	for d := range dirs {
		sorted = append(sorted, d)
	}
	slices.Sort(sorted)
	for _, d := range sorted {
		f, problems := j.o.ReadConfig(d)
		j.problems = append(j.problems, problems...)
		if f != nil && len(problems) == 0 {
			j.o.Config.Add(f)
		}
	}
}

// judge is handed all verdicts, each about one resource.
func (j *Judge) judge(findings, opens []analysis.Finding) {
	for _, list := range [][]analysis.Finding{findings, opens} {
		for i := range list {
			f := &list[i]
			j.configured(f)
			j.accept(f)
			if j.baseline != nil {
				j.baselined(f)
			}
			if j.comparison != nil {
				j.compare(f)
			}
			f.Fails = !f.Open && f.Accepted == nil && f.Change != analysis.Unchanged && j.fails(f)
		}
	}
	if j.record != nil {
		j.record.keep(j, findings, opens)
	}
}

// offBy and skipBy mark what is dropped: what the configuration switches off at a
// place, and what lies in files that are left out, or is called from there.
const (
	offBy  = "off"
	skipBy = "skip"
)

// dropped reports that nobody wants to hear of a finding.
func dropped(f *analysis.Finding) bool {
	return f.Accepted != nil && (f.Accepted.By == offBy || f.Accepted.By == skipBy)
}

// configured applies severity and switches of the configuration.
func (j *Judge) configured(f *analysis.Finding) {
	if j.skipped(f) {
		f.Accepted = &analysis.Acceptance{By: skipBy}
		return
	}
	s := j.o.Config.Rule(f.Rule.ID, j.file(f))
	switch {
	case s.Severity != nil:
		f.Severity = *s.Severity
	case j.onTrial(f) && f.Severity > analysis.Info:
		f.Remarks = append(f.Remarks, fmt.Sprintf("The rule, or its present form, came with version %s: until the next major version this is a note. With --profile latest it is %s.",
			f.Rule.Since, f.Severity))
		f.Severity = analysis.Info
	}
	if s.Enabled != nil && !*s.Enabled {
		f.Accepted = &analysis.Acceptance{By: offBy}
	}
}

func (j *Judge) accept(f *analysis.Finding) {
	if f.Accepted != nil {
		return
	}
	f.Accepted = j.Suppressions.Judge(f, j.resources)
	j.Suppressions.Touch(f, j.resources)
}

// file is the file that a finding is shown in.
func (j *Judge) file(f *analysis.Finding) string {
	if src := j.out.Files.File(f.Place().Pos); src != nil {
		return src.Path
	}
	return ""
}

// onTrial reports that the rule of a finding only takes note, and that the
// configuration gives it no weight of its own.
func (j *Judge) onTrial(f *analysis.Finding) bool {
	return j.o.OnTrial != nil && j.o.OnTrial(f.Rule) && j.o.Config.Rule(f.Rule.ID, j.file(f)).Severity == nil
}

// fails applies the threshold of the place and environment.
func (j *Judge) fails(f *analysis.Finding) bool {
	if j.onTrial(f) {
		return false
	}
	t := j.o.FailOn
	if !j.o.Strict {
		for _, i := range f.Instances {
			t = j.o.Config.FailOn(j.file(f), j.resources.dir(i.Unit), i, t)
		}
	}
	return !t.Never && f.Severity >= t.Severity
}

// Finish adds what is known at the end: findings about suppressions, and
// diagnostics. It drops what was switched off.
func (j *Judge) Finish(ctx context.Context) {
	out := j.out
	if j.Suppressions == nil {
		return // the run failed before
	}
	out.Accepted = slices.DeleteFunc(out.Accepted, func(f analysis.Finding) bool {
		if dropped(&f) {
			j.count(&f)
		}
		return dropped(&f)
	})
	complete := !slices.ContainsFunc(out.Diagnostics, func(d source.Diagnostic) bool { return d.Level == source.Error })
	ran := j.ran()
	j.Suppressions.Settle(ran, complete)
	var incomplete []analysis.Finding
	if j.o.Left == nil || !j.o.Left(suppress.IncompleteRule.ID) {
		incomplete = j.Suppressions.Findings(analysis.Identity, complete)
	}
	if j.record != nil {
		j.record.keep(j, incomplete, nil)
	}
	for _, f := range incomplete {
		j.configured(&f)
		if f.Accepted != nil {
			j.count(&f)
			continue
		}
		if j.baseline != nil {
			j.baselined(&f)
		}
		if j.comparison != nil {
			j.compare(&f)
		}
		if f.Accepted != nil {
			out.Accepted = append(out.Accepted, f)
			continue
		}
		f.Fails = f.Change != analysis.Unchanged && j.fails(&f)
		out.Findings = append(out.Findings, f)
	}
	more := j.Suppressions.Diagnostics(ran, complete)
	if complete {
		more = append(more, j.stale()...)
	}
	more = append(more, j.incomparable(ctx)...)
	out.Diagnostics = source.SortDiagnostics(out.Files, append(out.Diagnostics, more...))
}

// count accounts for what is dropped.
func (j *Judge) count(f *analysis.Finding) {
	h := &j.out.Coverage.Hidden
	switch {
	case f.Accepted.By == skipBy && f.Open:
		h.SkippedOpens++
	case f.Accepted.By == skipBy:
		h.SkippedFindings++
	case f.Open:
		h.OffOpens++
	default:
		h.OffFindings++
	}
}

// skipped reports that a finding lies in what is left out, or is called from
// there, also where that is read because something else needs it.
func (j *Judge) skipped(f *analysis.Finding) bool {
	if len(j.o.Skip) == 0 {
		return false
	}
	spans := []source.Span{f.Place(), f.Block}
	for _, s := range f.Steps {
		if s.Kind == analysis.StepModule {
			spans = append(spans, s.Span)
		}
	}
	for _, s := range spans {
		src := j.out.Files.File(s.Pos)
		if src != nil && slices.ContainsFunc(j.o.Skip, func(p string) bool { return config.Match(p, src.Path) }) {
			return true
		}
	}
	return false
}

// ran says whether a rule was run in all of its forms.
func (j *Judge) ran() func(string) bool {
	run := map[string]bool{}
	for _, r := range j.out.Rules {
		run[r.ID] = j.o.FullyRun == nil || j.o.FullyRun(r.ID)
	}
	return func(rule string) bool { return run[rule] }
}

// foreignFiles says which files are not the user's own: those of modules that
// come from elsewhere.
func foreignFiles(g *graph.Graph) func(string) bool {
	remote := map[string]bool{}
	for _, n := range g.Nodes() {
		for m := n.Module; m != nil; m = m.Parent {
			if m.Remote && m.Dir != "" {
				remote[path.Clean(m.Dir)] = true
			}
		}
	}
	return func(file string) bool {
		for d := path.Dir(file); ; d = path.Dir(d) {
			if remote[d] || path.Base(d) == ".terraform" || path.Base(d) == ".." {
				return true
			}
			if d == "." || d == "/" {
				return false
			}
		}
	}
}
