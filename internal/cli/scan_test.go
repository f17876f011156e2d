package cli

import (
	"path/filepath"
	"testing"
)

func TestShownFrom(t *testing.T) {
	root := filepath.FromSlash("/r/repo")
	for dir, want := range map[string]string{
		"/r/repo":       "a/b/c.tf",
		"/r":            "repo/a/b/c.tf",
		"/r/other":      "../repo/a/b/c.tf",
		"/r/repo/a":     "b/c.tf",
		"/r/repo/a/b":   "c.tf",
		"/r/repo/a/x/y": "../../b/c.tf",
		"/r/repo/a/bb":  "../b/c.tf",
		"":              "a/b/c.tf", // where that is can't be told
	} {
		if got := shownFrom(filepath.FromSlash(dir), root)("a/b/c.tf"); got != want {
			t.Errorf("from %q: %s, want %s", dir, got, want)
		}
	}
}
