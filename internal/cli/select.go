package cli

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/all"
	"github.com/wacheck/wacheck/gate/suppress"
	"github.com/wacheck/wacheck/internal/config"
	"github.com/wacheck/wacheck/internal/driver"
)

// selectFlags choose rules.
type selectFlags struct {
	rules, skipRules, pillars []string
	profile, severity         string

	profileLevel analysis.Profile
	// latest gives rules of this major release their full weight.
	latest        bool
	severityLevel analysis.Severity
}

func (f *selectFlags) register(fs *pflag.FlagSet) {
	fs.StringSliceVar(&f.rules, "rules", nil, "run these `RULES` alone, whatever their profile (ids or globs, comma-separated)")
	fs.StringSliceVar(&f.skipRules, "skip-rules", nil, "do not run these `RULES` (ids or globs, comma-separated)")
	fs.StringSliceVar(&f.pillars, "pillar", nil, "run rules of these `PILLARS` alone")
	fs.StringVar(&f.profile, "profile", "gate", "`PROFILE`: gate (precise, worth stopping for), latest (with rules that are new since the last major version at full weight), review (adds absences and advice) or all")
	fs.StringVar(&f.severity, "severity", "info", "leave out findings below this `SEVERITY`")
}

// apply checks the flags and sets the options of the driver.
// Rules that the configuration switches on are run whatever their profile.
func (f *selectFlags) apply(o *driver.Options, tree *config.Tree) error {
	keep, err := f.predicate()
	if err != nil {
		return err
	}
	on := func(r *analysis.Rule) bool {
		enabled := tree.Rule(r.ID, "").Enabled
		return enabled != nil && *enabled
	}
	skip, err := matchRules("--skip-rules", f.skipRules)
	if err != nil {
		return err
	}
	o.Settings = tree.Estate()
	chosen := len(f.rules) > 0
	o.Enabled = func(r *analysis.Rule) bool { return keep(r) || !chosen && !skip[r.ID] && on(r) }
	o.Speaks = func(r *analysis.Rule, variant string) bool {
		return chosen || on(r) || r.ProfileOf(variant) <= f.profileLevel
	}
	return nil
}

// fullyRuns reports that a rule, if it is run, speaks in all of its forms.
func (f *selectFlags) fullyRuns(id string) bool {
	r, err := findRule(id)
	return err == nil && (len(f.rules) > 0 || f.profileLevel >= analysis.Review || len(r.ReviewVariants) == 0)
}

// leavesOut reports that a rule is among those of --skip-rules.
func (f *selectFlags) leavesOut(id string) bool {
	skip, err := matchRules("--skip-rules", f.skipRules)
	return err == nil && skip[id]
}

// resolveRules returns the ids of the rules that an id, an alias or a glob stands
// for, those of the gate itself included.
func resolveRules(pattern string) ([]string, error) {
	found, err := matchAmong(knownRules(), pattern)
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// canonicalRule is the id of a rule that may be named by a former one.
func canonicalRule(id string) string {
	if r, err := findRule(id); err == nil {
		return r.ID
	}
	return id
}

// knownRules are those of the suite and of the gate, sorted by id.
func knownRules() []*analysis.Rule {
	rules := append(all.Suite().Rules(), suppress.IncompleteRule)
	slices.SortFunc(rules, func(a, b *analysis.Rule) int { return strings.Compare(a.ID, b.ID) })
	return rules
}

// latestProfile is the profile gate without a time of trial for new rules.
const latestProfile = "latest"

// profiles are the names that a user may give.
func profiles() []string { return []string{"gate", latestProfile, "review", "all"} }

func (f *selectFlags) parseProfile() error {
	if f.latest = strings.EqualFold(f.profile, latestProfile); f.latest {
		f.profileLevel = analysis.Gate
		return nil
	}
	level, err := analysis.ParseProfile(f.profile)
	if err != nil {
		return withHint(fmt.Errorf("--profile: unknown profile %q (one of %s)", f.profile, strings.Join(profiles(), ", ")), f.profile, profiles())
	}
	f.profileLevel = level
	return nil
}

// onTrial reports rules that only take note: new ones, unless they are asked for by
// name or by profile.
func (f *selectFlags) onTrial(r *analysis.Rule) bool {
	return !f.latest && len(f.rules) == 0 && r.OnTrial(version())
}

// predicate says which rules are chosen.
func (f *selectFlags) predicate() (func(*analysis.Rule) bool, error) {
	var err error
	if err := f.parseProfile(); err != nil {
		return nil, err
	}
	if f.severityLevel, err = parseSeverity("--severity", f.severity); err != nil {
		return nil, err
	}
	only, err := matchRules("--rules", f.rules)
	if err != nil {
		return nil, err
	}
	skip, err := matchRules("--skip-rules", f.skipRules)
	if err != nil {
		return nil, err
	}
	pillars := map[analysis.Pillar]bool{}
	for _, p := range f.pillars {
		pillar, err := parsePillar(p)
		if err != nil {
			return nil, err
		}
		pillars[pillar] = true
	}
	return func(r *analysis.Rule) bool {
		switch {
		case skip[r.ID], len(pillars) > 0 && !pillars[r.Pillar]:
			return false
		case len(f.rules) > 0:
			return only[r.ID]
		}
		return r.Profile <= f.profileLevel
	}, nil
}

func parsePillar(name string) (analysis.Pillar, error) {
	var names []string
	for _, p := range analysis.Pillars() {
		if strings.EqualFold(string(p), name) {
			return p, nil
		}
		names = append(names, string(p))
	}
	return "", withHint(fmt.Errorf("unknown pillar %q (one of %s)", name, strings.Join(names, ", ")), name, names)
}

func parseSeverity(flag, name string, more ...string) (analysis.Severity, error) {
	s, err := analysis.ParseSeverity(name)
	if err != nil {
		names := more
		for _, s := range analysis.Severities() {
			names = append(names, s.String())
		}
		return 0, withHint(fmt.Errorf("%s: %w", flag, err), name, names)
	}
	return s, nil
}

// matchRules resolves ids, aliases and globs, in any case. One that matches
// nothing is an error: a misspelt rule would never run, and nobody would know.
func matchRules(flag string, patterns []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, p := range patterns {
		found, err := matchAmong(knownRules(), p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", flag, err)
		}
		maps.Copy(out, found)
	}
	return out, nil
}

// matchAmong resolves one pattern.
func matchAmong(rules []*analysis.Rule, pattern string) (map[string]bool, error) {
	pattern = strings.ToLower(strings.TrimSpace(pattern))
	out := map[string]bool{}
	for _, r := range rules {
		for _, id := range append([]string{r.ID}, r.Aliases...) {
			if ok, err := path.Match(pattern, id); ok && err == nil {
				out[r.ID] = true
			}
		}
	}
	if len(out) == 0 {
		return nil, withHint(fmt.Errorf("unknown rule %q", pattern), pattern, ruleIDs(rules))
	}
	return out, nil
}

func ruleIDs(rules []*analysis.Rule) []string {
	var out []string
	for _, r := range rules {
		out = append(append(out, r.ID), r.Aliases...)
	}
	return out
}

// findRule resolves one id or alias.
func findRule(id string) (*analysis.Rule, error) {
	rules := knownRules()
	for _, r := range rules {
		for _, name := range append([]string{r.ID}, r.Aliases...) {
			if strings.EqualFold(name, id) {
				return r, nil
			}
		}
	}
	return nil, withHint(fmt.Errorf("unknown rule %q", id), id, ruleIDs(rules))
}

func flagNames(c *cobra.Command) []string {
	var out []string
	c.Flags().VisitAll(func(f *pflag.Flag) { out = append(out, "--"+f.Name) })
	c.InheritedFlags().VisitAll(func(f *pflag.Flag) { out = append(out, "--"+f.Name) })
	return out
}
