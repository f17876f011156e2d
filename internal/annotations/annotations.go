// Package annotations reads what people write next to their code for the tools
// that check it: comments, and the metadata of templates. It looks only at files
// that mention a tool, so that it costs nothing elsewhere.
package annotations

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"github.com/wacheck/wacheck/internal/hcleval"
	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
	"github.com/wacheck/wacheck/source"
)

// Annotations are those of a set of files, in order of file and place.
type Annotations struct {
	Remarks      []source.Remark
	Declarations []Declaration
}

// Declaration is an entry of the metadata of a template by which a rule is
// switched off.
type Declaration struct {
	// Tool is wacheck, checkov, cfn_nag, cdk_nag or guard.
	Tool string
	// ID is that of the rule; Reason and Expires may be empty.
	ID, Reason, Expires string
	// Span is the entry, Scope what it holds for: a resource, or a whole template.
	Span, Scope source.Span
}

// mentions are the words that make a file worth a second look.
var mentions = [][]byte{[]byte("wacheck"), []byte("checkov"), []byte("bridgecrew:skip"), []byte("trivy:ignore"),
	[]byte("tfsec:ignore"), []byte("kics-scan"), []byte("cfn_nag"), []byte("cdk_nag"), []byte("SuppressedRules")}

func mentioned(content []byte) bool {
	for _, m := range mentions {
		if bytes.Contains(content, m) {
			return true
		}
	}
	return false
}

// Read reads the annotations of files.
func Read(files []*source.File) *Annotations {
	out := &Annotations{}
	for _, f := range files {
		if !mentioned(f.Content) {
			continue
		}
		switch name := path.Base(f.Path); {
		case strings.HasSuffix(name, ".tf.json"), strings.HasSuffix(name, ".tofu.json"):
			out.terraformJSON(f)
		case strings.HasSuffix(name, ".tf"), strings.HasSuffix(name, ".tofu"), strings.HasSuffix(name, ".tfvars"):
			out.terraform(f)
		case programs[path.Ext(name)]:
			out.program(f)
		default:
			out.template(f)
		}
	}
	return out
}

func (a *Annotations) terraform(f *source.File) {
	a.Remarks = append(a.Remarks, source.Remarks(f, hcleval.Comments(f), hcleval.ParseFile(f).Outline())...)
}

// terraformJSON reads properties with the name "//", which Terraform takes for
// comments. They are about the object that they are in.
func (a *Annotations) terraformJSON(f *source.File) {
	docs, _ := syntax.Parse(f) // its faults are reported where it is read for good
	var comments []source.Comment
	var walk func(n *syntax.Node)
	walk = func(n *syntax.Node) {
		if n == nil {
			return
		}
		for _, p := range n.Pairs {
			if p.Key == "//" && p.Value != nil && p.Value.Kind == syntax.String {
				comments = append(comments, source.Comment{Span: p.Value.Span, Text: strings.TrimSpace(p.Value.Text), Within: true})
				continue
			}
			walk(p.Value)
		}
		for _, i := range n.Items {
			walk(i)
		}
	}
	for _, d := range docs {
		walk(d)
	}
	a.Remarks = append(a.Remarks, source.Remarks(f, comments, hcleval.ParseFile(f).Outline())...)
}

// programs are the endings of the languages in which infrastructure is programmed.
var programs = map[string]bool{".ts": true, ".tsx": true, ".mts": true, ".cts": true, ".js": true, ".mjs": true, ".cjs": true, ".jsx": true,
	".py": true, ".java": true, ".kt": true, ".cs": true, ".fs": true, ".vb": true, ".go": true}

// programComment matches a comment of one line in any of these languages, if it
// begins with the word for us. What else a program says is not read.
var programComment = regexp.MustCompile(`(?mi)(?://|#|/\*|')[ \t]*(wacheck:ignore[^\n]*?)[ \t]*(?:\*/)?[ \t]*\r?$`)

// program reads the comments of a program. Each line of code is an item of its own:
// a comment is about the line behind which it stands, or the next one.
func (a *Annotations) program(f *source.File) {
	var comments []source.Comment
	commented := map[int]bool{}
	for _, m := range programComment.FindAllSubmatchIndex(f.Content, -1) {
		span := f.Span(m[0], m[1])
		comments = append(comments, source.Comment{Span: span, Text: string(f.Content[m[2]:m[3]])})
		line := f.Position(span.Pos).Line
		commented[line] = f.Code(line).Pos == span.Pos
	}
	var items []source.Item
	for n := 1; n <= f.Lines(); n++ {
		if at := f.Code(n); at.IsValid() && !commented[n] {
			items = append(items, source.Item{Span: at, Block: true})
		}
	}
	a.Remarks = append(a.Remarks, source.Remarks(f, comments, items)...)
}

func (a *Annotations) template(f *source.File) {
	docs, _ := syntax.Parse(f) // its faults are reported where it is read for good
	if !isJSON(f.Content) {
		a.Remarks = append(a.Remarks, source.Remarks(f, syntax.Comments(f, docs), syntax.Outline(docs))...)
	}
	for _, d := range docs {
		a.metadata(d.Get("Metadata"), f.Whole())
		resources := d.Get("Resources")
		if resources == nil {
			continue
		}
		for _, r := range resources.Pairs {
			if r.Value != nil {
				a.metadata(r.Value.Get("Metadata"), source.Span{Pos: r.KeySpan.Pos, End: max(r.KeySpan.End, r.Value.Extent().End)})
			}
		}
	}
}

func isJSON(content []byte) bool {
	content = bytes.TrimLeft(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(content) > 0 && (content[0] == '{' || content[0] == '[')
}

// metadata reads the entries of all tools.
func (a *Annotations) metadata(m *syntax.Node, scope source.Span) {
	if m == nil {
		return
	}
	a.entries("wacheck", m.Get("wacheck").Get("ignore"), scope)
	a.entries("checkov", m.Get("checkov").Get("skip"), scope)
	a.entries("cfn_nag", m.Get("cfn_nag").Get("rules_to_suppress"), scope)
	a.entries("cdk_nag", m.Get("cdk_nag").Get("rules_to_suppress"), scope)
	a.entries("guard", m.Get("guard").Get("SuppressedRules"), scope)
}

// entries reads a list of rules: texts, or objects with id, reason and expires
// under the names that the tools use.
func (a *Annotations) entries(tool string, list *syntax.Node, scope source.Span) {
	if list == nil {
		return
	}
	items := list.Items
	if list.Kind != syntax.Sequence {
		items = []*syntax.Node{list}
	}
	for _, n := range items {
		d := Declaration{Tool: tool, Span: n.Extent(), Scope: scope}
		if n.Kind == syntax.Mapping {
			d.ID, d.Reason, d.Expires = text(n, "id", "Id", "ID"), text(n, "reason", "comment", "Reason"), text(n, "expires", "Expires")
		} else if n.IsScalar() {
			d.ID = n.Text
		}
		if d.ID != "" {
			a.Declarations = append(a.Declarations, d)
		}
	}
}

// text is the value of the first of several keys that is there.
func text(n *syntax.Node, keys ...string) string {
	for _, k := range keys {
		if v := n.Get(k); v != nil && v.IsScalar() && v.Kind != syntax.Null {
			return strings.TrimSpace(v.Text)
		}
	}
	return ""
}
