package analysis

import (
	"strings"

	"github.com/wacheck/wacheck/source"
)

// AcceptanceKind says where a finding was accepted.
type AcceptanceKind string

const (
	// InSource is a comment or metadata in the code itself.
	InSource AcceptanceKind = "in-source"
	// InConfig is an entry of a configuration file.
	InConfig AcceptanceKind = "config"
	// InBaseline is an entry of the baseline.
	InBaseline AcceptanceKind = "baseline"
)

// Acceptance says who accepted a finding, and why.
type Acceptance struct {
	Kind AcceptanceKind
	// By is what was written: "wacheck:ignore", "checkov:skip", "baseline".
	By string
	// Reason is the justification, and Expires the last day on which it holds, as
	// YYYY-MM-DD; both may be empty.
	Reason, Expires string
	// Span is the place, and Path the file where there is no span.
	Span source.Span
	Path string
}

// CountAccepted counts the accepted findings: by suppressions, in the code or the
// configuration, and by the baseline.
func (r *Result) CountAccepted() (suppressed, baselined int) {
	for i := range r.Accepted {
		switch f := &r.Accepted[i]; {
		case f.Open:
		case f.Accepted != nil && f.Accepted.Kind == InBaseline:
			baselined++
		default:
			suppressed++
		}
	}
	return suppressed, baselined
}

// Sentence is the message with what the gate has to say of the finding.
func (f *Finding) Sentence() string {
	if len(f.Remarks) == 0 {
		return f.Message
	}
	return strings.TrimSuffix(f.Message, ".") + ". " + strings.Join(f.Remarks, " ")
}

// Change compares a finding with the base of a run.
type Change string

const (
	// Uncompared means that there is no base.
	Uncompared Change = ""
	// New findings were not there at the base, or not for these resources.
	New Change = "new"
	// Worse findings were there, and are graver now.
	Worse Change = "worse"
	// Unchanged findings were there.
	Unchanged Change = "unchanged"
)

// Cause is a line that was changed and made a finding new.
type Cause struct {
	// Text says in a clause what the line is: "var.public is set in a variable file".
	Text string
	// Path and Line are the place: in the files of the run, or, if Removed is set,
	// in those of the base.
	Path    string
	Line    int
	Removed bool
	// Source is the text of the line; empty if it must not be shown.
	Source string
}

// Comparison sets a run against its base.
type Comparison struct {
	// Base is the name of the base as the user gave it, and Commit its commit.
	Base, Commit string
	// New, Worse and Unchanged count the findings of the run.
	New, Worse, Unchanged int
	// Fixed were there at the base and are gone; Undecided were there, and can't be
	// decided any more.
	Fixed, Undecided []Past
	// Accepted counts findings of the base that are accepted now.
	Accepted int
}

// Past is a finding of the base.
type Past struct {
	ID       string
	Rule     *Rule
	Severity Severity
	Message  string
	Address  string
	Unit     string
	// Path and Line are the place at the base.
	Path string
	Line int
}
