// Package compat reads the suppressions that people have written for other
// tools, and says which rules of ours stand for theirs.
package compat

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/source"
)

// The tools whose suppressions are understood.
const (
	Checkov = "checkov"
	Trivy   = "trivy"
	Tfsec   = "tfsec"
	KICS    = "kics"
	CfnNag  = "cfn_nag"
	CdkNag  = "cdk_nag"
	Guard   = "guard"
)

// Tools returns the names of all of them.
func Tools() []string { return []string{Checkov, Trivy, Tfsec, KICS, CfnNag, CdkNag, Guard} }

// Suppression is one that was written for another tool.
type Suppression struct {
	Tool string
	// IDs are the rules of that tool; "*" stands for all of them.
	IDs []string
	// By is what was written, such as "checkov:skip".
	By              string
	Reason, Expires string
	Attrs           []Attr
	// Workspace is a pattern of the Terraform workspaces it holds for; empty for all.
	Workspace string
	Span      source.Span
	// Scopes are the places that it holds for; File says that it is a whole file.
	Scopes []source.Span
	File   bool
	// Nth counts the suppressions of one comment.
	Nth int
}

// Attr asks for the value of an attribute.
type Attr struct{ Name, Value string }

// Rules returns the ids of our rules that stand for those of the suppression.
func (s Suppression) Rules() []string {
	var out []string
	for _, id := range s.IDs {
		if id == "*" {
			out = append(out, all(s.Tool)...)
			continue
		}
		out = append(out, Equivalents(s.Tool, id)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var (
	checkovSkip = regexp.MustCompile(`(?i)(?:checkov|bridgecrew):skip=([\w,\s]*\w)(?:\s*:\s*(.*))?`)
	aquaIgnore  = regexp.MustCompile(`(?i)(trivy|tfsec):ignore:(\*|[\w.-]+)((?:\[[^\]]*\]|:[\w.-]+:[^\s\[]+)*)`)
	aquaOption  = regexp.MustCompile(`\[([^\]]*)\]|:([\w.-]+):([^\s\[:]+)`)
	kicsIgnore  = regexp.MustCompile(`(?i)^kics-scan\s+(ignore-line|ignore-block|ignore|disable=([\w,-]+))`)
)

// Parse reads a comment. It may hold several suppressions, or none.
func Parse(r source.Remark) []Suppression {
	var out []Suppression
	if m := checkovSkip.FindStringSubmatch(r.Text); m != nil && len(r.Around) > 0 {
		out = append(out, Suppression{Tool: Checkov, IDs: split(m[1]), By: "checkov:skip", Reason: strings.TrimSpace(m[2]), Span: r.Span,
			Scopes: r.Around[len(r.Around)-1:]})
	}
	places := aquaIgnore.FindAllStringIndex(r.Text, -1)
	for i, m := range aquaIgnore.FindAllStringSubmatch(r.Text, -1) {
		if s, ok := aqua(r, m); ok {
			s.Reason = strings.Trim(r.Text[places[len(places)-1][1]:], " \t-:")
			s.Nth = i
			out = append(out, s)
		}
	}
	if m := kicsIgnore.FindStringSubmatch(r.Text); m != nil {
		if s, ok := kics(r, m); ok {
			out = append(out, s)
		}
	}
	return out
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
}

// aqua reads the syntax of trivy and tfsec: above a block or a line, or behind a
// line.
func aqua(r source.Remark, m []string) (Suppression, bool) {
	tool := strings.ToLower(m[1])
	s := Suppression{Tool: tool, IDs: []string{m[2]}, By: tool + ":ignore", Span: r.Span}
	for _, o := range aquaOption.FindAllStringSubmatch(m[3], -1) {
		switch {
		case o[2] == "":
			for part := range strings.SplitSeq(o[1], ",") {
				name, value, ok := strings.Cut(part, "=")
				if !ok {
					return s, false
				}
				s.Attrs = append(s.Attrs, Attr{strings.TrimSpace(name), strings.Trim(strings.TrimSpace(value), `"'`)})
			}
		case strings.EqualFold(o[2], "exp"):
			s.Expires = o[3]
		case strings.EqualFold(o[2], "ws"):
			s.Workspace = o[3]
		default:
			return s, false
		}
	}
	switch {
	case !r.Own:
		s.Scopes = append(s.Scopes, r.Line)
		if r.Next.IsValid() {
			s.Scopes = append(s.Scopes, r.Next)
		}
	case r.Next.IsValid():
		s.Scopes = []source.Span{r.Next}
	default:
		return s, false
	}
	return s, true
}

func kics(r source.Remark, m []string) (Suppression, bool) {
	s := Suppression{Tool: KICS, IDs: []string{"*"}, By: "kics-scan " + strings.ToLower(m[1]), Span: r.Span}
	switch what := strings.ToLower(m[1]); {
	case what == "ignore-line" && r.Own && r.Below.IsValid():
		s.Scopes = []source.Span{r.Below}
	case what == "ignore-block" && r.Own && r.Next.IsValid():
		s.Scopes = []source.Span{r.Next}
	case (what == "ignore" || m[2] != "") && r.Head:
		s.File = true
		if m[2] != "" {
			s.By, s.IDs = "kics-scan disable", split(m[2])
		}
	default:
		return s, false
	}
	return s, true
}
