package syntax

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/wacheck/wacheck/source"
)

// Limits of what is read. They are far above real templates, which may have
// 1 MB and 500 resources, and keep hostile input from using up memory.
const (
	maxDepth = 500       // nesting of collections, aliases resolved
	maxNodes = 1_000_000 // nodes, counting those behind an alias each time
)

// Codes of diagnostics.
const (
	codeSyntax    = "cloudformation-syntax"
	codeTooLarge  = "too-large"
	codeEncoding  = "encoding"
	codeDuplicate = "duplicate-key"
	codeMerge     = "yaml-merge-key"
	codeKey       = "yaml-complex-key"
	codeAlias     = "yaml-alias"
)

// Parse reads all documents of a file. What starts with '{' or '[' is JSON, all
// else YAML; so is a .yaml or .yml file that is no valid JSON.
//
// Broken input yields what can be read of it, with an Error diagnostic for each
// fault: a resource that can't be read is Unreadable, the others are there. The
// result may be empty. A key that appears twice in a mapping is an Error with
// the code "duplicate-key", and the first one stays.
func Parse(f *source.File) (docs []*Node, diags []source.Diagnostic) {
	if len(f.Content) > source.MaxFileBytes {
		return nil, []source.Diagnostic{{Level: source.Error, Code: codeTooLarge, Span: f.Span(0, 0),
			Message: fmt.Sprintf("the file is larger than %d MiB and was not read", source.MaxFileBytes>>20)}}
	}
	text, start, diags := decodable(f)
	if text == nil {
		return nil, diags
	}
	if c := firstByte(text[start:]); c == '{' || c == '[' {
		docs, jsonDiags := parseJSON(f, text, start)
		if !isYAMLPath(f.Path) || !hasErrors(jsonDiags) {
			return docs, append(diags, jsonDiags...)
		}
		yamlDocs, yamlDiags := parseYAML(f, text, start)
		if hasErrors(yamlDiags) && len(docs) > 0 && isStrictJSON(text[start:]) {
			return docs, append(diags, jsonDiags...)
		}
		return yamlDocs, append(diags, yamlDiags...)
	}
	docs, yamlDiags := parseYAML(f, text, start)
	return docs, append(diags, yamlDiags...)
}

var bom = []byte("\xef\xbb\xbf")

// decodable returns the content of a file as valid UTF-8, and where it starts
// behind a byte order mark. Bytes that are no UTF-8 are replaced one by one, so
// that offsets stay what they are.
func decodable(f *source.File) (text []byte, start int, diags []source.Diagnostic) {
	text = f.Content
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil, 0, []source.Diagnostic{{Level: source.Error, Code: codeEncoding, Span: f.Span(0, 0),
			Message: "the file is encoded in UTF-16 and was not read; CloudFormation expects UTF-8"}}
	}
	if bytes.HasPrefix(text, bom) {
		start = len(bom)
	}
	if utf8.Valid(text) {
		return text, start, nil
	}
	text = bytes.Clone(text)
	first := -1
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			text[i] = '?'
			if first < 0 {
				first = i
			}
		}
		i += n
	}
	return text, start, []source.Diagnostic{{Level: source.Error, Code: codeEncoding, Span: f.Span(first, first+1),
		Message: "the file is not valid UTF-8; such bytes were read as question marks"}}
}

// firstByte returns the first byte of text that is not white space, or 0.
func firstByte(text []byte) byte {
	for _, c := range text {
		if !isAny(c, " \t\r\n") {
			return c
		}
	}
	return 0
}

func isYAMLPath(p string) bool {
	ext := strings.ToLower(path.Ext(p))
	return ext == ".yaml" || ext == ".yml"
}

// isStrictJSON guesses whether broken text was meant as JSON: its first key is
// quoted.
func isStrictJSON(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return len(text) > 0 && firstByte(text[1:]) == '"'
}

func hasErrors(ds []source.Diagnostic) bool {
	for _, d := range ds {
		if d.Level == source.Error && d.Code == codeSyntax {
			return true
		}
	}
	return false
}

// uniquePairs removes the entries whose key was there before, and reports them.
func uniquePairs(f *source.File, pairs []Pair, diags *[]source.Diagnostic) []Pair {
	if len(pairs) < 2 {
		return pairs
	}
	first := firstOf(pairs)
	out := pairs[:0]
	for i, p := range pairs {
		if j := first(i); j < i {
			*diags = append(*diags, source.Diagnostic{Level: source.Error, Code: codeDuplicate, Span: p.KeySpan,
				Message: fmt.Sprintf("the key %q is already in line %d; this second value is left out",
					p.Key, f.Position(out[j].KeySpan.Pos).Line)})
			continue
		}
		out = append(out, p)
	}
	return out
}
