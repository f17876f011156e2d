package source

import (
	"errors"
	"sort"
	"strings"
)

// Level says how bad a diagnostic is.
type Level uint8

const (
	// Note is information about what was left out or assumed.
	Note Level = iota
	// Warning marks input that could not be understood in part; the rest of its
	// block or resource was analysed.
	Warning
	// Error marks input that is broken: something in it was not analysed.
	Error
)

// String returns the lower-case name.
func (l Level) String() string {
	switch l {
	case Error:
		return "error"
	case Warning:
		return "warning"
	case Note:
		return "note"
	}
	return "note"
}

// Diagnostic is trouble with the input: never a finding, and never a failure of
// the tool.
type Diagnostic struct {
	Level Level
	// Code is a stable slug, such as "terraform-syntax" or "module-not-found".
	Code string
	// Span is the place; invalid where only Path is known.
	Span Span
	// Path names the file when there is no span, for instance one that can't be read.
	Path string
	// Message is one sentence without a full stop.
	Message string
}

// CodeUnreadable is the code of diagnostics about files and directories that can't be read.
const CodeUnreadable = "file-unreadable"

// Unreadable tells of a file or directory of a tree that can't be read. The cause is told
// without the path of this machine.
func Unreadable(rel string, err error) Diagnostic {
	reason := plain(err).Error()
	for _, known := range []error{ErrOutside, ErrTooLarge} {
		if errors.Is(err, known) {
			reason = known.Error()
		}
	}
	return Diagnostic{Level: Error, Code: CodeUnreadable, Path: rel, Message: "could not be read: " + strings.TrimPrefix(reason, rel+" ")}
}

// SortDiagnostics orders by place, then code and message, and drops repetitions.
func SortDiagnostics(fs *FileSet, ds []Diagnostic) []Diagnostic {
	path := func(d Diagnostic) string {
		if f := fs.File(d.Span.Pos); f != nil {
			return f.Path
		}
		return d.Path
	}
	sort.SliceStable(ds, func(i, j int) bool {
		a, b := ds[i], ds[j]
		if pa, pb := path(a), path(b); pa != pb {
			return pa < pb
		}
		if a.Span != b.Span {
			return a.Span.Pos < b.Span.Pos || a.Span.Pos == b.Span.Pos && a.Span.End < b.Span.End
		}
		if a.Code != b.Code {
			return a.Code < b.Code
		}
		return a.Message < b.Message
	})
	out := ds[:0]
	for i, d := range ds {
		if i == 0 || d != ds[i-1] {
			out = append(out, d)
		}
	}
	return out
}
