package driver

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/wacheck/wacheck/source"
)

// inventory is what was found below the paths that the user named. All paths
// are slash-separated and relative to the root of the tree.
type inventory struct {
	tree *source.Tree
	// roots are the named paths themselves: directories, also for named files.
	roots []string
	// terraform lists directories that hold Terraform files, templates lists files
	// that may be CloudFormation templates.
	terraform, templates []string
	// files are all files that were found.
	files []string
	// skipped counts files that --skip-path leaves out, leftOut the directories
	// that were not entered, by reason.
	skipped, leftOut map[string]int
	diagnostics      []source.Diagnostic
}

// ignoredDirs are never walked: they hold what tools put there. Names are
// matched as whole segments below the named path.
var ignoredDirs = map[string]bool{".git": true, ".terraform": true, ".terragrunt-cache": true, "node_modules": true, ".aws-sam": true,
	".venv": true, "__pycache__": true, ".hg": true, ".svn": true}

// Root returns the directory that paths are relative to: the git work tree that
// holds all of them, else the directory that they share.
func Root(paths []string) (string, error) {
	tree, _, err := treeFor(paths, "")
	if err != nil {
		return "", err
	}
	return tree.Root, nil
}

// treeFor finds the root that paths are relative to, if it is not given.
func treeFor(paths []string, root string) (tree *source.Tree, rel []string, err error) {
	var abs []string
	for _, p := range paths {
		a, err := filepath.Abs(p)
		if err == nil {
			a, err = filepath.EvalSymlinks(a)
		}
		if err != nil {
			return nil, nil, err
		}
		abs = append(abs, a)
	}
	if root == "" {
		root = commonDir(abs)
		if git := gitRoot(root); git != "" {
			root = git
		}
	}
	tree, err = source.NewTree(root)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range abs {
		r, err := filepath.Rel(tree.Root, a)
		if err != nil {
			return nil, nil, err
		}
		rel = append(rel, filepath.ToSlash(r))
	}
	return tree, rel, nil
}

func commonDir(abs []string) string {
	dir := abs[0]
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	for _, a := range abs[1:] {
		for dir != a && !strings.HasPrefix(a, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator)) {
			dir = filepath.Dir(dir)
		}
	}
	return dir
}

// gitRoot looks for .git upwards.
func gitRoot(dir string) string {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// discover walks the named paths. A named file stands for its whole Terraform
// directory, or for itself if it may be a template.
func discover(paths, skip []string, root string) (*inventory, error) {
	tree, rel, err := treeFor(paths, root)
	if err != nil {
		return nil, err
	}
	inv := &inventory{tree: tree, skipped: map[string]int{}, leftOut: map[string]int{}}
	w := &walker{inv: inv, skip: skip, dirs: map[string]bool{}, seen: map[string]bool{}, real: map[string]bool{}}
	for _, p := range rel {
		full, err := tree.Resolve(p)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(full)
		if err != nil {
			return nil, err
		}
		if info.IsDir() {
			inv.roots = append(inv.roots, p)
			w.walk(p, p)
			continue
		}
		inv.roots = append(inv.roots, path.Dir(p))
		w.named(p)
	}
	for d := range w.dirs {
		inv.terraform = append(inv.terraform, d)
	}
	sort.Strings(inv.terraform)
	sort.Strings(inv.templates)
	sort.Strings(inv.files)
	return inv, nil
}

type walker struct {
	inv  *inventory
	skip []string
	dirs map[string]bool
	seen map[string]bool
	// real are the directories on the way, without links, against cycles.
	real map[string]bool
}

// named takes a file that the user named, with the rest of its directory if it
// is Terraform.
func (w *walker) named(p string) {
	if isTerraform(p) || isTerraformInput(p) {
		dir := path.Dir(p)
		entries, err := w.inv.tree.ReadDir(dir)
		if err != nil {
			w.unreadable(dir, err)
			return
		}
		for _, e := range entries {
			if isTerraform(e.Name()) {
				w.file(path.Join(dir, e.Name()))
			}
		}
		return
	}
	w.file(p)
}

func (w *walker) walk(dir, root string) {
	target, err := w.inv.tree.Resolve(dir)
	if err != nil {
		w.unreadable(dir, err)
		return
	}
	if w.real[target] {
		return
	}
	w.real[target] = true
	entries, err := w.inv.tree.ReadDir(dir)
	if err != nil {
		w.unreadable(dir, err)
		return
	}
	for _, e := range entries {
		p := path.Join(dir, e.Name())
		isDir, skip := w.isDir(p, e), w.skips(p, root)
		if !isDir && !skip && w.leadsOut(p, e) {
			w.inv.leftOut[leftOutLink]++
			continue
		}
		switch {
		case isDir && skip:
			w.inv.leftOut[skipPath]++
		case isDir && (ignoredDirs[e.Name()] || isAsset(e.Name(), dir)):
			w.inv.leftOut[leftOutTools]++
		case isDir:
			w.walk(p, root)
		case skip:
			w.inv.skipped[skipPath]++
		default:
			w.file(p)
		}
	}
}

// isDir follows symbolic links inside the tree.
func (w *walker) isDir(p string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	full, err := w.inv.tree.Resolve(p)
	if err != nil {
		return false
	}
	info, err := os.Stat(full)
	return err == nil && info.IsDir()
}

// leadsOut reports a link to a directory outside the tree, which is not followed;
// those to files are left to whoever would read them.
func (w *walker) leadsOut(p string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return false
	}
	if _, err := w.inv.tree.Resolve(p); !errors.Is(err, source.ErrOutside) {
		return false
	}
	info, err := os.Stat(filepath.Join(w.inv.tree.Root, filepath.FromSlash(p)))
	if err != nil || !info.IsDir() {
		return false
	}
	w.inv.diagnostics = append(w.inv.diagnostics, source.Diagnostic{Level: source.Note, Code: "link-outside", Path: p,
		Message: "is a link that leads out of the tree that may be read, and was not followed"})
	return true
}

// isAsset reports a directory of a CDK assembly that holds the code of a
// function or the like.
func isAsset(name, dir string) bool {
	return strings.HasPrefix(name, "asset.") && strings.Contains(path.Base(dir), "cdk.out")
}

func (w *walker) skips(p, root string) bool {
	below := strings.TrimPrefix(p, root+"/")
	for _, pattern := range w.skip {
		for _, candidate := range []string{p, below} {
			if ok, _ := doublestar.Match(strings.TrimSuffix(pattern, "/"), candidate); ok {
				return true
			}
		}
	}
	return false
}

func (w *walker) file(p string) {
	if w.seen[p] {
		return
	}
	w.seen[p] = true
	w.inv.files = append(w.inv.files, p)
	switch {
	case isTerraform(p):
		w.dirs[path.Dir(p)] = true
	case isTemplateCandidate(p):
		w.inv.templates = append(w.inv.templates, p)
	}
}

func (w *walker) unreadable(p string, err error) {
	w.inv.diagnostics = append(w.inv.diagnostics, source.Unreadable(p, err))
}

func isTerraform(p string) bool {
	for _, ext := range []string{".tf", ".tf.json", ".tofu", ".tofu.json"} {
		if strings.HasSuffix(p, ext) {
			return true
		}
	}
	return false
}

// named lists the files of a name.
func (inv *inventory) named(name string) []string {
	var out []string
	for _, p := range inv.files {
		if path.Base(p) == name {
			out = append(out, p)
		}
	}
	sort.Strings(out)
	return out
}

// isTerraformInput reports files that belong to a Terraform directory without
// being configuration.
func isTerraformInput(p string) bool {
	return strings.HasSuffix(p, ".tfvars") || strings.HasSuffix(p, ".tfvars.json") || path.Base(p) == ".terraform.lock.hcl"
}

func isTemplateCandidate(p string) bool {
	if isTerraformInput(p) {
		return false
	}
	switch strings.ToLower(path.Ext(p)) {
	case ".yaml", ".yml", ".json", ".template":
		return true
	}
	return false
}
