package hcleval

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/wacheck/wacheck/source"
)

// blockStart matches the first line of a top-level block as people write it:
// at the left margin. A line inside a broken block does not look like this.
var blockStart = regexp.MustCompile(`^(?:resource|data|variable|output|locals|module|provider|terraform|moved|import|removed|check|ephemeral|include|dependency|dependencies|generate|remote_state|feature|exclude)\b[^={]*\{`)

// heredocStart matches a line on which a heredoc begins.
var heredocStart = regexp.MustCompile(`<<[-~]?\s*([A-Za-z_][\w-]*)\s*$`)

// parsePieces parses a file with syntax errors block by block, so that an error
// costs its own block and nothing else. The parser's own recovery loses what
// stands behind the error, and at times what stands before it.
func parsePieces(f *source.File) (blocks []*hclsyntax.Block, diags hcl.Diagnostics) {
	start := startOf(f)
	for _, p := range pieces(f.Content) {
		pos := hcl.Pos{Line: p.line, Column: 1, Byte: start.Byte + p.offset}
		file, ds := hclsyntax.ParseConfig(p.text, f.Path, pos)
		diags = append(diags, ds...)
		for _, b := range file.Body.(*hclsyntax.Body).Blocks {
			if whole(b, ds) {
				blocks = append(blocks, b)
			}
		}
	}
	return blocks, diags
}

// whole reports that a block lies before the first error. One with an error
// inside is dropped: what it seems to lack may have been written.
func whole(b *hclsyntax.Block, diags hcl.Diagnostics) bool {
	if b.CloseBraceRange.Start.Byte <= b.OpenBraceRange.Start.Byte {
		return false // never closed
	}
	for _, d := range diags {
		if d.Severity == hcl.DiagError && d.Subject != nil && d.Subject.Start.Byte < b.CloseBraceRange.End.Byte {
			return false
		}
	}
	return true
}

// piece is a part of a file that begins at a line start.
type piece struct {
	text         []byte
	offset, line int
}

// pieces splits a file at the lines on which top-level blocks begin. It goes by
// the look of the lines, not by brackets, since these are what may be wrong.
func pieces(src []byte) []piece {
	var out []piece
	heredoc := ""
	begin, beginLine := 0, 1
	for offset, line := 0, 1; offset < len(src); line++ {
		end := len(src)
		if i := bytes.IndexByte(src[offset:], '\n'); i >= 0 {
			end = offset + i + 1
		}
		text := src[offset:end]
		switch {
		case heredoc != "":
			if strings.TrimSpace(string(text)) == heredoc {
				heredoc = ""
			}
		case blockStart.Match(text) && offset > begin:
			out = append(out, piece{src[begin:offset], begin, beginLine})
			begin, beginLine = offset, line
		default:
			if m := heredocStart.FindSubmatch(text); m != nil && ends(src[end:], m[1]) {
				heredoc = string(m[1])
			}
		}
		offset = end
	}
	return append(out, piece{src[begin:], begin, beginLine})
}

// ends reports whether a heredoc is closed somewhere in the rest of the file.
func ends(rest, marker []byte) bool {
	for len(rest) > 0 {
		line := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			rest = nil
		}
		if bytes.Equal(bytes.TrimSpace(line), marker) {
			return true
		}
	}
	return false
}
