package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/internal/nearest"
)

func testSpec() Spec {
	return Spec{
		Settings: map[string]Kind{"fail_on": Text, "profile": Text, "skip_path": List, "require_reason": Bool, "max_expiry_days": Number},
		Rules: func(p string) ([]string, error) {
			switch strings.ToLower(p) {
			case "rds-*":
				return []string{"rds-a", "rds-b"}, nil
			case "rds-a", "rds-b":
				return []string{strings.ToLower(p)}, nil
			}
			return nil, nearest.Hint(errors.New("unknown rule "+p), p, []string{"rds-a", "rds-b"})
		},
	}
}

func parseOK(t *testing.T, dir, text string) *File {
	t.Helper()
	f, problems := Parse([]byte(text), ".wacheck.yaml", dir, testSpec())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return f
}

// All mistakes are told at once, each with its line and the nearest name.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, dir, text string
		want            []string
	}{
		{"unknown keys", "", "fail-on: high\nprofle: gate\n", []string{
			`.wacheck.yaml:1: unknown key "fail-on" (did you mean "fail_on"?)`, `.wacheck.yaml:2: unknown key "profle" (did you mean "profile"?)`}},
		{"kinds", "", "require_reason: yes please\nmax_expiry_days: many\nskip_path: {a: b}\n", []string{
			".wacheck.yaml:1: require_reason: expected true or false", ".wacheck.yaml:2: max_expiry_days: expected a number",
			".wacheck.yaml:3: skip_path: expected a text"}},
		{"severity", "", "fail_on: hihg\n", []string{
			`.wacheck.yaml:1: fail_on: unknown severity "hihg" (one of critical, high, medium, low, info, none) (did you mean "high"?)`}},
		{"rules", "", "rules:\n  rds-c: off\n  rds-a: grave\n  rds-b: {severty: low}\n", []string{
			`.wacheck.yaml:2: rules: unknown rule rds-c (did you mean "rds-a"?)`,
			`.wacheck.yaml:3: rds-a: unknown severity "grave" (one of info, low, medium, high, critical)`,
			`.wacheck.yaml:4: unknown key "severty" (did you mean "severity"?)`}},
		{"environments", "", "environments:\n  prodction: {fail_on: low}\npaths:\n  - fail_on: low\n", []string{
			`.wacheck.yaml:2: environments: unknown environment "prodction"; one of your own says what it counts as, such as "counts_as: production" (did you mean "production"?)`, ".wacheck.yaml:4: paths: an entry needs a path"}},
		{"signs of environments", "", "environments:\n  prod: {names: ['[', ok], accounts: [12], tags: [a]}\n  unknown: {paths: a}\n  staging: {counts_as: prodction}\n  test: {name: a}\n", []string{
			`.wacheck.yaml:2: environments.prod.names: "[" is no pattern`,
			`.wacheck.yaml:2: environments.prod.accounts: "12" is no account`, ".wacheck.yaml:2: tags: expected keys of tags",
			".wacheck.yaml:3: environments.unknown: paths can't say what belongs to it",
			`.wacheck.yaml:4: environments.staging.counts_as: unknown environment "prodction" (did you mean "production"?)`,
			`.wacheck.yaml:5: unknown key "name" (did you mean "names"?)`}},
		{"signs below the root", "sub", "environments:\n  prod: {fail_on: low, names: a}\n", []string{
			`.wacheck.yaml:2: "names" of an environment holds for a whole run`}},
		{"suppressions", "", "suppressions:\n  - rule: rds-a\n  - address: x\n  - {rule: rds-x, path: a}\n", []string{
			".wacheck.yaml:2: suppressions: an entry needs an address, a construct or a path (to switch a rule off, use rules)",
			".wacheck.yaml:3: suppressions: an entry needs a rule", `.wacheck.yaml:4: suppressions: unknown rule rds-x (did you mean "rds-a"?)`}},
		{"whole run", "sub", "profile: all\nfail_on: low\n", []string{
			`.wacheck.yaml:1: "profile" holds for a whole run, and belongs to the file at the root of the repository`}},
		{"syntax", "", "a: [\n", []string{".wacheck.yaml:"}},
		{"duplicate", "", "profile: gate\nprofile: all\n", []string{".wacheck.yaml:2: "}},
		{"a list", "", "- profile\n", []string{".wacheck.yaml:1: expected keys with values"}},
	} {
		_, problems := Parse([]byte(c.text), ".wacheck.yaml", c.dir, testSpec())
		if len(problems) != len(c.want) {
			t.Errorf("%s: %v, want %q", c.name, problems, c.want)
			continue
		}
		for i, p := range problems {
			if !strings.HasPrefix(p.String(), c.want[i]) {
				t.Errorf("%s:\n got %s\nwant %s", c.name, p.String(), c.want[i])
			}
		}
	}
	for _, text := range []string{"", "# nothing\n", "rules:\nsuppressions:\nprofile:\n"} {
		parseOK(t, "", text)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	f := parseOK(t, "", "fail_on: medium\nskip_path: [a, 'b/**']\nrequire_reason: true\nmax_expiry_days: 90\n")
	want := []Setting{{"fail_on", []string{"medium"}, 1}, {"skip_path", []string{"a", "b/**"}, 2}, {"require_reason", []string{"true"}, 3},
		{"max_expiry_days", []string{"90"}, 4}}
	if diff := cmp.Diff(want, f.Settings); diff != "" {
		t.Error(diff)
	}
}

// What stands further down in the tree wins.
func TestRules(t *testing.T) {
	t.Parallel()
	tree := NewTree(parseOK(t, "", "rules:\n  rds-*: low\n  rds-b: {enabled: false, suppressible: false}\n"))
	tree.Add(parseOK(t, "apps", "rules:\n  rds-b: on\n"))
	tree.Add(parseOK(t, "apps/shop", "rules:\n  rds-b: critical\n"))
	show := func(id, file string) string {
		s := tree.Rule(id, file)
		var out []string
		if s.Enabled != nil {
			out = append(out, map[bool]string{true: "on", false: "off"}[*s.Enabled])
		}
		if s.Severity != nil {
			out = append(out, s.Severity.String())
		}
		if !s.Suppressible {
			out = append(out, "locked")
		}
		return strings.Join(out, " ")
	}
	for _, c := range [][3]string{
		{"rds-a", "main.tf", "low"}, {"rds-b", "main.tf", "off low locked"}, {"rds-b", "apps/main.tf", "on low locked"},
		{"rds-b", "apps/shop/db/main.tf", "on critical locked"}, {"rds-b", "../other/main.tf", "off low locked"}, {"s3-a", "main.tf", ""},
	} {
		if got := show(c[0], c[1]); got != c[2] {
			t.Errorf("%s in %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestFailOn(t *testing.T) {
	t.Parallel()
	tree := NewTree(parseOK(t, "", `
environments:
  dev: {fail_on: critical}
  non-production: {fail_on: high}
  acme: {counts_as: production, fail_on: medium}
  prod: {fail_on: low}
paths:
  - {path: legacy, fail_on: none}
`))
	tree.Add(parseOK(t, "envs/strict", "fail_on: info\n"))
	tree.Add(parseOK(t, "envs/mild", "environments: {production: {fail_on: high}}\n"))
	by := Threshold{Severity: analysis.Medium}
	for _, c := range []struct {
		file, unit string
		env        analysis.Environment
		want       Threshold
	}{
		{"a.tf", "", analysis.UnknownEnvironment, by},
		{"a.tf", "", analysis.Production, Threshold{Severity: analysis.Low}},
		{"a.tf", "", analysis.Development, Threshold{Severity: analysis.High}}, // the later entry wins
		{"legacy/x/a.tf", "", analysis.UnknownEnvironment, Threshold{Never: true}},
		{"legacy/a.tf", "", analysis.Production, Threshold{Severity: analysis.Low}},
		{"modules/a.tf", "legacy", analysis.UnknownEnvironment, Threshold{Never: true}},
		{"modules/a.tf", "envs/strict", analysis.Production, Threshold{Severity: analysis.Info}},
		{"modules/a.tf", "envs/mild", analysis.Production, Threshold{Severity: analysis.High}},
	} {
		if got := tree.FailOn(c.file, c.unit, analysis.Instance{Environment: c.env}, by); got != c.want {
			t.Errorf("%s of %q in %q: %+v, want %+v", c.file, c.unit, c.env, got, c.want)
		}
	}
	// A name of the user's own counts more than what it counts as.
	own := analysis.Instance{Environment: analysis.Production, EnvironmentName: "acme"}
	if got := tree.FailOn("a.tf", "", own, Threshold{}); got != (Threshold{Severity: analysis.Medium}) {
		t.Errorf("acme: %+v", got)
	}
	if got := tree.FailOn("modules/a.tf", "envs/mild", own, Threshold{}); got != (Threshold{Severity: analysis.High}) {
		t.Errorf("acme further down: %+v", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("fail_on: high\nrules: {rds-*: {severity: low}}\nenvironments: {dev: {fail_on: none}}\npaths: [{path: a, fail_on: low}]\nsuppressions: [{rule: rds-a, path: b}]\n")
	f.Add("rules:\n  rds-a: [\nsuppressions: [~, 1]\npaths: [~]\nenvironments: {dev: ~}\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, dir := range []string{"", "a/b"} {
			file, problems := Parse([]byte(text), "x", dir, testSpec())
			for _, p := range problems {
				if p.Line < 1 || p.Message == "" {
					t.Errorf("%+v", p)
				}
			}
			if file != nil {
				tree := NewTree(file)
				tree.Rule("rds-a", "a/b/c.tf")
				tree.FailOn("a/b/c.tf", "a", analysis.Instance{Environment: analysis.Development}, Threshold{})
				tree.Estate()
			}
		}
	})
}

// What the file says of environments, with the line of each.
func TestEstate(t *testing.T) {
	t.Parallel()
	f := parseOK(t, "", `environments:
  prod:
    names: [PRD-*, "*-live"]
    tags: {tier: gold}
    accounts: ["111122223333"]
  dev: {paths: [teams/*/play], workspaces: default}
  staging: {counts_as: production}
  acme: {names: "acme-*", counts_as: production}
`)
	type match struct {
		env        analysis.Environment
		by         analysis.EnvironmentSign
		yes, no    string
		tag, where string
	}
	for i, want := range []match{
		{analysis.Production, analysis.ByName, "prd-db", "aprd-db", "", ".wacheck.yaml:3"},
		{analysis.Production, analysis.ByName, "Web-Live", "live", "", ".wacheck.yaml:3"},
		{analysis.Production, analysis.ByTag, "gold", "golden", "tier", ".wacheck.yaml:4"},
		{analysis.Production, analysis.ByAccount, "111122223333", "111122223334", "", ".wacheck.yaml:5"},
		{analysis.Development, analysis.ByPath, "teams/a/play/net", "teams/play", "", ".wacheck.yaml:6"},
		{analysis.Development, analysis.ByWorkspace, "default", "defaults", "", ".wacheck.yaml:6"},
		{analysis.Production, analysis.ByName, "acme-db", "acme", "", ".wacheck.yaml:8"},
	} {
		got := f.Estate.Environments[i]
		if got.Environment != want.env || got.By != want.by || got.Tag != want.tag || got.Where != want.where || !got.Match(want.yes) || got.Match(want.no) {
			t.Errorf("%d is %+v, want %+v", i, got, want)
		}
	}
	if c := f.Estate.CountAs; len(c) != 1 || c[0] != (analysis.EnvironmentRole{Environment: analysis.Staging, As: analysis.Production, Where: ".wacheck.yaml:7"}) {
		t.Errorf("counts as %v", c)
	}
	if o := f.Estate.Own; len(o) != 1 || o[0] != (analysis.OwnEnvironment{Name: "acme", Environment: analysis.Production, Where: ".wacheck.yaml:8"}) || f.Estate.Environments[6].Name != "acme" {
		t.Errorf("own %v", o)
	}
}
