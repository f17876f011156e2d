package gitrepo

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
)

// Object is a file of a commit.
type Object struct {
	Path string
	Size int64
	// Link says that the content is the target of a symbolic link.
	Link bool
	hash string
}

// Files lists the files of a commit, submodules left out.
func (r Repo) Files(ctx context.Context, commit string) ([]Object, error) {
	out, err := r.git(ctx, "ls-tree", "-r", "-l", "-z", "--full-tree", commit)
	if err != nil {
		return nil, err
	}
	var files []Object
	for entry := range strings.SplitSeq(string(out), "\x00") {
		meta, name, ok := strings.Cut(entry, "\t")
		fields := strings.Fields(meta)
		if !ok || len(fields) != 4 || fields[1] != "blob" {
			continue
		}
		size, err := strconv.ParseInt(fields[3], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("git ls-tree: size of %s: %w", name, err)
		}
		files = append(files, Object{Path: name, Size: size, Link: fields[0] == "120000", hash: fields[2]})
	}
	return files, nil
}

// Extract writes files of a commit into a directory, straight from the object
// store: neither the checkout nor the index is touched. Nothing is written
// outside of the directory, whatever the files are called or link to.
func (r Repo) Extract(ctx context.Context, files []Object, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }() // it was only a handle
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := r.command(ctx, "cat-file", "--batch")
	var names bytes.Buffer
	for _, f := range files {
		names.WriteString(f.hash + "\n")
	}
	c.Stdin = &names
	stdout, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	in := bufio.NewReaderSize(stdout, 1<<16)
	for _, f := range files {
		if err := extract(root, f, in); err != nil {
			cancel()
			_ = c.Wait() // it was ended on purpose
			return fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	return c.Wait()
}

// extract reads one object, "hash type size", a line end, the content, a line end.
func extract(root *os.Root, f Object, in *bufio.Reader) error {
	head, err := in.ReadString('\n')
	if err != nil {
		return err
	}
	fields := strings.Fields(head)
	if len(fields) != 3 {
		return fmt.Errorf("git has no object %s", f.hash)
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		return err
	}
	content := make([]byte, size)
	if _, err := io.ReadFull(in, content); err != nil {
		return err
	}
	if _, err := in.Discard(1); err != nil {
		return err
	}
	if err := root.MkdirAll(path.Dir(f.Path), 0o700); err != nil {
		return err
	}
	if f.Link {
		return root.Symlink(string(content), f.Path)
	}
	return root.WriteFile(f.Path, content, 0o600)
}
