package gitrepo

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Changes are those between a commit and the files of the work tree, whether they
// are committed or not.
type Changes struct {
	// Renamed maps old paths to new ones.
	Renamed map[string]string
	// Changed lists files that are there now and were changed, with the path they
	// had; a new one has none. Deleted lists those that are gone.
	Changed map[string]string
	Deleted []string

	repo   Repo
	commit string
	hunks  map[string][]Hunk
}

// Hunk is a stretch of lines that was replaced by another.
type Hunk struct {
	// Old and New are the numbers of the first lines, OldLines and NewLines how
	// many there are. Where there are none, the number is that of the line before.
	Old, OldLines, New, NewLines int
}

// Changes compares a commit with the work tree.
func (r Repo) Changes(ctx context.Context, commit string) (*Changes, error) {
	c := &Changes{Renamed: map[string]string{}, Changed: map[string]string{}, repo: r, commit: commit, hunks: map[string][]Hunk{}}
	out, err := r.git(ctx, "diff", "--no-ext-diff", "--no-textconv", "--ignore-submodules", "--name-status", "-z", "-M", commit, "--")
	if err != nil {
		return nil, err
	}
	fields := strings.Split(string(out), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		status, name := fields[i], fields[i+1]
		switch {
		case strings.HasPrefix(status, "R") && i+2 < len(fields):
			c.Renamed[name] = fields[i+2]
			c.Changed[fields[i+2]] = name
			i++
		case strings.HasPrefix(status, "C") && i+2 < len(fields):
			c.Changed[fields[i+2]] = ""
			i++
		case status == "D":
			c.Deleted = append(c.Deleted, name)
		case status == "A":
			c.Changed[name] = ""
		default:
			c.Changed[name] = name
		}
	}
	out, err = r.git(ctx, "ls-files", "--others", "--exclude-standard", "-z")
	if err != nil {
		return nil, err
	}
	for name := range strings.SplitSeq(string(out), "\x00") {
		if name != "" {
			c.Changed[name] = ""
		}
	}
	return c, nil
}

// Hunks returns the changed stretches of a file that is there now.
func (c *Changes) Hunks(ctx context.Context, name string) []Hunk {
	if h, ok := c.hunks[name]; ok {
		return h
	}
	old, changed := c.Changed[name]
	var out []Hunk
	switch {
	case !changed:
	case old == "":
		content, err := os.ReadFile(filepath.Join(c.repo.Dir, filepath.FromSlash(name)))
		if err == nil {
			out = []Hunk{{NewLines: 1 + strings.Count(string(content), "\n"), New: 1}}
		}
	default:
		paths := []string{"diff", "--no-ext-diff", "--no-textconv", "--no-color", "-U0", "-M", c.commit, "--", ":(literal)" + name}
		if old != name {
			paths = append(paths, ":(literal)"+old)
		}
		text, err := c.repo.git(ctx, paths...)
		if err == nil {
			out = parseHunks(string(text))
		}
	}
	c.hunks[name] = out
	return out
}

// parseHunks reads the headers of hunks: @@ -1,2 +3 @@.
func parseHunks(text string) []Hunk {
	var out []Hunk
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 4 || f[0] != "@@" || f[3] != "@@" {
			continue
		}
		var h Hunk
		h.Old, h.OldLines = lineRange(f[1], "-")
		h.New, h.NewLines = lineRange(f[2], "+")
		out = append(out, h)
	}
	return out
}

func lineRange(text, sign string) (start, lines int) {
	first, count, ok := strings.Cut(strings.TrimPrefix(text, sign), ",")
	start, err := strconv.Atoi(first)
	if err != nil {
		return 0, 0
	}
	if !ok {
		return start, 1
	}
	lines, err = strconv.Atoi(count)
	if err != nil {
		return start, 0
	}
	return start, lines
}

// Ignored returns those of some paths that git is told to ignore.
func (r Repo) Ignored(ctx context.Context, paths []string) map[string]bool {
	out := map[string]bool{}
	if len(paths) == 0 {
		return out
	}
	c := r.command(ctx, "check-ignore", "-z", "--stdin")
	c.Stdin = strings.NewReader(strings.Join(paths, "\x00") + "\x00")
	text, err := c.Output()
	if err != nil {
		return out // none is ignored
	}
	for name := range strings.SplitSeq(string(text), "\x00") {
		if name != "" {
			out[name] = true
		}
	}
	return out
}
