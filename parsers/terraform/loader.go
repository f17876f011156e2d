package terraform

import (
	"context"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/wacheck/wacheck/internal/guard"
	"github.com/wacheck/wacheck/internal/hcleval"
	"github.com/wacheck/wacheck/source"
)

const (
	// codeInternal is that of faults of this program.
	codeInternal = "internal"
	// codeShadowed is that of diagnostics about files that another takes the
	// place of.
	codeShadowed = "terraform-shadowed"
)

// loader reads directories and remembers what was in them.
type loader struct {
	o       Options
	diags   []source.Diagnostic
	faults  []error
	status  map[string]FileStatus
	listed  map[string][]*source.File // by directory
	parsed  map[*source.File]*hcleval.File
	configs map[string]*hcleval.Config
	// early are the sources of module calls that are made of variables, by
	// directory and call.
	early map[string]map[string]string
	// manifests are the modules that "terraform init" put in place, by root.
	manifests map[string]manifest
	// varFiles are the values that root directories come with.
	varFiles map[string][]*source.File
	// inputs are the variable files in the directories of inputs of one.
	inputs map[string][]inputFile
	// units are those of Terragrunt, in order, unitAt finds them by directory, and
	// wrapConfigs are configurations with what is generated for them.
	units       []*wrapped
	unitAt      map[string]*wrapped
	wrapConfigs []*hcleval.Config
	// gives are the names in variable files that were looked at.
	gives map[string][]string
	extra []*source.File // Options.VarFiles
	locks map[string]map[string]string
	// resolved are the canonical paths that were asked for, by all roots at once.
	resolved sync.Map
	// modules are Options.Modules by plain source, and hasConfig remembers which
	// directories hold configuration.
	modules   map[string]string
	hasConfig sync.Map
	// allRoots are the roots of the scan, also those that are not evaluated.
	allRoots []root
	// context are the roots that are evaluated only since others ask them.
	context map[string]bool
	// values are roots that create nothing, and have outputs for others.
	values []root
	// dirs are the directories of the scan, as given.
	dirs map[string]bool
}

func newLoader(o Options) *loader {
	modules := map[string]string{}
	for src, dir := range o.Modules {
		modules[src], modules[plainSource(src)] = dir, dir
	}
	return &loader{modules: modules, o: o, status: map[string]FileStatus{}, listed: map[string][]*source.File{},
		parsed: map[*source.File]*hcleval.File{}, configs: map[string]*hcleval.Config{}, early: map[string]map[string]string{},
		manifests: map[string]manifest{}, varFiles: map[string][]*source.File{}, inputs: map[string][]inputFile{}, gives: map[string][]string{}, unitAt: map[string]*wrapped{},
		locks: map[string]map[string]string{}, dirs: map[string]bool{}}
}

// readAll reads the directories of the scan, and then, round by round, those
// that are called and not yet there.
func (l *loader) readAll(ctx context.Context) error {
	var todo []string
	for _, d := range l.o.Dirs {
		if d = l.canonical(path.Clean(d)); !l.dirs[d] {
			l.dirs[d] = true
			todo = append(todo, d)
		}
	}
	if err := l.readExtra(); err != nil {
		return err
	}
	if err := l.wrap(); err != nil {
		return err
	}
	for _, w := range l.units {
		if w.module != "" {
			w.module = l.canonical(w.module)
			if !l.dirs[w.module] && !slices.Contains(todo, w.module) {
				todo = append(todo, w.module)
			}
		}
	}
	for len(todo) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		sort.Strings(todo)
		for _, d := range todo {
			if err := l.readDir(d); err != nil {
				return err
			}
		}
		l.parse()
		for _, d := range todo {
			l.merge(d)
		}
		todo = l.called()
	}
	l.completeUnits()
	return nil
}

// canonical is the path of a directory with symbolic links resolved, so that a
// directory has one name.
func (l *loader) canonical(dir string) string {
	if known, ok := l.resolved.Load(dir); ok {
		return known.(string)
	}
	out := dir
	if full, err := l.o.Tree.Resolve(dir); err == nil {
		if rel, err := filepath.Rel(l.o.Tree.Root, full); err == nil {
			out = filepath.ToSlash(rel)
		}
	}
	l.resolved.Store(dir, out)
	return out
}

// configName splits the name of a configuration file; false if it is not one.
func configName(name string) (base, ext string, ok bool) {
	if strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || strings.HasPrefix(name, "#") {
		return "", "", false // Terraform ignores editors' files, too
	}
	for _, e := range []string{".tf.json", ".tofu.json", ".tf", ".tofu"} {
		if b, found := strings.CutSuffix(name, e); found {
			return b, e, true
		}
	}
	return "", "", false
}

// shadowedBy returns the file of OpenTofu that takes the place of one, or "".
func shadowedBy(name string, names []string) string {
	base, ext, ok := configName(name)
	if !ok || ext != ".tf" && ext != ".tf.json" {
		return ""
	}
	if by := base + strings.Replace(ext, ".tf", ".tofu", 1); slices.Contains(names, by) {
		return by
	}
	return ""
}

// configFiles picks the configuration files of a directory, overrides last.
func configFiles(names []string) []string {
	var plain, over []string
	for _, n := range names {
		_, _, ok := configName(n)
		switch {
		case !ok, shadowedBy(n, names) != "":
		case hcleval.IsOverride(n):
			over = append(over, n)
		default:
			plain = append(plain, n)
		}
	}
	sort.Strings(plain)
	sort.Strings(over)
	return append(plain, over...)
}

// readDir reads the files of one directory. One that can't be read is reported
// and left out.
func (l *loader) readDir(dir string) error {
	entries, err := l.o.Tree.ReadDir(dir)
	if err != nil {
		l.diags = append(l.diags, source.Unreadable(dir, err))
		l.listed[dir] = nil
		return nil
	}
	var names, vars []string
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		names = append(names, e.Name())
		if isAutoVars(e.Name()) {
			vars = append(vars, e.Name())
		}
	}
	for _, n := range names {
		if by := shadowedBy(n, names); by != "" {
			l.diags = append(l.diags, source.Diagnostic{Level: source.Note, Code: codeShadowed, Path: path.Join(dir, n),
				Message: n + " was left out, since OpenTofu reads " + by + " in its place"})
		}
	}
	l.listed[dir] = []*source.File{}
	for _, n := range configFiles(names) {
		f, err := l.load(path.Join(dir, n))
		if err != nil {
			return err
		}
		if f != nil {
			l.listed[dir] = append(l.listed[dir], f)
		}
	}
	if err := l.readVars(dir, vars); err != nil {
		return err
	}
	return l.readInit(dir)
}

// load reads a file under the path that it has without symbolic links. A file
// that can't be read is reported, and nil; an error means that the set is full.
func (l *loader) load(rel string) (*source.File, error) {
	rel = l.canonical(rel)
	if f := l.o.Files.Lookup(rel); f != nil {
		return f, nil
	}
	content, err := l.o.Tree.Read(rel)
	if err != nil {
		l.diags = append(l.diags, source.Unreadable(rel, err))
		l.status[rel] = Broken
		return nil, nil
	}
	return l.o.Files.Add(rel, content)
}

// parse parses the files of all directories that are read but not parsed.
func (l *loader) parse() {
	var todo []*source.File
	for _, d := range sortedDirs(l.listed) {
		todo = append(append(todo, l.listed[d]...), l.varFiles[d]...)
	}
	todo = append(todo, l.extra...)
	l.parseFiles(todo)
	for _, f := range todo {
		l.noteStatus(f)
	}
}

// noteStatus says of a parsed file whether all of it was understood.
func (l *loader) noteStatus(f *source.File) {
	l.status[f.Path] = Parsed
	if l.parsed[f].Broken {
		l.status[f.Path] = Broken
	}
}

// parseFiles parses, in parallel, those of the files that are not parsed.
func (l *loader) parseFiles(files []*source.File) {
	var todo []*source.File
	for _, f := range files {
		if _, done := l.parsed[f]; !done {
			l.parsed[f] = nil
			todo = append(todo, f)
		}
	}
	out := make([]*hcleval.File, len(todo))
	faults := make([]error, len(todo))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range todo {
		g.Go(func() error {
			faults[i] = guard.Do("reading "+f.Path, func() error {
				out[i] = hcleval.ParseFile(f)
				return nil
			})
			return nil
		})
	}
	_ = g.Wait() // nothing in it fails
	l.note(faults)
	for i, f := range todo {
		if faults[i] != nil {
			out[i] = hcleval.Unparsed(f, "could not be analysed because of a fault of this program")
		}
		l.parsed[f] = out[i]
	}
}

// merge makes the configuration of a directory.
func (l *loader) merge(dir string) {
	var files []*hcleval.File
	for _, f := range l.listed[dir] {
		files = append(files, l.parsed[f])
	}
	c := hcleval.NewConfig(dir, files)
	c.Broken = c.Broken || l.lostFile(dir)
	l.configs[dir] = c
	if s := hcleval.EarlySources(l.input(root{dir: dir}, world{}, nil)); s != nil {
		l.early[dir] = s
	}
	for _, f := range l.varFiles[dir] {
		l.diags = append(l.diags, l.parsed[f].Diagnostics...)
	}
}

// lostFile reports that a configuration file of the directory, or the directory
// itself, could not be read.
func (l *loader) lostFile(dir string) bool {
	if l.listed[dir] == nil {
		return true
	}
	for _, d := range l.diags {
		if _, _, ok := configName(path.Base(d.Path)); ok && d.Code == source.CodeUnreadable && path.Dir(d.Path) == dir {
			return true
		}
	}
	return false
}
