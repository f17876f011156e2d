package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// MaxFileBytes is the size above which a file is not read.
const MaxFileBytes = 16 << 20

// ErrOutside is returned for paths that lead out of the tree.
var ErrOutside = errors.New("lies outside the tree that may be read")

// ErrTooLarge is returned for files above MaxFileBytes.
var ErrTooLarge = fmt.Errorf("is larger than %d MiB", MaxFileBytes>>20)

// Tree is the part of the file system that a scan may read: what lies below
// Root, symbolic links resolved. Paths given to its methods are slash-separated
// and relative to Root.
type Tree struct {
	// Root is an absolute, symlink-free path of the operating system.
	Root string
}

// NewTree returns the tree below a directory.
func NewTree(dir string) (*Tree, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	abs, err = filepath.EvalSymlinks(abs)
	if err != nil {
		return nil, err
	}
	return &Tree{Root: abs}, nil
}

// Resolve returns the path of the operating system for a file or directory of
// the tree. It fails with ErrOutside where the path, or a link on it, leads out.
func (t *Tree) Resolve(rel string) (string, error) {
	rel = path.Clean(rel)
	if path.IsAbs(rel) || rel == ".." || strings.HasPrefix(rel, "../") {
		return "", fmt.Errorf("%s %w", rel, ErrOutside)
	}
	full := filepath.Join(t.Root, filepath.FromSlash(rel))
	target, err := filepath.EvalSymlinks(full)
	if err != nil {
		return "", plain(err)
	}
	if target != t.Root && !strings.HasPrefix(target, strings.TrimSuffix(t.Root, string(filepath.Separator))+string(filepath.Separator)) {
		return "", fmt.Errorf("%s %w", rel, ErrOutside)
	}
	return target, nil
}

// Read returns the content of a regular file of the tree.
func (t *Tree) Read(rel string) ([]byte, error) {
	full, err := t.Resolve(rel)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(full) // before it is opened: that of a pipe waits for who writes it
	if err != nil {
		return nil, plain(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", rel)
	}
	if info.Size() > MaxFileBytes {
		return nil, fmt.Errorf("%s %w", rel, ErrTooLarge)
	}
	f, err := os.Open(full)
	if err != nil {
		return nil, plain(err)
	}
	defer func() { _ = f.Close() }() // read only: nothing can be lost
	content, err := io.ReadAll(io.LimitReader(f, MaxFileBytes+1))
	return content, plain(err)
}

// plain takes the path of this machine out of an error: what is said about the
// input must not depend on where it lies.
func plain(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// Load reads a file of the tree into the set, once.
func (t *Tree) Load(files *FileSet, rel string) (*File, error) {
	rel = path.Clean(rel)
	if f := files.Lookup(rel); f != nil {
		return f, nil
	}
	content, err := t.Read(rel)
	if err != nil {
		return nil, err
	}
	return files.Add(rel, content)
}

// ReadDir lists a directory of the tree in order of name.
func (t *Tree) ReadDir(rel string) ([]fs.DirEntry, error) {
	full, err := t.Resolve(rel)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(full)
	return entries, plain(err)
}
