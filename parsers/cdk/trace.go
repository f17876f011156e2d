package cdk

import (
	"regexp"
	"strconv"
	"strings"
)

// frame is a place of a program on the machine that ran it.
type frame struct {
	path         string
	line, column int // column 0 if it is not told
}

// Frames of JavaScript end in (/app/lib/db.ts:19:16), those of Python say
// File "/app/db.py", line 12, those of the JVM (Db.java:12).
var (
	pythonFrame = regexp.MustCompile(`File "([^"]+)", line (\d+)`)
	otherFrame  = regexp.MustCompile(`([^\s()"]+\.(?:[cm]?[jt]sx?|py|java|kt|go|cs|fs|vb)):(\d+)(?::(\d+))?`)
)

// parseFrame reads a line of a trace.
func parseFrame(text string) (frame, bool) {
	m := pythonFrame.FindStringSubmatch(text)
	if m == nil {
		m = otherFrame.FindStringSubmatch(text)
	}
	if m == nil {
		return frame{}, false
	}
	f := frame{path: strings.ReplaceAll(strings.TrimPrefix(m[1], "file://"), `\`, "/")}
	f.line, _ = strconv.Atoi(m[2])
	if len(m) > 3 {
		f.column, _ = strconv.Atoi(m[3])
	}
	return f, f.line > 0 && !isLibrary(f.path)
}

// isLibrary reports code that is not the user's own.
func isLibrary(p string) bool {
	for _, part := range []string{"node_modules/", "site-packages/", "dist-packages/", "aws-cdk-lib/", "/jsii-", "/@jsii/", "/.venv/", "/pkg/mod/"} {
		if strings.Contains(p, part) {
			return true
		}
	}
	return strings.HasPrefix(p, "node:") || strings.HasPrefix(p, "internal/")
}
