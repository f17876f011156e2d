package cdk

import (
	"path"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/source"
)

// Limits on the programs that are searched.
const (
	maxProgramFiles = 5000
	maxProgramFile  = 2 << 20
	maxProgramDepth = 32
)

// program is the code of a CDK app: the files below its cdk.json.
type program struct {
	r   *Result
	dir string
	// files are its sources, byBase the same by the name of the file.
	files  []string
	byBase map[string][]string
	// literals are where a text stands as a literal, patterns the literals with holes;
	// built at the first search.
	literals map[string][]literalAt
	patterns []pattern
	mappers  []Mapper
	mapped   bool
	maps     map[string]*sourceMap
}

// programExts are the endings of the languages that the CDK has.
var programExts = map[string]bool{".ts": true, ".tsx": true, ".mts": true, ".cts": true, ".js": true, ".mjs": true, ".cjs": true, ".jsx": true,
	".py": true, ".java": true, ".kt": true, ".cs": true, ".fs": true, ".vb": true, ".go": true}

// appOf is the directory of the program that made an assembly: that of the nearest
// cdk.json above.
func (r *Result) appOf(dir string) string {
	for d := path.Dir(dir); ; d = path.Dir(d) {
		if r.exists(path.Join(d, "cdk.json")) {
			return d
		}
		if d == "." || d == "/" || strings.HasPrefix(d, "..") {
			return ""
		}
	}
}

func (r *Result) program(dir string) *program {
	if p := r.programs[dir]; p != nil {
		return p
	}
	p := &program{r: r, dir: dir, byBase: map[string][]string{}, maps: map[string]*sourceMap{}}
	r.programs[dir] = p
	p.walk(dir, 0)
	slices.Sort(p.files)
	for _, name := range p.files {
		p.byBase[path.Base(name)] = append(p.byBase[path.Base(name)], name)
	}
	return p
}

// notProgram are directories that hold what is not written by hand, or not here.
var notProgram = map[string]bool{"node_modules": true, "vendor": true, "target": true, "__pycache__": true, "site-packages": true}

// walk lists the files of the program. It does not stop at what the scan was asked
// about: a line is shown wherever it is in the tree.
func (p *program) walk(dir string, depth int) {
	entries, err := p.r.opt.Tree.ReadDir(dir)
	if err != nil || depth > maxProgramDepth {
		return
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch {
		case len(p.files) >= maxProgramFiles:
			return
		case e.IsDir() && !notProgram[e.Name()] && !strings.HasPrefix(e.Name(), ".") && !p.r.exists(path.Join(name, "manifest.json")):
			p.walk(name, depth+1)
		case e.Type().IsRegular() && programExts[path.Ext(name)] && !strings.HasSuffix(name, ".d.ts"):
			p.files = append(p.files, name)
		}
	}
}

// within reports that a file lies below a directory.
func within(dir, name string) bool { return dir == "." || strings.HasPrefix(name, dir+"/") }

// find is the file of the program with the longest end in common with a path of
// the machine that ran it, if there is one such.
func (p *program) find(name string) (string, bool) {
	best, most, tie := "", 0, false
	for _, candidate := range p.byBase[path.Base(name)] {
		switch n := commonEnd(name, candidate); {
		case n > most:
			best, most, tie = candidate, n, false
		case n == most:
			tie = true
		}
	}
	return best, best != "" && !tie
}

// commonEnd counts the segments that two paths share at their end.
func commonEnd(a, b string) int {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(x) && n < len(y) && x[len(x)-1-n] == y[len(y)-1-n] {
		n++
	}
	return n
}

// file is a file of the program in the file set.
func (p *program) file(name string) *source.File {
	if f := p.r.opt.Files.Lookup(name); f != nil {
		return f
	}
	content, err := p.r.opt.Tree.Read(name)
	if err != nil || len(content) > maxProgramFile {
		return nil
	}
	f, err := p.r.opt.Files.Add(name, content)
	if err != nil {
		return nil
	}
	return f
}

// line is the code on a line of a file, without the blanks around it.
func (p *program) line(name string, n int) (source.Span, bool) {
	f := p.file(name)
	if f == nil {
		return source.Span{}, false
	}
	at := f.Code(n)
	return at, at.IsValid()
}

// compiled reports JavaScript beside the TypeScript that it was made of.
func (p *program) compiled(name string) bool {
	ext := path.Ext(name)
	if !strings.HasSuffix(ext, "js") {
		return false
	}
	_, found := slices.BinarySearch(p.files, strings.TrimSuffix(name, ext)+strings.Replace(ext, "js", "ts", 1))
	return found || p.r.exists(name+".map")
}

// isTest reports files that test the program.
func isTest(name string) bool {
	base := path.Base(name)
	for segment := range strings.SplitSeq(path.Dir(name), "/") {
		switch segment {
		case "test", "tests", "__tests__", "spec":
			return true
		}
	}
	return strings.Contains(base, ".test.") || strings.Contains(base, ".spec.") || strings.HasSuffix(base, "_test.go") || strings.HasPrefix(base, "test_")
}
