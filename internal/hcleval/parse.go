package hcleval

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wacheck/wacheck/source"
)

// Codes of diagnostics.
const (
	codeSyntax     = "terraform-syntax"
	codeEvaluation = "terraform-evaluation"
	codeLimit      = "terraform-limit"
	codeDuplicate  = "terraform-duplicate"
	codeUnknown    = "terraform-unsupported"
	codeCycle      = "terraform-cycle"
	codeWrapper    = "terragrunt"
	codeUndeclared = "terraform-undeclared"
)

// File is one parsed configuration file. It is immutable.
type File struct {
	// Path is that of the source file.
	Path string
	// Broken says that part of the file could not be read.
	Broken bool
	// Diagnostics are the errors of its syntax.
	Diagnostics []source.Diagnostic

	blocks []*block
	attrs  []*attribute // at top level: only variable files have them
	names  names
}

// ParseFile parses a .tf or .tofu file, or the JSON form of one if its name
// ends in .json. What can't be parsed is missing from the result, which is then
// Broken; the rest is there.
func ParseFile(f *source.File) *File {
	out := &File{Path: f.Path}
	json := strings.HasSuffix(f.Path, ".json")
	switch {
	case len(f.Content) > maxBytes:
		return out.refuse(f, fmt.Sprintf("the file is larger than %d MiB and was not read", maxBytes>>20))
	case json && jsonTooDeep(f.Content), !json && tooDeep(f.Content):
		return out.refuse(f, fmt.Sprintf("the file nests more than %d levels deep and was not read", maxNesting))
	case json:
		out.parseJSON(f)
	default:
		out.parseNative(f)
	}
	for _, a := range out.attrs {
		out.names.attribute(a)
	}
	for _, b := range out.blocks {
		out.names.body(b.body)
	}
	return out
}

// Unparsed is a file that can't be parsed for a reason that lies outside of it.
func Unparsed(f *source.File, reason string) *File {
	out := &File{Path: f.Path}
	return out.refuse(f, reason)
}

func (out *File) refuse(f *source.File, message string) *File {
	out.Broken = true
	out.Diagnostics = append(out.Diagnostics, source.Diagnostic{
		Level: source.Error, Code: codeLimit, Span: f.Whole().Head(), Message: message})
	return out
}

func (out *File) parseNative(f *source.File) {
	file, diags := hclsyntax.ParseConfig(f.Content, f.Path, startOf(f))
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		out.Broken = true
		return
	}
	blocks := body.Blocks
	if diags.HasErrors() {
		blocks, diags = parsePieces(f)
	} else {
		for _, it := range nativeBody(&hclsyntax.Body{Attributes: body.Attributes}).items {
			out.attrs = append(out.attrs, it.attr)
		}
	}
	out.report(diags)
	for _, b := range blocks {
		out.blocks = append(out.blocks, nativeBlock(b))
	}
}

// report turns the parser's errors into diagnostics.
func (out *File) report(diags hcl.Diagnostics) {
	for _, d := range diags {
		level := source.Warning
		if d.Severity == hcl.DiagError {
			level, out.Broken = source.Error, true
		}
		var span source.Span
		if d.Subject != nil {
			span = spanOf(*d.Subject)
		}
		out.Diagnostics = append(out.Diagnostics, source.Diagnostic{
			Level: level, Code: codeSyntax, Span: span, Path: out.Path, Message: sentence(d)})
	}
}

// sentence makes one sentence without a full stop of an HCL diagnostic.
func sentence(d *hcl.Diagnostic) string {
	detail := strings.Join(strings.Fields(d.Detail), " ")
	if i := strings.Index(detail, ". "); i > 0 {
		detail = detail[:i]
	}
	if i := strings.Index(detail, " Did you mean"); i > 0 {
		detail = detail[:i]
	}
	detail = strings.TrimRight(detail, ".:")
	summary := strings.TrimRight(d.Summary, ".:")
	if detail == "" {
		return summary
	}
	return summary + ": " + detail
}
