package cloudformation

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/internal/guard"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

const (
	codeInclude = "cloudformation-include"
	// maxIncludes bounds the files that one template includes: files that include each
	// other several times would else grow without end.
	maxIncludes = 100
	maxNesting  = 200
)

// include puts files in the place of Fn::Transform with AWS::Include, if they are named by a
// relative path: what "aws cloudformation package" uploads. Of all other places
// (S3, parameters) it is not known what lies there.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
func (l *loader) include() {
	for _, s := range l.stacks {
		fault := guard.Do("including files in "+s.path, func() error {
			i := includer{l: l}
			i.walk(s.root, []string{s.path})
			if i.count > 0 {
				s.prepare(nil)
			}
			return nil
		})
		if fault != nil {
			s.fail()
			l.result.Faults = append(l.result.Faults, fault)
		}
	}
}

// includer includes files into one template.
type includer struct {
	l     *loader
	count int
	depth int
}

// walk includes files below a node of the last of some files, each of which is included
// by the one before.
func (i *includer) walk(n *syntax.Node, within []string) {
	if n == nil || i.depth > maxNesting {
		return
	}
	i.depth++
	defer func() { i.depth-- }()
	if n.Tag == "!Transform" {
		i.replace(n, n, within)
		return
	}
	if at := slices.IndexFunc(n.Pairs, func(p syntax.Pair) bool { return p.Key == "Fn::Transform" }); at >= 0 {
		if len(n.Pairs) == 1 {
			i.replace(n, n.Pairs[0].Value, within)
			return
		}
		i.merge(n, at, within)
	}
	for _, item := range n.Items {
		i.walk(item, within)
	}
	for _, p := range n.Pairs {
		i.walk(p.Value, within)
	}
}

// replace puts the content of a file in the place of a node.
func (i *includer) replace(n, transform *syntax.Node, within []string) {
	if root, file := i.read(transform, within); root != nil {
		*n = *root
		i.walk(n, append(slices.Clone(within), file))
	}
}

// merge puts the entries of a file among those of a mapping, in the place of one of them.
func (i *includer) merge(n *syntax.Node, at int, within []string) {
	transform := n.Pairs[at]
	root, file := i.read(transform.Value, within)
	if root == nil {
		return
	}
	i.walk(root, append(slices.Clone(within), file))
	if root.Kind != syntax.Mapping || root.Tag != "" {
		i.tell(transform.KeySpan, file+" is no mapping, and there are other entries beside it: it is not included")
		return
	}
	for _, p := range root.Pairs {
		if p.Key != transform.Key && n.Get(p.Key) != nil { // which of them counts is not documented
			i.tell(p.KeySpan, p.Key+" is also an entry where this file is included: it is not included")
			return
		}
	}
	n.Pairs = slices.Concat(n.Pairs[:at], root.Pairs, n.Pairs[at+1:])
}

// read returns the content of the file that a transform names, or nil: then it stays
// as it is, and what it makes is not known.
func (i *includer) read(transform *syntax.Node, within []string) (root *syntax.Node, file string) {
	location := transform.Get("Parameters").Get("Location")
	if name := transform.Get("Name"); name == nil || name.Text != "AWS::Include" || !isLocal(location) {
		return nil, ""
	}
	file = path.Join(path.Dir(within[len(within)-1]), location.Text)
	switch {
	case slices.Contains(within, file):
		i.tell(location.Extent(), file+" includes itself: it is not included")
		return nil, ""
	case i.count == maxIncludes:
		i.tell(location.Extent(), "too many files are included: this one is not")
		return nil, ""
	}
	f, err := i.l.fileOf(file)
	if err != nil {
		i.tell(location.Extent(), file+" is to be included here, and "+source.Unreadable(file, err).Message)
		return nil, ""
	}
	docs, diags := syntax.Parse(f)
	i.l.result.Diagnostics = append(i.l.result.Diagnostics, diags...)
	if len(docs) != 1 || slices.ContainsFunc(diags, func(d source.Diagnostic) bool { return d.Level == source.Error }) {
		i.tell(location.Extent(), file+" is to be included here, and could not be parsed")
		return nil, ""
	}
	i.count++
	if st, listed := i.l.result.Status[file]; !listed || st.Kind != Template {
		i.l.result.Status[file] = FileStatus{Kind: Included}
	}
	return docs[0], file
}

// isLocal reports the place of a file that is named by a relative path.
func isLocal(location *syntax.Node) bool {
	return location.IsScalar() && location.Tag == "" && location.Text != "" && !strings.Contains(location.Text, ":") && !path.IsAbs(location.Text)
}

// fileOf is a file of the tree, which may have been read before.
func (l *loader) fileOf(p string) (*source.File, error) {
	if f := l.opt.Files.Lookup(p); f != nil {
		return f, nil
	}
	if l.opt.Tree == nil {
		return nil, fs.ErrNotExist
	}
	content, err := l.opt.Tree.Read(p)
	if err != nil {
		return nil, err
	}
	return l.opt.Files.Add(p, content)
}

func (i *includer) tell(at source.Span, msg string) {
	i.l.result.Diagnostics = append(i.l.result.Diagnostics, source.Diagnostic{Level: source.Warning, Code: codeInclude, Span: at, Message: msg})
}
