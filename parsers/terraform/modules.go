package terraform

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/go-version"

	"github.com/wacheck/wacheck/internal/hcleval"
)

// manifest is what .terraform/modules/modules.json says of module calls, by their
// path within the root: "vpc.subnets".
type manifest map[string]fetched

// fetched is a module that "terraform init" has put in place.
type fetched struct{ dir, source, version string }

// maxManifest bounds the entries that are read of a manifest.
const maxManifest = 10_000

// parseManifest reads modules.json. Directories in it are relative to the
// directory of the root.
func parseManifest(root string, content []byte) manifest {
	var file struct {
		Modules []struct{ Key, Source, Version, Dir string }
	}
	if err := json.Unmarshal(content, &file); err != nil || len(file.Modules) > maxManifest {
		return nil
	}
	m := manifest{}
	for _, e := range file.Modules {
		if e.Key != "" && e.Dir != "" && !path.IsAbs(e.Dir) {
			m[e.Key] = fetched{path.Join(root, strings.ReplaceAll(e.Dir, `\`, "/")), e.Source, e.Version}
		}
	}
	return m
}

// stale says why a module that was fetched is not the one that a call asks for:
// its version or revision has been changed since. It says nothing where that is
// not certain.
func (f fetched) stale(call hcleval.Call) string {
	if f.version != "" && call.Version != "" {
		have, err := version.NewVersion(f.version)
		want, wantErr := version.NewConstraint(call.Version)
		if err == nil && wantErr == nil && !want.Check(have) {
			return fmt.Sprintf("what is in .terraform/modules is version %s, not %s", f.version, call.Version)
		}
	}
	if have, want := revision(f.source), revision(call.Source); have != "" && want != "" && have != want {
		return fmt.Sprintf("what is in .terraform/modules is revision %s, not %s", have, want)
	}
	return ""
}

// revision is the ref of a source in a version control system, or empty.
func revision(src string) string {
	_, query, _ := strings.Cut(src, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	return values.Get("ref")
}

// isLocal reports whether a module source is a path.
func isLocal(src string) bool {
	return strings.HasPrefix(src, "./") || strings.HasPrefix(src, "../") || src == "." || src == ".."
}

// isRemoteDir reports whether a directory is where Terraform puts modules that
// it has fetched.
func isRemoteDir(dir string) bool {
	return slices.Contains(strings.Split(dir, "/"), ".terraform")
}

// vendorDirs are names of directories in which people keep copies of modules, by
// their sources.
var vendorDirs = []string{"vendor", "vendor/modules", "vendored", "third_party"}

// copyOf is the directory of a copy of a module whose source is elsewhere: the one
// that the user names, else one by its source in a directory of copies here or
// above.
func (l *loader) copyOf(from, src string) (string, bool) {
	plain := plainSource(src)
	for _, known := range [][2]string{{src, ""}, {plain, ""}, splitSub(plain)} {
		if dir, ok := l.modules[known[0]]; ok {
			return l.canonical(path.Join(dir, known[1])), true
		}
	}
	for at := from; ; at = path.Dir(at) {
		for _, v := range vendorDirs {
			if dir := path.Join(at, v, strings.ReplaceAll(plain, "//", "/")); l.isModule(dir) {
				return l.canonical(dir), true
			}
		}
		if at == "." || at == "/" || at == "" {
			return "", false
		}
	}
}

// isModule reports that a directory of the tree holds configuration, remembered.
func (l *loader) isModule(dir string) bool {
	known, ok := l.hasConfig.Load(dir)
	if !ok {
		known = l.hasFiles(dir)
		l.hasConfig.Store(dir, known)
	}
	return known.(bool)
}

// plainSource is a source without what does not say which module it is: the
// way of fetching it, the default registry, and the revision.
func plainSource(src string) string {
	src, _, _ = strings.Cut(src, "?")
	for _, prefix := range []string{"git::", "ssh://", "https://", "http://", "git@", "tfr:///", "tfr://", "registry.terraform.io/", "registry.opentofu.org/"} {
		src = strings.TrimPrefix(src, prefix)
	}
	if host, rest, ok := strings.Cut(src, ":"); ok && !strings.Contains(host, "/") {
		src = host + "/" + rest // the form of ssh
	}
	return strings.Replace(src, ".git", "", 1)
}

// splitSub splits a source before the directory within what is fetched.
func splitSub(src string) [2]string {
	base, sub, _ := strings.Cut(src, "//")
	return [2]string{base, sub}
}

// target is the directory that a call leads to; false if there is none.
func (l *loader) target(root, key, from string, call hcleval.Call) (dir string, remote, ok bool) {
	if src, ok := l.early[from][call.Name]; ok && !call.Literal {
		call.Source, call.Literal = src, true
	}
	switch {
	case !call.Literal:
		return "", false, false
	case isLocal(call.Source):
		dir = path.Join(from, call.Source)
		if strings.HasPrefix(dir, "../") || dir == ".." {
			return dir, false, false
		}
		dir = l.canonical(dir)
		return dir, isRemoteDir(dir), true
	}
	if dir, ok := l.copyOf(from, call.Source); ok {
		return dir, true, true
	}
	f, ok := l.manifests[root][key]
	if !ok || strings.HasPrefix(f.dir, "../") || f.dir == ".." || f.stale(call) != "" {
		return f.dir, true, false
	}
	return l.canonical(f.dir), true, true
}

// resolve finds the configuration that a call leads to.
func (l *loader) resolve(root, key, from string, call hcleval.Call) hcleval.Resolved {
	dir, remote, ok := l.target(root, key, from, call)
	if ok {
		if c := l.configs[dir]; c != nil && l.listed[dir] != nil && len(l.listed[dir]) > 0 {
			return hcleval.Resolved{Config: c, Remote: remote}
		}
	}
	switch {
	case !call.Literal:
		return hcleval.Resolved{Why: "it is not known from the files"}
	case isLocal(call.Source) && !ok:
		return hcleval.Resolved{Why: "it lies outside the tree that may be read"}
	case isLocal(call.Source):
		return hcleval.Resolved{Why: fmt.Sprintf("there is no configuration in %s", dir)}
	case l.manifests[root][key].stale(call) != "":
		return hcleval.Resolved{Remote: true, Why: l.manifests[root][key].stale(call), Hint: "run \"terraform init\" to have it analysed"}
	case dir != "" && !ok:
		return hcleval.Resolved{Remote: true, Why: "it lies outside the tree that may be read"}
	case ok:
		return hcleval.Resolved{Remote: true, Why: fmt.Sprintf("there is no configuration in %s", dir)}
	}
	return hcleval.Resolved{Remote: true, Why: "it is not in .terraform/modules",
		Hint: "run \"terraform init\" to have it analysed"}
}

// called lists the directories that are called and have not been read. Calls
// of remote modules are followed from every directory that has a manifest: only
// what is called is read, not all that lies in .terraform/modules.
func (l *loader) called() []string {
	missing := map[string]bool{}
	want := func(dir string) bool {
		if _, read := l.listed[dir]; read {
			return true
		}
		if _, err := l.o.Tree.Resolve(dir); err == nil {
			missing[dir] = true
		}
		return false
	}
	for _, from := range sortedDirs(l.configs) {
		for _, call := range l.configs[from].Calls() {
			if dir, _, ok := l.target("", "", from, call); ok {
				want(dir)
			}
		}
	}
	for _, root := range sortedDirs(l.manifests) {
		seen := map[string]bool{}
		var follow func(from, prefix string, depth int)
		follow = func(from, prefix string, depth int) {
			c := l.configs[from]
			if c == nil || depth > 32 || seen[prefix+"\x00"+from] {
				return
			}
			seen[prefix+"\x00"+from] = true
			for _, call := range c.Calls() {
				key := call.Name
				if prefix != "" {
					key = prefix + "." + call.Name
				}
				if dir, _, ok := l.target(root, key, from, call); ok && want(dir) {
					follow(dir, key, depth+1)
				}
			}
		}
		follow(root, "", 0)
	}
	return sortedDirs(missing)
}

// readInit reads what "terraform init" has left in a directory.
func (l *loader) readInit(dir string) error {
	if content, err := l.o.Tree.Read(path.Join(dir, ".terraform/modules/modules.json")); err == nil {
		if m := parseManifest(dir, content); m != nil {
			l.manifests[dir] = m
		}
	}
	return l.readLock(dir)
}

// readLock reads the dependency lock file of a directory.
func (l *loader) readLock(dir string) error {
	lock := path.Join(dir, ".terraform.lock.hcl")
	if _, err := l.o.Tree.Resolve(lock); err != nil {
		return nil //nolint:nilerr // there is no lock file, or none that may be read: then no version is locked
	}
	f, err := l.load(lock)
	if err != nil || f == nil {
		return err
	}
	l.locks[dir] = hcleval.LockedVersions(f)
	return nil
}

// locked returns the provider versions that hold for a root.
func (l *loader) locked(dir string) map[string]string { return l.locks[dir] }
