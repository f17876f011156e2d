package suppress

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/source"
)

// UnknownRuleCode is the code of diagnostics about suppressions of a rule that there is not.
const UnknownRuleCode = "unknown-rule"

// UnusedCode is the code of diagnostics about suppressions that suppress nothing.
const UnusedCode = "suppression-unused"

// IncompleteRule is the rule about suppressions themselves. The gate decides it,
// not an analyzer: it is about what people write to the tool.
var IncompleteRule = &analysis.Rule{
	ID: "suppression-incomplete", Title: "A suppression does not say what the policy asks for",
	Why: "A suppression without a reason, or without an end, outlives the people who knew why. It stays when the risk has grown, and " +
		"nobody dares to remove it.",
	Fix: "Give the reason behind the rule, and the last day on which it holds: wacheck:ignore RULE exp:YYYY-MM-DD reason. " +
		"The configuration says what is asked for (require_reason, require_expiry, max_expiry_days).",
	Severity: analysis.Medium, Precision: analysis.VeryHigh, Pillar: analysis.Operations, Profile: analysis.Gate,
	Practice: "OPS05-BP07", Effort: "S",
}

// Settle gives the suppressions that cover nothing their status. That is said
// only of rules that were run for all of their forms, and only if complete says
// that all of the input was read.
func (s *Set) Settle(ran func(rule string) bool, complete bool) {
	for _, x := range s.all {
		if x.Status == Active && complete && len(s.idle(x, ran)) == len(x.Rules) {
			x.Status = Unused
		}
	}
}

// idle returns the rules of a suppression that were run and have no use for it.
func (s *Set) idle(x *Suppression, ran func(string) bool) []string {
	var out []string
	for _, r := range x.Rules {
		if ran(r) && !x.hits[r] {
			out = append(out, r)
		}
	}
	return out
}

// Diagnostics tells of suppressions that could not be read, are out of date, or
// are of no use.
func (s *Set) Diagnostics(ran func(rule string) bool, complete bool) []source.Diagnostic {
	out := slices.Clone(s.problems)
	for _, x := range s.all {
		d := source.Diagnostic{Level: source.Warning, Span: x.Span, Path: x.Path}
		switch x.Status {
		case Active, Unused:
			idle := s.idle(x, ran)
			// A glob, a file and another tool's list may name more than there is.
			if !complete || len(idle) == 0 || len(idle) < len(x.Rules) && (x.named() || x.whole) {
				continue
			}
			d.Code, d.Message = UnusedCode, fmt.Sprintf("the suppression of %s suppresses nothing", strings.Join(idle, ", "))
		case Expired:
			d.Code, d.Message = "suppression-expired", fmt.Sprintf("the suppression of %s expired on %s", strings.Join(x.Rules, ", "), x.Expires)
		case Untrusted:
			d.Level, d.Code = source.Note, "suppression-untrusted"
			d.Message = fmt.Sprintf("the suppression of %s does not count, since it is in the code of a module that is not yours; it would suppress %d",
				strings.Join(x.Rules, ", "), x.Hits)
		case Incomplete, Disregarded:
			continue
		}
		if x.Line > 0 {
			d.Message += fmt.Sprintf(" (line %d)", x.Line)
		}
		out = append(out, d)
	}
	for _, r := range slices.Sorted(keys(s.locked)) {
		out = append(out, source.Diagnostic{Level: source.Warning, Code: "suppression-not-allowed",
			Message: fmt.Sprintf("there are suppressions of %s, which the configuration does not allow to be suppressed", r)})
	}
	return out
}

// named reports that the rules are not the very ids that were written.
func (x *Suppression) named() bool {
	for _, w := range x.Written {
		if !slices.Contains(x.Rules, strings.ToLower(w)) {
			return true
		}
	}
	return false
}

func keys(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// Findings are those of IncompleteRule. The identity is that of the place, which
// is named by what is written there.
func (s *Set) Findings(identity func(rule, file, block, subject string) string, complete bool) []analysis.Finding {
	var out []analysis.Finding
	seen := map[string]int{}
	for _, x := range s.all {
		if x.Status != Incomplete || x.told || x.adrift && !complete {
			continue
		}
		file := x.Path
		if f := s.files.File(x.Span.Pos); f != nil {
			file = f.Path
		}
		subject := strings.Join(x.Written, ", ")
		key := file + "\x00" + subject
		seen[key]++
		if n := seen[key]; n > 1 {
			subject = fmt.Sprintf("%s #%d", subject, n)
		}
		what := "The suppression"
		if len(x.Written) > 0 {
			what += " of " + strings.Join(x.Written, ", ")
		}
		out = append(out, analysis.Finding{
			Rule: IncompleteRule, Severity: IncompleteRule.Severity, Subject: subject, Span: x.Span, Block: x.Span,
			Message: fmt.Sprintf("%s does not count: %s", what, x.Problem),
			ID:      identity(IncompleteRule.ID, file, x.By, subject),
		})
	}
	return out
}
