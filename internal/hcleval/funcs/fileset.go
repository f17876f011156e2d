package funcs

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// fileSet lists the regular files under a directory that match a pattern. As in
// Terraform the directory is part of the pattern, so that it may hold a "*".
func fileSet(box *sandbox) function.Function {
	t := cty.Set(cty.String)
	return function.New(&function.Spec{
		Params:       []function.Parameter{{Name: "path", Type: cty.String}, {Name: "pattern", Type: cty.String}},
		Type:         function.StaticReturnType(t),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			names, err := box.glob(args[0].AsString(), args[1].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			if len(names) == 0 {
				return cty.SetValEmpty(cty.String), nil
			}
			vals := make([]cty.Value, len(names))
			for i, n := range names {
				vals[i] = cty.StringVal(n)
			}
			return cty.SetVal(vals), nil
		},
	})
}

// glob returns the files, relative to dir, that match pattern under it.
func (b *sandbox) glob(dir, pattern string) ([]string, error) {
	t := cty.Set(cty.String)
	rel, err := b.locate(dir, t)
	if err != nil {
		return nil, err
	}
	full, err := b.fullPattern(dir, pattern)
	if err != nil {
		return nil, err
	}
	root, err := b.open(t)
	if err != nil {
		return nil, err
	}
	defer closeQuietly(root)
	tree := &countedFS{FS: root.FS()}
	matches, err := doublestar.Glob(tree, full)
	switch {
	case err != nil:
		return nil, function.NewArgErrorf(1, "not a pattern")
	case tree.seen > maxEntries:
		return nil, cannotTell(t, "there are more than %d files to look at", maxEntries)
	}
	var names []string
	for _, m := range matches {
		info, err := fs.Stat(tree, m)
		if err != nil || tree.blind {
			break
		}
		if !info.Mode().IsRegular() {
			continue
		}
		name, err := filepath.Rel(rel, filepath.FromSlash(m))
		if err != nil {
			return nil, err
		}
		names = append(names, filepath.ToSlash(name))
	}
	if tree.blind {
		return nil, cannotTell(t, "some of the files are links to outside the analysed directory, or to nothing")
	}
	return names, nil
}

// fullPattern returns the pattern from the root on.
func (b *sandbox) fullPattern(dir, pattern string) (string, error) {
	root, base, _ := b.dirs()
	prefix := ""
	if !filepath.IsAbs(dir) {
		rel, err := filepath.Rel(root, base)
		if err != nil {
			return "", outside(dir, cty.Set(cty.String))
		}
		// The path of the module is a name, not a pattern.
		prefix = escapePattern(filepath.ToSlash(rel))
	} else {
		rel, err := filepath.Rel(root, dir)
		if err != nil {
			return "", outside(dir, cty.Set(cty.String))
		}
		dir = rel
	}
	full := path.Join(prefix, filepath.ToSlash(dir), pattern)
	if full == ".." || strings.HasPrefix(full, "../") || strings.HasPrefix(full, "/") {
		return "", outside(path.Join(dir, pattern), cty.Set(cty.String))
	}
	return asFirstVersion(full)
}

// patternBytes are those that mean something in a pattern.
const patternBytes = `\*?[]{}`

// escapePattern makes a pattern that matches the path p alone.
func escapePattern(p string) string {
	var b strings.Builder
	for _, r := range p {
		if strings.ContainsRune(patternBytes, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// asFirstVersion rewrites a pattern so that version 4 of doublestar reads it as
// version 1, which Terraform has: there "[!a]" is the class of "!" and "a", and a
// slash ends a group in braces.
func asFirstVersion(pattern string) (string, error) {
	var b strings.Builder
	braces := 0
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		if c == '\\' && i+1 < len(pattern) && !strings.ContainsRune(patternBytes, rune(pattern[i+1])) {
			continue // version 4 would look for the backslash
		}
		b.WriteByte(c)
		switch {
		case c == '\\' && i+1 < len(pattern):
			i++
			b.WriteByte(pattern[i])
		case c == '{':
			braces++
		case c == '}':
			braces--
		case c == '/' && braces > 0:
			return "", function.NewArgErrorf(1, "a group in braces cannot hold a slash")
		case c == '[' && i+1 < len(pattern) && pattern[i+1] == '!':
			b.WriteByte('\\')
		}
	}
	return b.String(), nil
}

// countedFS counts the directory entries that are read and notes whether
// something could not be looked at.
type countedFS struct {
	fs.FS
	seen  int
	blind bool
}

var errEnough = errors.New("too many directory entries")

// ReadDir implements fs.ReadDirFS.
func (c *countedFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if c.seen > maxEntries {
		return nil, errEnough
	}
	entries, err := fs.ReadDir(c.FS, name)
	c.seen += len(entries)
	c.note(err)
	return entries, err
}

// Stat implements fs.StatFS.
func (c *countedFS) Stat(name string) (fs.FileInfo, error) {
	info, err := fs.Stat(c.FS, name)
	if err != nil {
		c.note(err)
		if l, lerr := fs.Lstat(c.FS, name); lerr == nil && l.Mode()&fs.ModeSymlink != 0 {
			c.blind = true // a link to nothing
		}
	}
	return info, err
}

func (c *countedFS) note(err error) {
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
		c.blind = true
	}
}
