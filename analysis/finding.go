package analysis

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// StepKind says what a step of the evidence shows.
type StepKind string

const (
	// StepFact is a value or absence that the verdict rests on.
	StepFact StepKind = "fact"
	// StepOrigin is a place through which such a value came, nearest first.
	StepOrigin StepKind = "origin"
	// StepHop is a place on a path through the graph.
	StepHop StepKind = "hop"
	// StepMissing is what would have to be known to decide.
	StepMissing StepKind = "missing"
	// StepModule is a module call that leads to the place.
	StepModule StepKind = "module"
	// StepRelated helps to understand.
	StepRelated StepKind = "related"
)

// Step is one place of the evidence.
type Step struct {
	Kind StepKind
	// Text is a clause: "multi_az is false", "var.multi_az gets its default".
	Text string
	// Span may be invalid for steps outside the files, such as a flag.
	Span source.Span
	// Secret marks a place whose source text must not be shown.
	Secret bool
}

// Instance is one resource that a finding holds for.
type Instance struct {
	// Address is the address in its unit, Construct the path of the construct of a
	// CDK program that it comes from.
	Address     string
	Construct   string
	Unit        string
	World       string
	Environment Environment
	// EnvironmentName is what the user calls the environment, if that is a name of
	// their own.
	EnvironmentName string
}

// Root is the root module or stack without the world that it was evaluated in.
func (i Instance) Root() string {
	if i.World == "" {
		return i.Unit
	}
	return strings.TrimSuffix(i.Unit, "@"+i.World)
}

// Reason says why a verdict is open.
type Reason struct {
	Kind value.OriginKind
	// Text is a clause: "var.encrypted has no value".
	Text string
	Span source.Span
}

// Finding is a reported verdict with its evidence. Open verdicts have the same
// form: Open is set, and Reasons say what is missing.
type Finding struct {
	Rule     *Rule
	Severity Severity
	// Variant is the form of the defect, if the rule tells several apart.
	Variant string
	Open    bool
	// Conditional marks an open verdict that is a defect if the resource exists
	// or the condition holds.
	Conditional bool
	// When says for which deployments a conditional verdict is a defect:
	// "Environment=prod". It is empty if that can't be told.
	When string
	// Message is one sentence that names the resource and the fact.
	Message string
	// Lang and Type are those of the node: "terraform", "aws_db_instance".
	Lang, Type string
	// Subject is the part of the resource.
	Subject string
	// Span is the place to show: the value that is wrong, or the head of the
	// block that lacks one.
	Span source.Span
	// Block is the whole resource.
	Block source.Span
	// Remote is set if Span lies in code that is not the user's own, with the
	// outermost call that is: report there.
	Remote *RemoteModule
	// Construct is what the resource of a CDK program comes from: the finding is
	// reported where the program creates it, if that is known.
	Construct *graph.Construct
	Steps     []Step
	// Instances are sorted; the first one names the finding.
	Instances []Instance
	Reasons   []Reason
	// Covers lists ids of weaker rules that are silent because of this finding.
	Covers []string
	// Example marks findings in roots that are examples or tests.
	Example bool
	// ID is the stable identity: it survives moved lines, reordering, and
	// changes elsewhere.
	ID string

	// What follows is the word of the gate; see gate.go.

	// Accepted says who accepted the finding, nil if nobody did.
	Accepted *Acceptance
	// Change compares the finding with the base of the run, if there is one.
	Change Change
	// Cause is the changed line that made a new finding, if it was found.
	Cause *Cause
	// Fails says that the finding fails the gate.
	Fails bool
	// Remarks are further sentences, such as that a suppression has expired.
	Remarks []string
}

// RemoteModule says where third-party code was brought in.
type RemoteModule struct {
	Call            source.Span
	Path            string
	Source, Version string
}

// Result is all that a run has to say.
type Result struct {
	Files    *source.FileSet
	Rules    []*Rule
	Findings []Finding
	// Opens are the undecided verdicts, in the same form.
	Opens []Finding
	// Accepted are the findings that a suppression or the baseline accepts.
	Accepted []Finding
	// Comparison is that with the base of the run; nil if there is none.
	Comparison *Comparison
	// Decided counts verdicts by rule id: good, bad, open.
	Decided     map[string]Count
	Diagnostics []source.Diagnostic
	Coverage    Coverage
}

// Count counts verdicts.
type Count struct{ Good, Bad, Open int }

// Coverage accounts for everything that was found.
type Coverage struct {
	// Files counts files by what became of them.
	Files FileCounts
	// Units counts roots and stacks, once for each world that they are evaluated
	// in, Roots once in all; Examples counts units that only show a use.
	Units, Roots, Examples int
	// ModulesResolved and ModulesMissing count module calls.
	ModulesResolved, ModulesMissing int
	// Resources counts nodes that are managed resources; Conditional those of
	// which it is not known whether they exist.
	Resources, Conditional int
	// Values and KnownValues count attribute values; References and
	// ResolvedReferences count references between resources.
	Values, KnownValues            int
	References, ResolvedReferences int
	// UnmodelledTypes counts resources by types that no rule reads.
	UnmodelledTypes map[string]int
	// Hidden counts what was decided and is not in the result.
	Hidden Hidden
	// RulesRun is the number of rules that were decided.
	RulesRun int
}

// Hidden counts findings and open verdicts that somebody chose not to see.
type Hidden struct {
	// ExampleFindings and ExampleOpens are in roots that only show a use.
	ExampleFindings, ExampleOpens int
	// GeneratedFindings and GeneratedOpens are about what the CDK made as a helper.
	GeneratedFindings, GeneratedOpens int
	// MilderFindings and MilderOpens are less severe than was asked for.
	MilderFindings, MilderOpens int
	// SkippedFindings and SkippedOpens are in files that are to be left out, or are
	// called from there.
	SkippedFindings, SkippedOpens int
	// OffFindings and OffOpens are of rules that the configuration switches off at
	// that place.
	OffFindings, OffOpens int
}

// FileCounts says what became of the files that were found.
type FileCounts struct {
	Found, Terraform, Templates int
	// Skipped counts by reason: "not infrastructure code", "left out by --skip-path", …
	Skipped map[string]int
	// Broken lists files with an error, in order. Terraform, Templates, Skipped
	// and Broken add up to Found.
	Broken []string
	// LeftOut counts directories that were not entered, by reason.
	LeftOut map[string]int
}

// Identity is a hash of what names a defect for good: the rule, the file, the
// block in it, and the part of the block. It holds no positions.
func Identity(rule, file, block, subject string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{rule, file, block, subject}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// Place is where the finding is shown. Third-party code is not the user's to
// change: what it does is shown at the call that brought it in, or at the
// argument of the call from which the value came. Nor is a template that a program
// writes: it is shown where the program creates the construct.
func (f *Finding) Place() source.Span {
	if f.Construct != nil && f.Construct.Source.IsValid() {
		return f.Construct.Source
	}
	if f.Remote != nil && f.Remote.Call.IsValid() {
		for _, s := range f.Steps {
			if s.Kind == StepOrigin && s.Span != f.Remote.Call && f.Remote.Call.Contains(s.Span) {
				return s.Span
			}
		}
		return f.Remote.Call
	}
	if !f.Span.IsValid() {
		return f.Block.Head()
	}
	return f.Span
}
