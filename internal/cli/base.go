package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/internal/driver"
	"github.com/wacheck/wacheck/internal/gitrepo"
	"github.com/wacheck/wacheck/internal/judge"
)

// autoBase takes the base from the environment of the CI system.
const autoBase = "auto"

// baseName is what to compare with; empty for nothing.
func (f *gateFlags) baseName() (string, error) {
	if f.diffBase != autoBase {
		return f.diffBase, nil
	}
	for _, name := range []string{"GITHUB_BASE_REF", "CI_MERGE_REQUEST_DIFF_BASE_SHA"} {
		if ref := os.Getenv(name); ref != "" {
			return ref, nil
		}
	}
	return "", errors.New("--diff-base auto: neither GITHUB_BASE_REF nor CI_MERGE_REQUEST_DIFF_BASE_SHA is set; name a branch or commit")
}

// base analyses the base of a run. Its files are taken from git's object store
// into a temporary directory; the checkout is not touched.
func (f *gateFlags) base(ctx context.Context, o driver.Options, s *settings, jo judge.Options) (*judge.Base, error) {
	name, err := f.baseName()
	if err != nil || name == "" {
		return nil, err
	}
	repo := gitrepo.Repo{Dir: s.root}
	commit, err := repo.FindBase(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("--diff-base: %w", err)
	}
	changes, err := repo.Changes(ctx, commit.Commit)
	if err != nil {
		return nil, fmt.Errorf("--diff-base: %w", err)
	}
	dir, err := os.MkdirTemp("", "wacheck-base-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a leftover in the temporary directory harms nobody
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	if err := extractBase(ctx, repo, commit.Commit, dir); err != nil {
		return nil, fmt.Errorf("--diff-base: %w", err)
	}
	base, j := judge.NewBase(commit, changes, jo)
	base.Unplanned = len(o.Plans) > 0
	if o, err = atBase(o, s.root, dir); err != nil || len(o.Paths) == 0 {
		return base, err
	}
	o.Judge = j.Hook
	if _, err := scan(ctx, o); err != nil {
		return nil, fmt.Errorf("--diff-base: analysing %s: %w", name, err)
	}
	j.Finish(ctx)
	return base, nil
}

// atBase points options at the files of the base. What was not there is left out.
func atBase(o driver.Options, root, dir string) (driver.Options, error) {
	move := func(names []string) ([]string, error) {
		var out []string
		for _, p := range names {
			abs, err := filepath.Abs(p)
			if err == nil {
				abs, err = filepath.EvalSymlinks(abs)
			}
			if err != nil {
				return nil, err
			}
			if !within(root, abs) {
				out = append(out, abs) // not of the repository: the same for both
				continue
			}
			rel, err := filepath.Rel(root, abs)
			if err != nil {
				return nil, err
			}
			if there := filepath.Join(dir, rel); exists(there) {
				out = append(out, there)
			}
		}
		return out, nil
	}
	var err error
	if o.Paths, err = move(o.Paths); err != nil {
		return o, err
	}
	if o.VarFiles, err = move(o.VarFiles); err != nil {
		return o, err
	}
	o.Modules, err = moveAll(o.Modules, move)
	if err != nil {
		return o, err
	}
	o.Root, o.Touched = dir, nil
	return o, lendPlans(&o, move)
}

// lendPlans leaves to the base the inputs of the plans: what they tell else is of
// the head.
func lendPlans(o *driver.Options, move func([]string) ([]string, error)) error {
	var lent []driver.Plan
	for _, p := range o.Plans {
		if p.Source == "" {
			continue
		}
		there, err := move([]string{p.Source})
		if err != nil {
			return err
		}
		if len(there) > 0 {
			p.Source, p.InputsOnly = there[0], true
			lent = append(lent, p)
		}
	}
	o.Plans, o.PlansOnly = lent, o.PlansOnly && len(lent) > 0
	return nil
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

const (
	// maxExtract is the size of a file above which it is not taken for the base
	// unless its name says that it is infrastructure code.
	maxExtract = 1 << 20
	// maxCode is the size of any file above which it is not taken.
	maxCode = 16 << 20
)

// codeExts are the endings of what is analysed wherever it lies.
var codeExts = []string{".tf", ".tofu", ".tfvars", ".hcl", ".json", ".yaml", ".yml", ".template"}

func isCode(name string) bool { return slices.Contains(codeExts, strings.ToLower(path.Ext(name))) }

// extractBase writes the files of the base that a scan may want: those that are
// code by their name, and, below directories with Terraform files, whatever they
// may read. What "terraform init" has left is not in git, and the same for both.
func extractBase(ctx context.Context, repo gitrepo.Repo, commit, dir string) error {
	files, err := repo.Files(ctx, commit)
	if err != nil {
		return err
	}
	roots := map[string]bool{}
	for _, f := range files {
		if ext := path.Ext(strings.TrimSuffix(f.Path, ".json")); ext == ".tf" || ext == ".tofu" {
			roots[path.Dir(f.Path)] = true
		}
	}
	below := func(name string) bool {
		for d := path.Dir(name); ; d = path.Dir(d) {
			if roots[d] {
				return true
			}
			if d == "." {
				return false
			}
		}
	}
	wanted := slices.DeleteFunc(files, func(f gitrepo.Object) bool {
		code := isCode(f.Path) || f.Link
		return f.Size > maxCode || !code && (f.Size > maxExtract || !below(f.Path))
	})
	if err := repo.Extract(ctx, wanted, dir); err != nil {
		return err
	}
	for d := range roots {
		if err := copyModules(repo.Dir, dir, path.Join(d, ".terraform", "modules")); err != nil {
			return err
		}
	}
	return nil
}

// copyModules copies the code of modules that are not in git.
func copyModules(from, to, rel string) error {
	if exists(filepath.Join(to, filepath.FromSlash(rel))) || !exists(filepath.Join(from, filepath.FromSlash(rel))) {
		return nil
	}
	src, err := os.OpenRoot(from)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }() // it was only a handle
	dst, err := os.OpenRoot(to)
	if err != nil {
		return err
	}
	defer func() { _ = dst.Close() }() // it was only a handle
	return fs.WalkDir(src.FS(), rel, func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == ".git":
			return fs.SkipDir
		case e.IsDir():
			return dst.MkdirAll(p, 0o700)
		case !e.Type().IsRegular():
			return nil
		}
		info, err := e.Info()
		if err != nil || info.Size() > maxExtract && !isCode(p) || info.Size() > maxCode {
			return err
		}
		content, err := src.ReadFile(p)
		if err != nil {
			return err
		}
		return dst.WriteFile(p, content, 0o600)
	})
}

// moveAll moves the directories of modules. One that was not there is left out.
func moveAll(dirs map[string]string, move func([]string) ([]string, error)) (map[string]string, error) {
	out := map[string]string{}
	for src, dir := range dirs {
		moved, err := move([]string{dir})
		if err != nil {
			return nil, err
		}
		if len(moved) == 1 {
			out[src] = moved[0]
		}
	}
	return out, nil
}
