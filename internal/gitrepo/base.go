package gitrepo

import (
	"context"
	"fmt"
	"strings"
)

// Base is a commit that a change is compared with.
type Base struct {
	// Name is what the user called it; Commit is the merge base with HEAD.
	Name, Commit string
}

// FindBase finds the commit at which the work at hand began: the merge base of a
// branch, tag or commit and HEAD. Where that can't be found, as in a shallow
// clone, the error names the command that fetches what is missing: everything,
// or nothing, would be called new otherwise.
func (r Repo) FindBase(ctx context.Context, name string) (Base, error) {
	b := Base{Name: name}
	if _, err := r.git(ctx, "rev-parse", "--is-inside-work-tree"); err != nil {
		return b, fmt.Errorf("nothing can be compared with %q: %w", name, err)
	}
	tip, found := "", false
	for _, candidate := range []string{name, "refs/remotes/origin/" + name} {
		if tip, found = r.commit(ctx, candidate); found {
			break
		}
	}
	shallow := r.isShallow(ctx)
	if !found {
		return b, fmt.Errorf("there is no commit %q here; fetch it with: %s", name, fetch(name, shallow))
	}
	if _, ok := r.commit(ctx, "HEAD"); !ok {
		return b, fmt.Errorf("there is no commit yet, so that nothing can be compared with %s", name)
	}
	out, err := r.git(ctx, "merge-base", tip, "HEAD")
	if err != nil {
		if shallow {
			return b, fmt.Errorf("the clone is shallow, and does not reach back to where the work left %q; fetch more with: git fetch --unshallow", name)
		}
		return b, fmt.Errorf("%q and HEAD have no commit in common", name)
	}
	b.Commit = strings.TrimSpace(string(out))
	return b, nil
}

func fetch(name string, shallow bool) string {
	if isHash(name) {
		return "git fetch origin " + name
	}
	branch := strings.TrimPrefix(strings.TrimPrefix(name, "origin/"), "refs/heads/")
	deep := ""
	if shallow {
		deep = "--unshallow "
	}
	return fmt.Sprintf("git fetch %sorigin +refs/heads/%s:refs/remotes/origin/%s", deep, branch, branch)
}

func isHash(name string) bool {
	return len(name) >= 40 && strings.Trim(name, "0123456789abcdef") == ""
}

// commit resolves a name. One that looks like an option is a name all the same.
func (r Repo) commit(ctx context.Context, name string) (string, bool) {
	out, err := r.git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	return strings.TrimSpace(string(out)), err == nil
}

func (r Repo) isShallow(ctx context.Context) bool {
	out, err := r.git(ctx, "rev-parse", "--is-shallow-repository")
	return err == nil && strings.TrimSpace(string(out)) == "true"
}
