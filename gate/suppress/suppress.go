// Package suppress holds what people accept: comments and metadata in the code,
// and entries of the configuration. It decides which findings they cover, and
// tells which suppressions are incomplete, out of date, or of no use.
package suppress

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/source"
)

// Policy says which suppressions count.
type Policy struct {
	// RequireReason, RequireExpiry and MaxExpiryDays make a suppression without
	// a reason, without a date, or with one too far away, incomplete: it is a
	// finding of its own, and suppresses nothing. 0 days means any.
	RequireReason, RequireExpiry bool
	MaxExpiryDays                int
	// Today is the date in UTC, as YYYY-MM-DD.
	Today string
	// NoInline disregards what stands in the code.
	NoInline bool
	// TrustModules honours suppressions in code that is not the user's own.
	TrustModules bool
	// Compat names the other tools whose suppressions are honoured.
	Compat []string
	// Suppressible says whether a rule may be suppressed in a file; nil means that
	// all may.
	Suppressible func(rule, file string) bool
}

// Status says what became of a suppression.
type Status string

// The statuses.
const (
	// Active suppressions suppress what they cover.
	Active Status = "active"
	// Unused ones cover nothing.
	Unused Status = "unused"
	// Expired ones are past their date.
	Expired Status = "expired"
	// Incomplete ones lack what the policy asks for.
	Incomplete Status = "incomplete"
	// Untrusted ones stand in code of others.
	Untrusted Status = "untrusted"
	// Disregarded ones stand in the code, and the run does not look there.
	Disregarded Status = "disregarded"
)

// Suppression is one that was found.
type Suppression struct {
	// Kind and By say what it is: "wacheck:ignore", "checkov:skip", "config".
	Kind analysis.AcceptanceKind
	By   string
	// Written are the rules as written, Rules the ids of ours that they stand for.
	Written, Rules []string
	Reason         string
	// Expires is the last day on which it holds, or empty.
	Expires string
	// Span is where it stands; for entries of a configuration file, Path and Line.
	Span source.Span
	Path string
	Line int
	// Status is known once all findings were judged.
	Status Status
	// Problem says why the status is incomplete.
	Problem string
	// told says that a diagnostic tells of the problem already.
	told bool
	// adrift says that the problem may be that the code around can't be read.
	adrift bool
	// Hits counts the findings it suppresses, or would if it were in force.
	Hits int

	// scopes are the places it holds for; nil for anywhere.
	scopes []source.Span
	// whole says that the scope is a file, which does not hold what it calls.
	whole bool
	// addresses, constructs and files narrow it down, if set.
	addresses         *Addresses
	constructs, files string
	// app is a program of the CDK, and below a construct in it, for which it holds with
	// all that is in that.
	app, below string
	// workspace is a pattern of Terraform workspaces.
	workspace string
	attrs     []attr
	hits      map[string]bool // by rule
}

// acceptance is what a finding that it covers is marked with.
func (x *Suppression) acceptance() *analysis.Acceptance {
	return &analysis.Acceptance{Kind: x.Kind, By: x.By, Reason: x.Reason, Expires: x.Expires, Span: x.Span, Path: x.Path}
}

// Resources tells more of the resources of findings.
type Resources interface {
	// Attribute returns the values that an attribute of the resource has, as
	// text: those of the part that the finding is about if it is in a nested
	// block. It reports false where one of them is not known.
	Attribute(f *analysis.Finding, name string) (values []string, ok bool)
	// Construct is the path of the CDK construct of the resource, or empty.
	Construct(f *analysis.Finding) string
	// App is the directory of the CDK program of the resource, or empty.
	App(f *analysis.Finding) string
	// Workspace is the Terraform workspace of the resource, or empty if it is not
	// known.
	Workspace(f *analysis.Finding) string
}

// Set is all suppressions of a run.
type Set struct {
	policy Policy
	files  *source.FileSet
	all    []*Suppression
	byRule map[string][]*Suppression
	// problems are about suppressions that could not be read.
	problems []source.Diagnostic
	locked   map[string]bool // rules that can't be suppressed but were
}

// All returns the suppressions in order of place.
func (s *Set) All() []*Suppression { return s.all }

func (s *Set) add(x *Suppression) {
	x.hits = map[string]bool{}
	s.all = append(s.all, x)
	for _, r := range x.Rules {
		s.byRule[r] = append(s.byRule[r], x)
	}
}

// settle gives the status that does not depend on findings.
func (s *Set) settle(x *Suppression, foreign bool) {
	switch {
	case x.Problem != "":
		x.Status = Incomplete
	case x.Kind == analysis.InSource && s.policy.NoInline:
		x.Status = Disregarded
	case foreign && !s.policy.TrustModules:
		x.Status = Untrusted
	case s.policy.lacks(x) != "":
		x.Status, x.Problem = Incomplete, s.policy.lacks(x)
	case x.Expires != "" && x.Expires < s.policy.Today:
		x.Status = Expired
	default:
		x.Status = Active
	}
}

// lacks says what the policy misses in a suppression.
func (p *Policy) lacks(x *Suppression) string {
	switch {
	case p.RequireReason && x.Reason == "":
		return "it gives no reason"
	case p.RequireExpiry && x.Expires == "":
		return "it has no date (exp:YYYY-MM-DD)"
	case x.Expires != "" && !isDate(x.Expires):
		return fmt.Sprintf("%q is no date of the form YYYY-MM-DD", x.Expires)
	case x.Expires != "" && p.MaxExpiryDays > 0 && x.Expires > addDays(p.Today, p.MaxExpiryDays):
		return fmt.Sprintf("its date is more than %d days away", p.MaxExpiryDays)
	}
	return ""
}

// Judge decides about a finding: it returns who accepts it, or nil, and adds to
// the remarks of the finding what is to be known of suppressions that would
// cover it and are not in force.
func (s *Set) Judge(f *analysis.Finding, res Resources) *analysis.Acceptance {
	var by *Suppression
	for _, x := range s.byRule[f.Rule.ID] {
		if !x.covers(f, s.files, res) {
			continue
		}
		switch x.Status {
		case Active, Unused:
			if !s.suppressible(f) {
				s.locked[f.Rule.ID] = true
				f.Remarks = append(f.Remarks, "The suppression "+s.at(x)+" does not count: the configuration says that this rule can't be suppressed.")
				x.hit(f)
				continue
			}
			if by == nil {
				by = x
			}
			x.hit(f)
		case Expired:
			x.hit(f)
			f.Remarks = append(f.Remarks, "Its suppression "+s.at(x)+" expired on "+x.Expires+".")
		case Incomplete:
			x.hit(f)
			f.Remarks = append(f.Remarks, "Its suppression "+s.at(x)+" does not count: "+x.Problem+".")
		case Untrusted:
			x.hit(f)
			f.Remarks = append(f.Remarks, "The module's own suppression "+s.at(x)+" does not count: it is not in your code.")
		case Disregarded:
			x.hit(f)
		}
	}
	if by == nil {
		return nil
	}
	return by.acceptance()
}

func (s *Set) suppressible(f *analysis.Finding) bool {
	return s.policy.Suppressible == nil || s.policy.Suppressible(f.Rule.ID, s.files.Position(f.Place().Pos).Path)
}

// hit counts a finding, and the rules that are silent because of it.
func (x *Suppression) hit(f *analysis.Finding) {
	x.Hits++
	x.hits[f.Rule.ID] = true
}

// Touch marks suppressions of rules that are silent because a graver finding
// speaks: they have a use, though nobody sees it.
func (s *Set) Touch(f *analysis.Finding, res Resources) {
	for _, rule := range f.Covers {
		for _, x := range s.byRule[rule] {
			if x.covers(f, s.files, res) {
				x.hits[rule] = true
			}
		}
	}
}

// covers reports whether the place and the resource of a finding are meant.
func (x *Suppression) covers(f *analysis.Finding, files *source.FileSet, res Resources) bool {
	return x.inScope(f) && x.inFile(f, files) &&
		(x.addresses == nil || slices.ContainsFunc(f.Instances, func(i analysis.Instance) bool { return x.addresses.Match(i.Address) })) &&
		(x.workspace == "" || matchWorkspace(x.workspace, res.Workspace(f))) &&
		(x.app == "" || x.app == res.App(f) && within(res.Construct(f), x.below)) &&
		(x.constructs == "" || matchPath(x.constructs, res.Construct(f))) &&
		x.holds(f, res)
}

// within reports that a construct is another one, or in it; all are in the program.
func within(construct, outer string) bool {
	return outer == "" || construct == outer || strings.HasPrefix(construct, outer+"/")
}

// matchWorkspace matches a pattern with *. An unknown workspace may be any, and is
// none that something was accepted for.
func matchWorkspace(pattern, workspace string) bool {
	ok, err := path.Match(pattern, workspace)
	return err == nil && ok && workspace != ""
}

func (x *Suppression) inScope(f *analysis.Finding) bool {
	if x.scopes == nil {
		return true
	}
	place := f.Place()
	for _, scope := range x.scopes {
		if scope.Contains(f.Span) || scope.Contains(place) || scope.Contains(f.Block) {
			return true
		}
		for _, step := range f.Steps {
			if !x.whole && step.Kind == analysis.StepModule && scope.Contains(step.Span) {
				return true
			}
		}
	}
	return false
}

func (x *Suppression) inFile(f *analysis.Finding, files *source.FileSet) bool {
	if x.files == "" {
		return true
	}
	for _, span := range []source.Span{f.Place(), f.Block} {
		if file := files.File(span.Pos); file != nil && matchPath(x.files, file.Path) {
			return true
		}
	}
	return false
}

// matchPath matches a path, or one that it lies below.
func matchPath(pattern, name string) bool {
	pattern = strings.Trim(path.Clean(pattern), "/")
	for _, p := range []string{pattern, pattern + "/**"} {
		if ok, err := doublestar.Match(p, strings.Trim(name, "/")); ok && err == nil && name != "" {
			return true
		}
	}
	return false
}

// holds reports whether all attributes have the values that were asked for.
func (x *Suppression) holds(f *analysis.Finding, res Resources) bool {
	for _, a := range x.attrs {
		values, ok := res.Attribute(f, a.name)
		if !ok || len(values) == 0 {
			return false
		}
		for _, v := range values {
			if v != a.value {
				return false
			}
		}
	}
	return true
}

// at says where a suppression stands.
func (s *Set) at(x *Suppression) string {
	if pos := s.files.Position(x.Span.Pos); pos.Path != "" {
		return fmt.Sprintf("at %s:%d", pos.Path, pos.Line)
	}
	return fmt.Sprintf("at %s:%d", x.Path, x.Line)
}
