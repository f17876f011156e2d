// Package analysis is the interface between rules and the engine that runs
// them, after golang.org/x/tools/go/analysis: a [Rule] is the identity of a
// defect, an [Analyzer] a computation that decides rules, a [Fact] a result
// that analyzers share.
package analysis

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/semver"
)

// Severity says how much a defect matters.
type Severity uint8

const (
	// Info is worth knowing.
	Info Severity = iota
	// Low is worth doing some day.
	Low
	// Medium is a medium risk (MRI).
	Medium
	// High is a high risk (HRI).
	High
	// Critical is a high risk that should stop a deployment.
	Critical
)

var severityNames = [...]string{"info", "low", "medium", "high", "critical"}

// String returns the lower-case name.
func (s Severity) String() string { return severityNames[s] }

// ParseSeverity is the opposite of String, in any case.
func ParseSeverity(s string) (Severity, error) {
	for i, n := range severityNames {
		if strings.EqualFold(s, n) {
			return Severity(i), nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q (one of %s)", s, strings.Join(severityNames[:], ", "))
}

// Severities returns all severities, gravest first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low, Info} }

// Risk is the Well-Architected Tool's word for the severity.
func (s Severity) Risk() string {
	if s >= High {
		return "HRI"
	}
	return "MRI"
}

// Pillar is a pillar of the Well-Architected Framework.
type Pillar string

// The six pillars.
const (
	Operations     Pillar = "operational-excellence"
	Security       Pillar = "security"
	Reliability    Pillar = "reliability"
	Performance    Pillar = "performance"
	Cost           Pillar = "cost"
	Sustainability Pillar = "sustainability"
)

// Pillars returns all pillars in the order of the framework.
func Pillars() []Pillar {
	return []Pillar{Operations, Security, Reliability, Performance, Cost, Sustainability}
}

// Profile says in which runs a rule speaks.
type Profile uint8

const (
	// Gate rules are precise and worth stopping for: on by default.
	Gate Profile = iota
	// Review rules add what a Well-Architected review shows.
	Review
	// Everything adds strict and opinionated rules.
	Everything
)

// String returns the name as users type it.
func (p Profile) String() string { return [...]string{"gate", "review", "all"}[p] }

// ParseProfile is the opposite of String.
func ParseProfile(s string) (Profile, error) {
	for _, p := range []Profile{Gate, Review, Everything} {
		if strings.EqualFold(s, p.String()) {
			return p, nil
		}
	}
	return 0, fmt.Errorf("unknown profile %q (one of gate, review, all)", s)
}

// Precision says how often a finding of a rule is true.
type Precision string

// The words of SARIF and GitHub.
const (
	VeryHigh        Precision = "very-high"
	HighPrecision   Precision = "high"
	MediumPrecision Precision = "medium"
	LowPrecision    Precision = "low"
)

// Environment is the role that something plays.
type Environment string

// The environments that are told apart.
const (
	UnknownEnvironment Environment = ""
	Production         Environment = "production"
	Staging            Environment = "staging"
	Development        Environment = "development"
	Test               Environment = "test"
	Sandbox            Environment = "sandbox"
	// NonProduction is known not to be production, without saying what it is.
	NonProduction Environment = "non-production"
	// Shared stands for what belongs to no single environment: network, tools,
	// management, security accounts.
	Shared Environment = "shared"
)

// IsNonProduction reports that e is known to be something other than
// production; shared and unknown environments are neither.
func (e Environment) IsNonProduction() bool {
	switch e {
	case Staging, Development, Test, Sandbox, NonProduction:
		return true
	case UnknownEnvironment, Production, Shared:
	}
	return false
}

// IsMinor reports an environment in which reliability matters less.
func (e Environment) IsMinor() bool { return e == Development || e == Test || e == Sandbox }

// Rule is the identity of a defect. Its ID is a slug that names the defect, is
// never reused, and never changes.
type Rule struct {
	ID string
	// Title states the defect in a few words: "RDS storage is not encrypted".
	Title string
	// Why says in a sentence or two what can happen; Fix what to do.
	Why, Fix string
	// Severity is the default; see In and Variants.
	Severity  Severity
	Precision Precision
	Pillar    Pillar
	Profile   Profile
	// Practice is the Well-Architected best practice: "SEC08-BP02".
	Practice string
	// In gives the severity in certain environments. Minor stands for
	// development, test and sandbox together.
	In map[Environment]Severity
	// Variants gives the severity of milder or graver forms of the defect, by
	// the name that the verdict bears. In does not raise a variant.
	Variants map[string]Severity
	// ReviewVariants lists forms of the defect for which the evidence is too weak
	// for a gate: they speak from profile review on.
	ReviewVariants []string
	// Covers lists weaker rules that are silent where this one speaks about the
	// same thing.
	Covers []string
	// Aliases are former ids.
	Aliases []string
	// Since is the minor release that brought the rule or made it stricter, such as
	// "1.4"; empty if a major one did. Until the next major release the rule only
	// takes note of what it finds: an upgrade must not fail a build overnight.
	Since string
	// Lang restricts the rule to one language: "terraform" or "cloudformation",
	// with the reason in LangWhy. Empty means both.
	Lang, LangWhy string
	// Effort is how much work the fix is: S, M or L.
	Effort string
}

// OnTrial reports whether the rule only takes note in a release.
func (r *Rule) OnTrial(version string) bool {
	if r.Since == "" {
		return false
	}
	major := semver.Major("v" + r.Since)
	return major == semver.Major("v"+strings.TrimPrefix(version, "v"))
}

// ProfileOf is the profile from which on a verdict of that variant speaks.
func (r *Rule) ProfileOf(variant string) Profile {
	if slices.Contains(r.ReviewVariants, variant) {
		return max(r.Profile, Review)
	}
	return r.Profile
}

// Minor returns an In map that lowers a rule in development, test and sandbox.
func Minor(s Severity) map[Environment]Severity {
	return map[Environment]Severity{Development: s, Test: s, Sandbox: s}
}

// SeverityIn is the severity of a verdict of that variant in an environment.
func (r *Rule) SeverityIn(e Environment, variant string) Severity {
	if s, ok := r.Variants[variant]; ok && variant != "" {
		if in, ok := r.In[e]; ok {
			return min(s, in)
		}
		return s
	}
	if s, ok := r.In[e]; ok {
		return s
	}
	return r.Severity
}
