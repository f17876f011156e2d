package gitrepo

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// Blamer returns a function that says who last changed a line of a file, with the
// date. It says nothing where git does not know.
func Blamer(dir string) func(path string, line int) string {
	r := Repo{dir}
	files := map[string][]string{}
	return func(path string, line int) string {
		lines, ok := files[path]
		if !ok {
			lines = r.blame(path)
			files[path] = lines
		}
		if line < 1 || line > len(lines) {
			return ""
		}
		return lines[line-1]
	}
}

// blame returns author and date of each line of a file.
func (r Repo) blame(path string) []string {
	out, err := r.git(context.Background(), "blame", "--no-textconv", "--line-porcelain", "--", path)
	if err != nil {
		return nil // not in the repository, or no git
	}
	var lines []string
	var name, date string
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSuffix(line, "\n")
		switch key, value, _ := strings.Cut(line, " "); {
		case strings.HasPrefix(line, "\t"):
			lines = append(lines, strings.TrimSpace(name+" "+date))
		case key == "author":
			name = value
		case key == "author-time":
			date = ""
			if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
				date = time.Unix(seconds, 0).UTC().Format(time.DateOnly)
			}
		}
		if line == "author Not Committed Yet" {
			name = "not committed"
		}
	}
	return lines
}
