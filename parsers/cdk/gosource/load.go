package gosource

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strconv"
	"strings"

	"github.com/wacheck/wacheck/parsers/cdk"
	"github.com/wacheck/wacheck/source"
)

// program is the source of a Go program, by package.
type program struct {
	fset     *token.FileSet
	packages map[string]*pkg // by import path
	mains    []*pkg
}

// pkg is a package of the module.
type pkg struct {
	funcs map[string]*function // "Name", or "Type.Name" for methods
	// values are the initial values of constants and variables.
	values map[string]*constant
}

type function struct {
	decl *ast.FuncDecl
	file *file
}

type constant struct {
	expr ast.Expr
	file *file
}

// file knows what the names of its imports stand for.
type file struct {
	pkg     *pkg
	imports map[string]string
}

// New makes a mapper of the Go files of a program; nil if there are none. A file
// that can't be parsed is left out: the rest is mapped.
func New(tree *source.Tree, _ string, files []string) cdk.Mapper {
	p := &program{fset: token.NewFileSet(), packages: map[string]*pkg{}}
	modules := map[string]string{} // module path by directory of its go.mod
	for _, name := range files {
		if path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go") {
			p.load(tree, name, importPath(tree, modules, path.Dir(name)))
		}
	}
	if len(p.mains) == 0 {
		return nil
	}
	return newInterpreter(p).run()
}

// importPath is that of a directory: by the nearest go.mod, which may be above the
// program.
func importPath(tree *source.Tree, modules map[string]string, dir string) string {
	for d := dir; ; d = path.Dir(d) {
		module, known := modules[d]
		if !known {
			if content, err := tree.Read(path.Join(d, "go.mod")); err == nil {
				module = moduleOf(string(content))
			}
			modules[d] = module
		}
		if module != "" {
			return path.Join(module, strings.TrimPrefix(strings.TrimPrefix(dir, d), "/"))
		}
		if d == "." || d == "/" {
			return path.Join("main", dir) // without go.mod: imports lead nowhere
		}
	}
}

// moduleOf reads the module line of a go.mod.
func moduleOf(text string) string {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			return strings.Trim(strings.TrimSpace(rest), `"`)
		}
	}
	return ""
}

func (p *program) load(tree *source.Tree, name, importPath string) {
	content, err := tree.Read(name)
	if err != nil {
		return
	}
	parsed, err := parser.ParseFile(p.fset, name, content, parser.SkipObjectResolution)
	if err != nil && parsed == nil {
		return
	}
	in := p.packages[importPath]
	if in == nil {
		in = &pkg{funcs: map[string]*function{}, values: map[string]*constant{}}
		p.packages[importPath] = in
		if parsed.Name.Name == "main" {
			p.mains = append(p.mains, in)
		}
	}
	f := &file{pkg: in, imports: map[string]string{}}
	for _, i := range parsed.Imports {
		f.imported(i)
	}
	for _, d := range parsed.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			in.funcs[nameOf(d)] = &function{d, f}
		case *ast.GenDecl:
			in.declare(d, f)
		}
	}
}

// imported gives the import the name by which the file knows it. Without one that
// is the last element, without a version and what tells that it is Go; the package
// itself is not here to ask.
func (f *file) imported(i *ast.ImportSpec) {
	p, err := strconv.Unquote(i.Path.Value)
	if err != nil {
		return
	}
	if i.Name != nil {
		f.imports[i.Name.Name] = p
		return
	}
	base := path.Base(p)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(p))
	}
	if base == "jsii-runtime-go" {
		base = "jsii"
	}
	f.imports[strings.TrimSuffix(strings.TrimPrefix(base, "go-"), "-go")] = p
}

// nameOf is the name of a function, with the type of its receiver.
func nameOf(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	return typeName(d.Recv.List[0].Type) + "." + d.Name.Name
}

// typeName is the name of a type, without pointers, packages and arguments.
func typeName(e ast.Expr) string {
	switch t := e.(type) {
	case *ast.StarExpr:
		return typeName(t.X)
	case *ast.Ident:
		return t.Name
	case *ast.SelectorExpr:
		return t.Sel.Name
	case *ast.IndexExpr:
		return typeName(t.X)
	case *ast.IndexListExpr:
		return typeName(t.X)
	case *ast.ParenExpr:
		return typeName(t.X)
	}
	return ""
}

// declare keeps the values of constants and variables of a package.
func (p *pkg) declare(d *ast.GenDecl, f *file) {
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, name := range v.Names {
			if i < len(v.Values) && len(v.Values) == len(v.Names) {
				p.values[name.Name] = &constant{v.Values[i], f}
			}
		}
	}
}
