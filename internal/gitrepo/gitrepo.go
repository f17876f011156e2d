// Package gitrepo asks git about the repository that a scan lies in. It only
// reads, and never touches the checkout or the index.
package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Repo is a work tree.
type Repo struct {
	// Dir is its root.
	Dir string
}

// git runs a command. What the repository configures to be run (external diff,
// text conversion, hooks, file system monitors) is not run.
func (r Repo) git(ctx context.Context, args ...string) ([]byte, error) {
	c := r.command(ctx, args...)
	var out, stderr bytes.Buffer
	c.Stdout, c.Stderr = &out, &stderr
	if err := c.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if errors.Is(err, exec.ErrNotFound) {
			return nil, errors.New("git is not installed")
		}
		return nil, fmt.Errorf("git %s: %s", args[0], firstLine(stderr.String(), err))
	}
	return out.Bytes(), nil
}

func (r Repo) command(ctx context.Context, args ...string) *exec.Cmd {
	inert := []string{"-C", r.Dir, "--no-optional-locks", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull,
		"-c", "protocol.allow=never", "-c", "core.quotePath=false"}
	c := exec.CommandContext(ctx, "git", append(inert, args...)...)
	c.Env = append(os.Environ(), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1")
	return c
}

func firstLine(text string, err error) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return err.Error()
	}
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimPrefix(line, "fatal: ")
}
