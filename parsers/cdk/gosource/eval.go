package gosource

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// eval is what is known of an expression. Pointers are what they point to.
func (fr *frame) eval(e ast.Expr) *value {
	if fr.in.exhausted() || fr.depth > maxDepth {
		return nothing
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := strconv.Unquote(e.Value)
			if err != nil {
				return nothing
			}
			return textOf(s)
		}
		return textOf(e.Value)
	case *ast.ParenExpr:
		return fr.eval(e.X)
	case *ast.StarExpr:
		return fr.eval(e.X)
	case *ast.UnaryExpr:
		return fr.eval(e.X)
	case *ast.TypeAssertExpr:
		return fr.eval(e.X)
	case *ast.Ident:
		return fr.name(e.Name)
	case *ast.SelectorExpr:
		return fr.selector(e)
	case *ast.BinaryExpr:
		x, y := fr.eval(e.X), fr.eval(e.Y)
		if e.Op == token.ADD && (x.kind == text || y.kind == text) {
			return textOf(x.known() + y.known())
		}
		return nothing
	case *ast.CompositeLit:
		return fr.composite(e)
	case *ast.FuncLit:
		return &value{kind: function0, lit: &closure{e, fr}}
	case *ast.IndexExpr:
		return fr.index(e)
	case *ast.CallExpr:
		return fr.called(e)
	}
	return nothing
}

func (fr *frame) name(name string) *value {
	if v, ok := fr.env.lookup(name); ok {
		return v
	}
	return fr.global(fr.file.pkg, name)
}

// global is the value of a constant or variable of a package.
func (fr *frame) global(p *pkg, name string) *value {
	c := p.values[name]
	if c == nil || fr.depth > maxDepth {
		return nothing
	}
	return (&frame{in: fr.in, file: c.file, env: &env{names: map[string]*value{}}, depth: fr.depth + 1}).eval(c.expr)
}

func (fr *frame) selector(e *ast.SelectorExpr) *value {
	if p, ok := fr.imported(e.X); ok {
		if in := fr.in.p.packages[p]; in != nil {
			return fr.global(in, e.Sel.Name)
		}
		return nothing
	}
	x := fr.eval(e.X)
	if x.kind == object {
		if f := x.fields[e.Sel.Name]; f != nil {
			return f
		}
		for _, f := range x.fields { // a field of what is embedded
			if f.kind == object && f.fields[e.Sel.Name] != nil {
				return f.fields[e.Sel.Name]
			}
		}
	}
	return nothing
}

// imported is the package that an expression names.
func (fr *frame) imported(e ast.Expr) (string, bool) {
	id, ok := e.(*ast.Ident)
	if !ok {
		return "", false
	}
	if _, shadowed := fr.env.lookup(id.Name); shadowed {
		return "", false
	}
	p, ok := fr.file.imports[id.Name]
	return p, ok
}

func (fr *frame) composite(e *ast.CompositeLit) *value {
	switch t := e.Type.(type) {
	case *ast.ArrayType:
		out := &value{kind: list}
		for _, x := range e.Elts {
			out.elems = append(out.elems, fr.element(x, t.Elt))
		}
		return out
	case *ast.MapType:
		out := &value{kind: object, typ: "map", fields: map[string]*value{}}
		for _, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				out.fields[fr.eval(kv.Key).known()] = fr.element(kv.Value, t.Value)
			}
		}
		return out
	}
	out := &value{kind: object, typ: typeName(e.Type), fields: map[string]*value{}}
	for i, x := range e.Elts {
		kv, ok := x.(*ast.KeyValueExpr)
		if !ok {
			out.fields["\x00"+strconv.Itoa(i)] = fr.eval(x) // by position
			continue
		}
		if id, ok := kv.Key.(*ast.Ident); ok {
			out.fields[id.Name] = fr.eval(kv.Value)
		}
	}
	return out
}

// element is an element of a list or map, of which the type may be left out.
func (fr *frame) element(x, typ ast.Expr) *value {
	if kv, ok := x.(*ast.KeyValueExpr); ok {
		x = kv.Value
	}
	if c, ok := x.(*ast.CompositeLit); ok && c.Type == nil {
		withType := *c
		withType.Type = typ
		return fr.composite(&withType)
	}
	return fr.eval(x)
}

func (fr *frame) index(e *ast.IndexExpr) *value {
	x, i := fr.eval(e.X), fr.eval(e.Index)
	switch x.kind {
	case list:
		if n, err := strconv.Atoi(i.known()); err == nil && n >= 0 && n < len(x.elems) {
			return x.elems[n]
		}
	case object:
		if v := x.fields[i.known()]; v != nil {
			return v
		}
	case unknown, text, scope, function0:
	}
	return nothing
}

func (fr *frame) args(e *ast.CallExpr) []*value {
	var out []*value
	for _, a := range e.Args {
		out = append(out, fr.eval(a))
	}
	if e.Ellipsis.IsValid() && len(out) > 0 && out[len(out)-1].kind == list {
		last := out[len(out)-1]
		out = append(out[:len(out)-1], last.elems...)
	}
	return out
}

// called is what a call returns.
func (fr *frame) called(e *ast.CallExpr) *value {
	fun := e.Fun
	switch g := fun.(type) { // type arguments do not matter
	case *ast.IndexExpr:
		fun = g.X
	case *ast.IndexListExpr:
		fun = g.X
	case *ast.ParenExpr:
		fun = g.X
	}
	switch f := fun.(type) {
	case *ast.FuncLit:
		return fr.closure(&closure{f, fr}, fr.args(e))
	case *ast.Ident:
		args := fr.args(e)
		if v, ok := fr.env.lookup(f.Name); ok {
			if v.kind == function0 {
				return fr.closure(v.lit, args)
			}
			return nothing
		}
		if fn := fr.file.pkg.funcs[f.Name]; fn != nil {
			return fr.in.call(fn, nil, args, fr.depth)
		}
		return builtin(f.Name, args)
	case *ast.SelectorExpr:
		if p, ok := fr.imported(f.X); ok {
			return fr.external(p, f.Sel.Name, fr.args(e), e)
		}
		return fr.method(f, fr.args(e), e)
	}
	fr.args(e)
	return nothing
}

// builtin are conversions and what the language has.
func builtin(name string, args []*value) *value {
	switch name {
	case "string", "int", "any":
		if len(args) == 1 {
			return args[0]
		}
	case "append":
		if len(args) > 0 && args[0].kind == list {
			return &value{kind: list, elems: append(append([]*value(nil), args[0].elems...), args[1:]...)}
		}
	case "make":
		return &value{kind: object, typ: "map", fields: map[string]*value{}}
	case "len":
		if len(args) == 1 && args[0].kind == list {
			return textOf(strconv.Itoa(len(args[0].elems)))
		}
	case "new":
		return &value{kind: object, fields: map[string]*value{}}
	}
	return nothing
}

func (fr *frame) closure(c *closure, args []*value) *value {
	if fr.depth > maxDepth {
		return nothing
	}
	in := &frame{in: fr.in, file: c.fr.file, env: &env{names: map[string]*value{}, around: c.fr.env}, depth: fr.depth + 1}
	in.bind(c.lit.Type, args)
	in.block(c.lit.Body)
	return in.result()
}

// external is a call of another package: one of the program, or one of the CDK.
func (fr *frame) external(pkgPath, name string, args []*value, e *ast.CallExpr) *value {
	if p := fr.in.p.packages[pkgPath]; p != nil {
		if fn := p.funcs[name]; fn != nil {
			return fr.in.call(fn, nil, args, fr.depth)
		}
		return nothing
	}
	switch base := pkgPath[strings.LastIndexByte(pkgPath, '/')+1:]; {
	case base == "jsii-runtime-go" && name == "Close":
		return nothing
	case base == "jsii-runtime-go" && (name == "String" || name == "Sprintf") || pkgPath == "fmt" && name == "Sprintf":
		if len(args) > 0 {
			return format(args)
		}
	case base == "jsii-runtime-go" && len(args) == 1, pkgPath == "strconv" && name == "Itoa" && len(args) == 1:
		return args[0]
	case pkgPath == "strings":
		return stringsCall(name, args)
	case strings.HasPrefix(name, "New") && name != "NewApp" || strings.Contains(name, "_From"):
		return fr.construct(name, args, e)
	case name == "NewApp":
		return &value{kind: scope}
	}
	return nothing
}

// stringsCall carries out the functions by which ids are made.
func stringsCall(name string, args []*value) *value {
	if len(args) == 0 || args[0].kind != text || strings.Contains(args[0].text, "*") {
		return textOf("*")
	}
	s := args[0].text
	switch {
	case name == "ToUpper":
		return textOf(strings.ToUpper(s))
	case name == "ToLower":
		return textOf(strings.ToLower(s))
	case name == "TrimSpace":
		return textOf(strings.TrimSpace(s))
	case name == "ReplaceAll" && len(args) == 3 && args[1].kind == text && args[2].kind == text:
		return textOf(strings.ReplaceAll(s, args[1].text, args[2].text))
	}
	return textOf("*")
}

// format is fmt.Sprintf, with wildcards for what is not known.
func format(args []*value) *value {
	pattern := args[0].known()
	rest := args[1:]
	if len(rest) == 0 && args[0].kind != text {
		return args[0]
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' || i+1 == len(pattern) {
			b.WriteByte(pattern[i])
			continue
		}
		i++
		for i < len(pattern)-1 && strings.IndexByte("+-# 0123456789.", pattern[i]) >= 0 {
			i++
		}
		switch {
		case pattern[i] == '%':
			b.WriteByte('%')
		case len(rest) == 0:
			b.WriteByte('*')
		default:
			b.WriteString(rest[0].known())
			rest = rest[1:]
		}
	}
	return textOf(b.String())
}

// construct is a constructor of the CDK: of a scope, and an id.
func (fr *frame) construct(name string, args []*value, e *ast.CallExpr) *value {
	var self *value
	if strings.HasSuffix(name, "_Override") && len(args) > 2 {
		self, args = args[0], args[1:]
	}
	if len(args) < 2 {
		return nothing
	}
	in, ok := args[0].asScope()
	if !ok || args[1].kind != text && args[1].kind != unknown {
		return nothing
	}
	made := &value{kind: scope, text: join(in.text, args[1].known())}
	fr.in.mapper.add(made.text, e.Pos(), strings.HasPrefix(name, "NewStack") || strings.HasPrefix(name, "NewStage") || strings.HasPrefix(name, "NewNestedStack"))
	if self != nil && self.kind == object {
		self.fields["Construct"] = made
	}
	return made
}

// method is a call of a method: of the program, or one that adds to a construct.
func (fr *frame) method(f *ast.SelectorExpr, args []*value, e *ast.CallExpr) *value {
	x := fr.eval(f.X)
	if x.kind == object {
		if m := fr.methodOf(x.typ, f.Sel.Name); m != nil {
			return fr.in.call(m, x, args, fr.depth)
		}
		if v := x.fields[f.Sel.Name]; v != nil && v.kind == function0 {
			return fr.closure(v.lit, args)
		}
	}
	in, ok := x.asScope()
	if !ok {
		return nothing
	}
	if strings.HasPrefix(f.Sel.Name, "Add") && len(args) > 0 && args[0].kind == text {
		made := &value{kind: scope, text: join(in.text, args[0].text)}
		fr.in.mapper.add(made.text, e.Pos(), false)
		return made
	}
	return nothing
}

// methodOf finds a method by the name of its type, here or in another package of
// the program.
func (fr *frame) methodOf(typ, name string) *function {
	if m := fr.file.pkg.funcs[typ+"."+name]; m != nil || typ == "" {
		return m
	}
	var found *function
	for _, p := range fr.in.p.packages {
		if m := p.funcs[typ+"."+name]; m != nil {
			if found != nil {
				return nil // of two types with one name
			}
			found = m
		}
	}
	return found
}
