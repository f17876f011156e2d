// Package source keeps the files of a scan, compact positions within them, and
// the diagnostics that tell a user what is wrong with the input.
//
// A [Pos] is an offset into one address space shared by all files of a
// [FileSet], as in go/token: it fits 32 bits, and a [Span] fits 64. Lines and
// columns are worked out only when somebody asks.
package source

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

// Pos is a byte position in a FileSet. The zero Pos is "nowhere".
type Pos uint32

// IsValid reports whether p lies in a file.
func (p Pos) IsValid() bool { return p != 0 }

// Span is a half-open range of bytes [Pos, End) inside one file.
type Span struct{ Pos, End Pos }

// IsValid reports whether the span lies in a file.
func (s Span) IsValid() bool { return s.Pos != 0 }

// Contains reports whether o lies within s.
func (s Span) Contains(o Span) bool {
	return s.IsValid() && o.IsValid() && s.Pos <= o.Pos && o.End <= s.End
}

// Head is the empty span at the start of s, where a missing part is reported.
func (s Span) Head() Span { return Span{s.Pos, s.Pos} }

// Position is a place as people write it. Line and Column count from 1; Column
// counts Unicode code points, as SARIF does with columnKind "unicodeCodePoints".
type Position struct {
	Path         string
	Line, Column int
}

// String formats p as path:line:column.
func (p Position) String() string {
	if p.Line == 0 {
		return p.Path
	}
	return fmt.Sprintf("%s:%d:%d", p.Path, p.Line, p.Column)
}

// MaxBytes is the room for all files of one FileSet together.
const MaxBytes = 1<<32 - 1<<16

// File is one file of the scan.
type File struct {
	// Path is slash-separated and relative to the root of the scan, or leads out
	// of it with "../" for a module that the input names and the user allowed.
	Path string
	// Content is the file as read, byte order mark included. It must not change.
	Content []byte

	base  Pos
	once  sync.Once
	lines []uint32 // byte offset of the start of each line
}

// Span returns the span of the bytes [start, end) of the file. Offsets outside
// the file are moved to its edge.
func (f *File) Span(start, end int) Span {
	start = min(max(start, 0), len(f.Content))
	end = min(max(end, start), len(f.Content))
	return Span{f.base + Pos(start), f.base + Pos(end)}
}

// Whole is the span of the whole file.
func (f *File) Whole() Span { return f.Span(0, len(f.Content)) }

// Offset is the byte offset of p, which must lie in f.
func (f *File) Offset(p Pos) int { return int(p - f.base) }

func (f *File) lineStarts() []uint32 {
	f.once.Do(func() {
		f.lines = append(f.lines, 0)
		for i, b := range f.Content {
			if b == '\n' {
				f.lines = append(f.lines, uint32(i+1))
			}
		}
	})
	return f.lines
}

// Lines is the number of lines, counting a last one without a line feed.
func (f *File) Lines() int { return len(f.lineStarts()) }

// Line returns the text of line n (from 1) without its line ending.
func (f *File) Line(n int) string {
	starts := f.lineStarts()
	if n < 1 || n > len(starts) {
		return ""
	}
	end := len(f.Content)
	if n < len(starts) {
		end = int(starts[n]) - 1
	}
	return strings.TrimSuffix(string(f.Content[starts[n-1]:end]), "\r")
}

// Code is what stands on line n (from 1), without the blanks around it. It is
// invalid if there is nothing.
func (f *File) Code(n int) Span {
	text := f.Line(n)
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return Span{}
	}
	start := int(f.lineStarts()[n-1]) + strings.Index(text, trimmed)
	return f.Span(start, start+len(trimmed))
}

// Position works out line and column of p.
func (f *File) Position(p Pos) Position {
	off := min(max(f.Offset(p), 0), len(f.Content))
	starts := f.lineStarts()
	line := sort.Search(len(starts), func(i int) bool { return int(starts[i]) > off })
	start := int(starts[line-1])
	head := f.Content[start:off]
	if start == 0 {
		head = bytes.TrimPrefix(head, bom)
	}
	return Position{Path: f.Path, Line: line, Column: 1 + utf8.RuneCount(head)}
}

var bom = []byte("\xef\xbb\xbf")

// FileSet holds the files of one scan. Adding is safe from several goroutines;
// a scan adds files in sorted order, so that positions are the same every time.
type FileSet struct {
	mu    sync.RWMutex
	files []*File
	paths map[string]*File
	next  Pos
}

// NewFileSet returns an empty set.
func NewFileSet() *FileSet { return &FileSet{paths: map[string]*File{}, next: 1} }

// Add puts a file into the set. Adding a path again returns the file that is
// there. It fails when the set is full (4 GiB).
func (s *FileSet) Add(path string, content []byte) (*File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.paths[path]; f != nil {
		return f, nil
	}
	if uint64(s.next)+uint64(len(content)) > MaxBytes {
		return nil, fmt.Errorf("%s: the files of this scan exceed %d bytes", path, uint64(MaxBytes))
	}
	f := &File{Path: path, Content: content, base: s.next}
	s.next += Pos(len(content)) + 1 // so that the end of one file is not the start of the next
	s.files = append(s.files, f)
	s.paths[path] = f
	return f, nil
}

// File returns the file that holds p, or nil.
func (s *FileSet) File(p Pos) *File {
	if s == nil || !p.IsValid() {
		return nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	i := sort.Search(len(s.files), func(i int) bool { return s.files[i].base > p })
	if i == 0 {
		return nil
	}
	return s.files[i-1]
}

// Lookup returns the file of that path, or nil.
func (s *FileSet) Lookup(path string) *File {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.paths[path]
}

// Files returns all files in the order in which they were added.
func (s *FileSet) Files() []*File {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return append([]*File(nil), s.files...)
}

// Position works out where p is. The zero Position stands for nowhere.
func (s *FileSet) Position(p Pos) Position {
	if f := s.File(p); f != nil {
		return f.Position(p)
	}
	return Position{}
}

// Less orders spans by path, then by offset, whatever the order in which files
// were added.
func (s *FileSet) Less(a, b Span) bool {
	if fa, fb := s.File(a.Pos), s.File(b.Pos); fa != fb {
		return fa == nil || fb != nil && fa.Path < fb.Path
	}
	if a.Pos != b.Pos {
		return a.Pos < b.Pos
	}
	return a.End < b.End
}
