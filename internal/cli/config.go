package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/internal/config"
)

func newConfig() *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Show the configuration that holds, and its schema",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newConfigShow(), newConfigSchema())
	return c
}

// shownValue is a setting with where it comes from.
type shownValue struct {
	Name   string `json:"name"`
	Value  any    `json:"value"`
	Origin string `json:"origin"`
}

func newConfigShow() *cobra.Command {
	f := &scanFlags{}
	var show string
	c := &cobra.Command{
		Use:   "show [PATH...]",
		Short: "Show every setting with its value, and where that comes from",
		Long: "Show every setting of scan with its value and where that comes from: a flag, a variable of the environment, a line of a\n" +
			"configuration file, or the default. It takes the flags and paths of scan. Configuration files below the root are listed for\n" +
			"the directories that are named.",
		Example: "  wacheck config show\n  WACHECK_FAIL_ON=low wacheck config show infra/ --as json",
		RunE: func(c *cobra.Command, args []string) error {
			s, err := load(c.Flags(), args)
			if err != nil {
				return err
			}
			if show != "text" && show != "json" {
				return withHint(fmt.Errorf("--as: unknown form %q (one of text, json)", show), show, []string{"text", "json"})
			}
			if err := s.nested(args); err != nil {
				return err
			}
			return writeSettings(c.OutOrStdout(), show, c.Flags(), s)
		},
	}
	f.register(c.Flags())
	c.Flags().StringVar(&show, "as", "text", "`FORM` of the list: text or json")
	return c
}

// nested reads the configuration files of the named directories and of those
// between them and the root.
func (s *settings) nested(paths []string) error {
	read := s.reader()
	seen := map[string]bool{"": true, ".": true}
	for _, p := range paths {
		parts := strings.Split(s.relative(p), "/")
		for i := range parts {
			dir := strings.Join(parts[:i+1], "/")
			if seen[dir] || parts[0] == ".." {
				continue
			}
			seen[dir] = true
			f, problems := read(dir)
			if len(problems) > 0 {
				return configError(problems)
			}
			if f != nil {
				s.tree.Add(f)
			}
		}
	}
	return nil
}

func writeSettings(w io.Writer, show string, fs *pflag.FlagSet, s *settings) error {
	list := effective(fs, s)
	if show == "json" {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(list)
	}
	width := 0
	lines := make([]string, len(list))
	for i, v := range list {
		lines[i] = fmt.Sprintf("%s: %s", v.Name, shownText(v.Value))
		width = max(width, min(len(lines[i]), 60))
	}
	for i, v := range list {
		say(w, "%-*s  # %s\n", width, lines[i], v.Origin)
	}
	return nil
}

// shownText is a value as a configuration file would have it.
func shownText(v any) string {
	switch v := v.(type) {
	case []string:
		return "[" + strings.Join(v, ", ") + "]"
	case map[string]string:
		entries := []string{}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			entries = append(entries, k+": "+v[k])
		}
		return "{" + strings.Join(entries, ", ") + "}"
	case string:
		if v == "" {
			return `""`
		}
		return v
	}
	return fmt.Sprint(v)
}

// effective lists all settings by name, then what configuration files say of
// rules, thresholds and suppressions.
func effective(fs *pflag.FlagSet, s *settings) []shownValue {
	var out []shownValue
	kinds := spec().Settings
	fs.VisitAll(func(f *pflag.Flag) {
		name := strings.ReplaceAll(f.Name, "-", "_")
		if _, ok := kinds[name]; !ok && !slices.Contains([]string{"rules", "config"}, f.Name) {
			return
		}
		origin := s.origins[f.Name]
		if origin == "" {
			origin = "default"
		}
		var value any = f.Value.String()
		if list, ok := f.Value.(pflag.SliceValue); ok {
			value = append([]string{}, list.GetSlice()...)
			if slices.Contains(mapFlags, f.Name) {
				value = mapped(list.GetSlice())
			}
		}
		out = append(out, shownValue{name, value, origin})
	})
	slices.SortFunc(out, func(a, b shownValue) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range s.tree.Files() {
		out = append(out, ofFile(f)...)
	}
	return out
}

// mapped is a mapping whose entries are NAME=VALUE.
func mapped(entries []string) map[string]string {
	out := map[string]string{}
	for _, e := range entries {
		if i := strings.LastIndex(e, "="); i >= 0 {
			out[e[:i]] = e[i+1:]
		}
	}
	return out
}

func ofFile(f *config.File) []shownValue {
	var out []shownValue
	add := func(line int, name, format string, args ...any) {
		out = append(out, shownValue{name, fmt.Sprintf(format, args...), fmt.Sprintf("%s:%d", f.Path, line)})
	}
	below := ""
	if f.Dir != "" {
		below = f.Dir + "/"
	}
	if f.FailOn != nil {
		add(f.FailOnLine, below+"fail_on", "%s", f.FailOn)
	}
	for _, r := range f.Rules {
		var what []string
		if r.Enabled != nil {
			what = append(what, map[bool]string{true: "on", false: "off"}[*r.Enabled])
		}
		if r.Severity != nil {
			what = append(what, r.Severity.String())
		}
		if r.Suppressible != nil && !*r.Suppressible {
			what = append(what, "not suppressible")
		}
		add(r.Line, below+"rules."+r.Pattern, "%s", strings.Join(what, ", "))
	}
	for _, x := range f.Scopes {
		name := "paths." + x.Path
		if x.Path == "" {
			name = "environments." + x.Name
		}
		add(x.Line, below+name+".fail_on", "%s", x.FailOn)
	}
	for _, x := range f.Estate.Environments {
		out = append(out, shownValue{fmt.Sprintf("environments.%s.%s", cmp.Or(x.Name, string(x.Environment)), signName(x)), x.Pattern, x.Where})
	}
	for _, x := range f.Estate.CountAs {
		out = append(out, shownValue{fmt.Sprintf("environments.%s.counts_as", x.Environment), string(x.As), x.Where})
	}
	for _, x := range f.Estate.Own {
		out = append(out, shownValue{fmt.Sprintf("environments.%s.counts_as", x.Name), string(x.Environment), x.Where})
	}
	for _, x := range f.Suppressions {
		var where []string
		for _, part := range [][2]string{{"address", x.Address}, {"construct", x.Construct}, {"path", x.Path}} {
			if part[1] != "" {
				where = append(where, part[0]+" "+part[1])
			}
		}
		add(x.Line, below+"suppressions", "%s of %s", strings.Join(x.Rules, ", "), strings.Join(where, ", "))
	}
	return out
}

// signName is the key of a configuration file for a sign of an environment.
func signName(p analysis.EnvironmentPattern) string {
	switch p.By {
	case analysis.ByName:
		return "names"
	case analysis.ByTag:
		return "tags." + p.Tag
	case analysis.ByAccount:
		return "accounts"
	case analysis.ByWorkspace:
		return "workspaces"
	case analysis.ByPath:
		return "paths"
	}
	return ""
}

func newConfigSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of .wacheck.yaml",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			e := json.NewEncoder(c.OutOrStdout())
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			return e.Encode(configSchema())
		},
	}
}
