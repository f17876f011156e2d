package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/wacheck/wacheck/internal/config"
	"github.com/wacheck/wacheck/internal/driver"
)

// envPrefix begins the names of environment variables: --fail-on is
// WACHECK_FAIL_ON.
const envPrefix = "WACHECK_"

// notInFile are flags that a configuration file can't set. A repository must not
// say which files of a machine are written, and the key rules has another form.
var notInFile = []string{"config", "output", "help", "rules", "quiet", "no-color", "timing", "var", "sarif-root"}

// pathFlags take files; in a configuration file, they are relative to it.
var pathFlags = []string{"var-file", "baseline", "modules"}

// mapFlags take NAME=VALUE, and are mappings in a configuration file.
var mapFlags = []string{"modules"}

// settings are the values of flags with where they come from: the command line
// wins over the environment, that over the configuration file, and that over the
// default.
type settings struct {
	// origins say where a flag has its value from, by name; a default has none.
	origins map[string]string
	// root is the root of the tree, tree the configuration, file that at the root.
	root string
	tree *config.Tree
	file string
}

// configError lists the mistakes of configuration files.
func configError(problems []config.Problem) error {
	var errs []error
	for _, p := range problems {
		errs = append(errs, errors.New(p.String()))
	}
	return errors.Join(errs...)
}

// load fills in the flags that were not given. The paths are those to analyse.
func load(fs *pflag.FlagSet, paths []string) (*settings, error) {
	s := &settings{origins: map[string]string{}, tree: config.NewTree(nil)}
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Changed {
			s.origins[f.Name] = "--" + f.Name
		}
	})
	if f := fs.Lookup("workspace"); f != nil && f.DefValue != "" && !f.Changed {
		s.origins[f.Name] = "TF_WORKSPACE" // Terraform's own variable
	}
	if err := s.environment(fs); err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	root, err := driver.Root(paths)
	if err != nil {
		return s, nil //nolint:nilerr // the paths are not there, which the scan says better
	}
	s.root = root
	explicit, err := fs.GetString("config")
	if err != nil {
		return nil, err
	}
	file, content, err := findConfig(root, explicit)
	if err != nil || file == "" {
		return s, err
	}
	s.file = file
	parsed, problems := config.Parse(content, shownPath(file), "", spec())
	if len(problems) > 0 {
		return nil, configError(problems)
	}
	parsed.Rel = s.relative(file)
	s.tree = config.NewTree(parsed)
	return s, s.fromFile(fs, parsed, filepath.Dir(file))
}

// environment takes flags from the environment. Several values of a flag that may
// be repeated stand on lines of their own; those of a list are separated by commas.
func (s *settings) environment(fs *pflag.FlagSet) error {
	var errs []error
	fs.VisitAll(func(f *pflag.Flag) {
		name := envPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		text, ok := os.LookupEnv(name)
		if !ok || text == "" || strings.HasPrefix(s.origins[f.Name], "--") || f.Name == "help" {
			return
		}
		values := []string{text}
		if f.Value.Type() == "stringArray" {
			values = strings.Split(strings.TrimSpace(text), "\n")
		}
		for _, v := range values {
			if err := fs.Set(f.Name, v); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", name, err))
			}
		}
		s.origins[f.Name] = name
	})
	return errors.Join(errs...)
}

// fromFile takes flags from the configuration file.
func (s *settings) fromFile(fs *pflag.FlagSet, file *config.File, dir string) error {
	for _, x := range file.Settings {
		f := fs.Lookup(strings.ReplaceAll(x.Name, "_", "-"))
		if f == nil || s.origins[f.Name] != "" {
			continue // the command has no such flag, or it was given
		}
		for _, v := range x.Values {
			if slices.Contains(pathFlags, f.Name) {
				key, name := "", v
				if slices.Contains(mapFlags, f.Name) {
					i := strings.LastIndex(v, "=") + 1
					key, name = v[:i], v[i:]
				}
				if name = filepath.Join(dir, filepath.FromSlash(name)); !within(s.root, name) {
					return fmt.Errorf("%s:%d: %s leads out of the repository", file.Path, x.Line, x.Name)
				}
				v = key + name
			}
			if err := fs.Set(f.Name, v); err != nil {
				return fmt.Errorf("%s:%d: %s: %w", file.Path, x.Line, x.Name, err)
			}
		}
		s.origins[f.Name] = fmt.Sprintf("%s:%d", file.Path, x.Line)
	}
	return nil
}

func within(root, name string) bool {
	rel, err := filepath.Rel(root, name)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// given reports that a flag was given on the command line or in the environment.
func (s *settings) given(name string) bool {
	o := s.origins[name]
	return strings.HasPrefix(o, "--") || strings.HasPrefix(o, envPrefix)
}

// findConfig reads the configuration file: that which was named, else that at the
// root of the tree, else, outside of a git work tree, that of the nearest
// directory above. It returns no name if there is none.
func findConfig(root, explicit string) (file string, content []byte, err error) {
	if explicit != "" {
		content, err = os.ReadFile(explicit)
		if err != nil {
			return "", nil, fmt.Errorf("--config: %w", withoutOp(err))
		}
		return explicit, content, nil
	}
	for dir := root; ; dir = filepath.Dir(dir) {
		for _, name := range config.Names {
			file = filepath.Join(dir, name)
			content, err = os.ReadFile(file)
			if err == nil {
				return file, content, nil
			}
			if !errors.Is(err, os.ErrNotExist) {
				return "", nil, withoutOp(err)
			}
		}
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil || dir == filepath.Dir(dir) {
			return "", nil, nil
		}
	}
}

// withoutOp takes the name of the system call out of an error.
func withoutOp(err error) error {
	if pe, ok := errors.AsType[*os.PathError](err); ok {
		return fmt.Errorf("%s: %w", shownPath(pe.Path), pe.Err)
	}
	return err
}

// shownPath is a path as the user would type it: relative to the working
// directory, if it is below or near.
func shownPath(name string) string {
	wd, err := os.Getwd()
	if err != nil {
		return name
	}
	if resolved, err := filepath.EvalSymlinks(wd); err == nil {
		wd = resolved
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	rel, err := filepath.Rel(wd, abs)
	if err != nil {
		return name
	}
	return filepath.ToSlash(rel)
}

// reader reads the configuration of directories below the root.
func (s *settings) reader() func(dir string) (*config.File, []config.Problem) {
	return func(dir string) (*config.File, []config.Problem) {
		for _, name := range config.Names {
			file := filepath.Join(s.root, filepath.FromSlash(dir), name)
			if file == s.file {
				return nil, nil
			}
			content, err := os.ReadFile(file)
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, []config.Problem{{Path: shownPath(file), Line: 1, Message: withoutOp(err).Error()}}
			}
			f, problems := config.Parse(content, shownPath(file), dir, spec())
			f.Rel = s.relative(file)
			return f, problems
		}
		return nil, nil
	}
}

// spec says which settings a file may have: those of the flags of scan.
func spec() config.Spec {
	out := config.Spec{Settings: map[string]config.Kind{}, Rules: resolveRules}
	newScan().Flags().VisitAll(func(f *pflag.Flag) {
		if slices.Contains(notInFile, f.Name) {
			return
		}
		kind := config.Text
		switch f.Value.Type() {
		case "bool":
			kind = config.Bool
		case "int":
			kind = config.Number
		case "stringArray", "stringSlice":
			kind = config.List
		}
		if slices.Contains(mapFlags, f.Name) {
			kind = config.Map
		}
		out.Settings[strings.ReplaceAll(f.Name, "-", "_")] = kind
	})
	return out
}
