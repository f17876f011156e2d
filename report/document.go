package report

// SchemaVersion is the version of the json format. It grows when a member goes
// away or changes its meaning; new members may come without.
const SchemaVersion = 1

// Document is the json format. All lists are present, empty ones too, and sorted:
// findings, open verdicts and diagnostics by place, rules by id. Optional members
// are left out where they have nothing to say.
type Document struct {
	SchemaVersion int       `json:"schemaVersion"`
	Tool          Tool      `json:"tool"`
	Summary       Summary   `json:"summary"`
	Findings      []Finding `json:"findings"`
	Opens         []Finding `json:"opens"`
	// Accepted are findings and open verdicts that a suppression or the baseline
	// accepts; each says which.
	Accepted []Finding `json:"accepted"`
	// Comparison is that with the base of the run, if there is one.
	Comparison  *Comparison  `json:"comparison,omitempty"`
	Diagnostics []Diagnostic `json:"diagnostics"`
	Coverage    Coverage     `json:"coverage"`
	Rules       []Rule       `json:"rules"`
}

// Tool says what wrote the document.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

// Summary counts.
type Summary struct {
	// Findings counts findings, each of which may hold for several resources.
	Findings    int             `json:"findings"`
	BySeverity  SeverityCounts  `json:"bySeverity"`
	Opens       int             `json:"opens"`
	Diagnostics DiagnosticCount `json:"diagnostics"`
	// Conditional counts the open verdicts that are defects if a resource exists or
	// a condition holds.
	Conditional int `json:"conditional"`
	// OpensByReason counts open verdicts by the kinds of their reasons; one that has
	// several reasons counts for each.
	OpensByReason map[string]int `json:"opensByReason"`
	// Suppressed and Baselined count accepted findings, which are not in Findings.
	Suppressed int `json:"suppressed"`
	Baselined  int `json:"baselined"`
	// Decided counts verdicts by rule id. A verdict is about one resource.
	Decided map[string]Verdicts `json:"decided"`
}

// SeverityCounts counts findings by severity.
type SeverityCounts struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Info     int `json:"info"`
}

// DiagnosticCount counts diagnostics by level.
type DiagnosticCount struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Notes    int `json:"notes"`
}

// Verdicts counts the verdicts of a rule.
type Verdicts struct {
	Good int `json:"good"`
	Bad  int `json:"bad"`
	Open int `json:"open"`
}

// Location is a stretch of a file. Lines and columns count from 1; columns count
// Unicode code points; the end is the place behind the last character. A location
// without line is the file as a whole.
type Location struct {
	Path      string `json:"path"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
	EndLine   int    `json:"endLine,omitempty"`
	EndColumn int    `json:"endColumn,omitempty"`
}

// Finding is a finding, or an open verdict.
type Finding struct {
	// ID is the stable identity: it survives moved lines and reordering.
	ID       string `json:"id"`
	Rule     string `json:"rule"`
	Title    string `json:"title"`
	Message  string `json:"message"`
	Severity string `json:"severity"`
	// Risk is HRI or MRI, the words of the Well-Architected Tool.
	Risk     string `json:"risk"`
	Pillar   string `json:"pillar"`
	Practice string `json:"practice,omitempty"`
	// Variant names the form of the defect, if the rule tells several apart.
	Variant string `json:"variant,omitempty"`
	// Language is terraform or cloudformation; Type is that of the resource.
	Language string `json:"language,omitempty"`
	Type     string `json:"type,omitempty"`
	// Subject is the part of the resource.
	Subject string `json:"subject,omitempty"`
	// Conditional marks open verdicts that are defects if the resource exists or a
	// condition holds.
	Conditional bool `json:"conditional,omitempty"`
	// When says for which deployments it is a defect, if that can be told.
	When string `json:"when,omitempty"`
	// Example marks findings in code that only shows a use.
	Example bool `json:"example,omitempty"`
	// Location is the value that is wrong, or the head of the block that lacks one.
	// For third-party code it is the call that brought it in, or the argument of the
	// call that is the cause. It is missing if there is no such place. Block is the
	// resource.
	Location  *Location  `json:"location,omitempty"`
	Block     *Location  `json:"block,omitempty"`
	Module    *Module    `json:"module,omitempty"`
	Construct *Construct `json:"construct,omitempty"`
	Steps     []Step     `json:"steps"`
	Instances []Instance `json:"instances"`
	// Reasons say why a verdict is open.
	Reasons []Reason `json:"reasons,omitempty"`
	// Covers lists the ids of weaker rules that are silent because of this finding.
	Covers []string `json:"covers"`
	// Fails says that the finding fails the gate.
	Fails bool `json:"fails"`
	// Change is new, worse or unchanged; it is missing where there is no base.
	Change string `json:"change,omitempty"`
	// Cause is the changed line that made the finding new.
	Cause *Cause `json:"cause,omitempty"`
	// AcceptedBy says who accepted the finding.
	AcceptedBy *Acceptance `json:"acceptedBy,omitempty"`
	// Remarks are further sentences, such as that a suppression has expired.
	Remarks []string `json:"remarks,omitempty"`
}

// Cause is a changed line.
type Cause struct {
	Text string `json:"text"`
	// Location is the place, at the base if Removed is set.
	Location Location `json:"location"`
	Removed  bool     `json:"removed,omitempty"`
	Source   string   `json:"source,omitempty"`
}

// Acceptance says who accepted a finding.
type Acceptance struct {
	// Kind is in-source, config or baseline; By is what was written, such as
	// "wacheck:ignore".
	Kind     string    `json:"kind"`
	By       string    `json:"by"`
	Reason   string    `json:"reason,omitempty"`
	Expires  string    `json:"expires,omitempty"`
	Location *Location `json:"location,omitempty"`
}

// Comparison sets the findings against those of the base.
type Comparison struct {
	// Base is the name of the base, Commit its commit.
	Base      string `json:"base"`
	Commit    string `json:"commit"`
	New       int    `json:"new"`
	Worse     int    `json:"worse"`
	Unchanged int    `json:"unchanged"`
	// Fixed were there at the base. Undecided were, too, and can't be decided now.
	Fixed     []Past `json:"fixed"`
	Undecided []Past `json:"undecided"`
	// Accepted counts findings of the base that are accepted now.
	Accepted int `json:"accepted"`
}

// Past is a finding of the base.
type Past struct {
	ID       string   `json:"id"`
	Rule     string   `json:"rule"`
	Severity string   `json:"severity"`
	Message  string   `json:"message"`
	Address  string   `json:"address,omitempty"`
	Unit     string   `json:"unit,omitempty"`
	Location Location `json:"location"`
}

// Construct is the construct of a CDK program that a finding is about.
type Construct struct {
	Path string `json:"path"`
	// Source is where the program creates it, and Found how that was found.
	Source *Location `json:"source,omitempty"`
	Found  string    `json:"found,omitempty"`
	// Template is the place in the template that the program writes.
	Template *Location `json:"template,omitempty"`
	// Generated says that the CDK made it as a helper of others.
	Generated bool `json:"generated,omitempty"`
}

// Module is third-party code in which a finding lies.
type Module struct {
	// Path is that of the module in its unit, such as "module.network".
	Path    string `json:"path"`
	Source  string `json:"source"`
	Version string `json:"version,omitempty"`
	// Call is the outermost call in the user's own code.
	Call *Location `json:"call,omitempty"`
	// Location is the place in the module.
	Location *Location `json:"location,omitempty"`
}

// Step is one place of the evidence, in order.
type Step struct {
	// Kind is fact, origin, hop, missing, module or related.
	Kind     string    `json:"kind"`
	Text     string    `json:"text"`
	Location *Location `json:"location,omitempty"`
}

// Instance is one resource that a finding holds for.
type Instance struct {
	Address string `json:"address"`
	// Construct is the path of the construct of a CDK program.
	Construct string `json:"construct,omitempty"`
	// Unit is the root module or stack that it is deployed with.
	Unit string `json:"unit,omitempty"`
	// World names the set of inputs.
	World string `json:"world,omitempty"`
	// Environment is production, staging, development, test, sandbox or shared.
	Environment string `json:"environment,omitempty"`
	// EnvironmentName is what the user calls it, if that is a name of their own.
	EnvironmentName string `json:"environmentName,omitempty"`
}

// Reason says why a verdict is open.
type Reason struct {
	// Kind is a slug such as no-value, computed, data-source or missing-module.
	Kind     string    `json:"kind"`
	Text     string    `json:"text"`
	Location *Location `json:"location,omitempty"`
}

// Diagnostic is trouble with the input.
type Diagnostic struct {
	// Level is error, warning or note.
	Level    string    `json:"level"`
	Code     string    `json:"code"`
	Message  string    `json:"message"`
	Location *Location `json:"location,omitempty"`
}

// Coverage accounts for everything that was found.
type Coverage struct {
	Files FileCoverage `json:"files"`
	// Units counts root modules and stacks, once for each world that they are
	// evaluated in, Roots once in all; Examples counts units that only show a use.
	Units    int `json:"units"`
	Roots    int `json:"roots"`
	Examples int `json:"examples"`
	// Modules counts module calls.
	ModulesResolved int `json:"modulesResolved"`
	ModulesMissing  int `json:"modulesMissing"`
	// Conditional counts resources of which it is not known whether they exist.
	Resources   int `json:"resources"`
	Conditional int `json:"conditional"`
	// Values counts the values of attributes, References those between resources.
	Values             int `json:"values"`
	KnownValues        int `json:"knownValues"`
	References         int `json:"references"`
	ResolvedReferences int `json:"resolvedReferences"`
	// UnmodelledTypes counts resources by types that no rule reads.
	UnmodelledTypes map[string]int `json:"unmodelledTypes"`
	RulesRun        int            `json:"rulesRun"`
	Hidden          Hidden         `json:"hidden"`
}

// Hidden counts what was decided and left out of the document: in roots that
// only show a use, below the severity that was asked for, in files that are left
// out or called from there, and of rules that are switched off at that place.
type Hidden struct {
	ExampleFindings int `json:"exampleFindings"`
	ExampleOpens    int `json:"exampleOpens"`
	// GeneratedFindings and GeneratedOpens are about helpers that the CDK made.
	GeneratedFindings int `json:"generatedFindings"`
	GeneratedOpens    int `json:"generatedOpens"`
	MilderFindings    int `json:"milderFindings"`
	MilderOpens       int `json:"milderOpens"`
	SkippedFindings   int `json:"skippedFindings"`
	SkippedOpens      int `json:"skippedOpens"`
	OffFindings       int `json:"offFindings"`
	OffOpens          int `json:"offOpens"`
}

// FileCoverage says what became of the files.
type FileCoverage struct {
	Found     int `json:"found"`
	Terraform int `json:"terraform"`
	Templates int `json:"templates"`
	// Skipped counts by reason; Broken lists files with an error.
	Skipped map[string]int `json:"skipped"`
	Broken  []string       `json:"broken"`
	// LeftOut counts directories that were not entered, by reason.
	LeftOut map[string]int `json:"leftOut"`
}

// Rule describes a rule that was run.
type Rule struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Why       string `json:"why"`
	Fix       string `json:"fix"`
	Severity  string `json:"severity"`
	Risk      string `json:"risk"`
	Precision string `json:"precision,omitempty"`
	Pillar    string `json:"pillar"`
	Profile   string `json:"profile"`
	Practice  string `json:"practice,omitempty"`
	Effort    string `json:"effort,omitempty"`
	// Since is the minor release that brought the rule; see --profile latest.
	Since    string   `json:"since,omitempty"`
	Language string   `json:"language,omitempty"`
	Covers   []string `json:"covers,omitempty"`
	Aliases  []string `json:"aliases,omitempty"`
	// SeverityIn gives the severity in certain environments, Variants that of
	// certain forms of the defect.
	SeverityIn map[string]string `json:"severityIn,omitempty"`
	Variants   map[string]string `json:"variants,omitempty"`
}
