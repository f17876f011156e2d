package cdk

import (
	"path"
	"strings"

	"github.com/wacheck/wacheck/source"
)

// Mapper finds where a program creates a construct, without running it.
type Mapper interface {
	// Locate returns the file and line at which a construct is created, or the
	// nearest construct around it of which that is certain, and the path of the
	// construct that is created there.
	Locate(construct string) (file string, line int, found string, ok bool)
}

// NewMapper makes a mapper of a program of which the directory and the files are
// given; nil if it is in another language.
type NewMapper func(tree *source.Tree, dir string, files []string) Mapper

// Construct is where a resource comes from.
type Construct struct {
	// Path is that of the construct: "Prod/Data/Orders/Resource".
	Path string
	// Source is the line of the program that creates it, and How says how that was
	// found. It is invalid if it is not known.
	Source source.Span
	How    string
	// Generated says that the CDK made the construct as a helper of others.
	Generated bool
}

// How the line was found, as the end of a sentence: "The line was found …".
const (
	byTrace   = "by the trace of its creation"
	byMap     = "by the trace of its creation and a source map"
	byProgram = "by reading the program"
	bySearch  = "by searching the program for its id"
	byDefault = "nowhere in the program, and the assembly is not in version control"
)

// Construct tells of a resource, given its path in the template's metadata, if
// that is there.
func (r *Result) Construct(s *Stack, logicalID, meta string) (Construct, bool) {
	c := Construct{Path: firstOf(strings.TrimPrefix(meta, "/"), s.ids[logicalID])}
	if c.Path == "" {
		return c, false
	}
	c.Generated = s.Assembly.generated(c.Path)
	app := s.Assembly.App
	if app == "" {
		return c, true
	}
	p := r.program(app)
	if at, how, ok := p.byTrace(s.traces[c.Path]); ok {
		c.Source, c.How = at, how
		return c, true
	}
	if c.Generated { // nobody wrote it: no line of the program is about it
		return c, true
	}
	if at, ok := p.byMapper(c.Path); ok {
		c.Source, c.How = at, byProgram
		return c, true
	}
	if at, ok := p.bySearch(c.Path, s.depth(), s.Assembly.tree); ok {
		c.Source, c.How = at, bySearch
		return c, true
	}
	if s.Assembly.Ignored {
		if at, ok := p.line(path.Join(app, "cdk.json"), 1); ok {
			c.Source, c.How = at, byDefault
		}
	}
	return c, true
}

// Position is where a place in the program is.
func (r *Result) Position(p source.Pos) source.Position { return r.opt.Files.Position(p) }

// byTrace takes the first frame of a trace that is in the program.
func (p *program) byTrace(trace frames) (source.Span, string, bool) {
	for _, text := range trace {
		f, ok := parseFrame(text)
		if !ok {
			continue
		}
		name, ok := p.find(f.path)
		if !ok {
			continue
		}
		if original, line, ok := p.original(name, f.line, f.column); ok {
			if at, ok := p.line(original, line); ok {
				return at, byMap, true
			}
		}
		if at, ok := p.line(name, f.line); ok {
			return at, byTrace, true
		}
	}
	return source.Span{}, "", false
}

func (p *program) byMapper(construct string) (source.Span, bool) {
	if !p.mapped {
		p.mapped = true
		for _, newMapper := range p.r.opt.Mappers {
			if m := newMapper(p.r.opt.Tree, p.dir, p.files); m != nil {
				p.mappers = append(p.mappers, m)
			}
		}
	}
	for _, m := range p.mappers {
		if file, line, _, ok := m.Locate(construct); ok {
			return p.line(file, line)
		}
	}
	return source.Span{}, false
}

// depth counts the stages and the stack that a construct of a stack is in.
func (s *Stack) depth() int {
	if s.Stage == "" {
		return 1
	}
	return 2 + strings.Count(s.Stage, "/")
}

// bySearch looks for the id of the construct, or of the nearest one around it that
// the program names in one place only, given the classes of constructs by path. The
// first segments are stages and stacks: they hold too much to tell a reader anything.
func (p *program) bySearch(construct string, above int, classes map[string]string) (source.Span, bool) {
	segments := strings.Split(construct, "/")
	for i := len(segments) - 1; i >= above; i-- {
		if segments[i] == "Resource" || segments[i] == "Default" {
			continue
		}
		// A nested stack has constructs of its own: Reports.NestedStack/Reports.NestedStackResource.
		name := classes[strings.Join(segments[:i+1], "/")] // aws-cdk-lib.aws_s3.Bucket
		class := name[strings.LastIndexByte(name, '.')+1:]
		if at, ok := p.search(strings.TrimSuffix(segments[i], ".NestedStack"), class); ok {
			return at, true
		}
	}
	return source.Span{}, false
}
