package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/all"
	"github.com/wacheck/wacheck/internal/driver"
)

// holds reports whether code has the defect of a rule, if it is the bad example, or
// not, if it is the good one.
func holds(id, name, code string) (bool, error) {
	dir, err := os.MkdirTemp("", "wacheck-gendocs-")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a leftover in the temporary directory harms nobody
	if err := os.WriteFile(filepath.Join(dir, name), []byte(code), 0o644); err != nil {
		return false, err
	}
	out, err := driver.Run(context.Background(), driver.Options{
		Paths: []string{dir}, Suite: all.Suite(), Enabled: func(r *analysis.Rule) bool { return r.ID == id },
	})
	if err != nil {
		return false, err
	}
	bad := strings.HasPrefix(name, "bad.")
	return bad == (len(out.Findings) > 0) && len(out.Coverage.Files.Broken) == 0, nil
}
