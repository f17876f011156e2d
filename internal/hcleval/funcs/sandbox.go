package funcs

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/zclconf/go-cty/cty"
)

// sandbox is the part of the file system that a table may see. It rests on
// os.Root, which does not follow a symbolic link to the outside, not even one
// that is put there between a check and the reading.
type sandbox struct {
	// dirs returns root and base as absolute paths without links; ok is false
	// when there is no root to read below.
	dirs func() (root, base string, ok bool)
	// virtual has paths that begin with a slash begin at the root.
	virtual bool
}

func newSandbox(root, base string, virtual bool) *sandbox {
	type pair struct {
		root, base string
		ok         bool
	}
	resolved := sync.OnceValue(func() pair { // most modules read no file
		if root == "" {
			return pair{}
		}
		r, err := physical(root)
		if err != nil {
			return pair{}
		}
		// The system takes "../x" from the directory itself, not from the link by
		// which it was entered.
		b, err := physical(base)
		if err != nil {
			return pair{}
		}
		return pair{r, b, true}
	})
	return &sandbox{virtual: virtual, dirs: func() (string, string, bool) {
		p := resolved()
		return p.root, p.base, p.ok
	}}
}

// physical returns the absolute path of dir without symbolic links.
func physical(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

// locate returns path, as it stands in a configuration, relative to the root.
// The error, if any, is a notKnowableError for a result of type t.
func (b *sandbox) locate(path string, t cty.Type) (rel string, err error) {
	root, base, ok := b.dirs()
	if !ok {
		return "", cannotTell(t, "files are not read here")
	}
	if strings.HasPrefix(path, "~") {
		return "", cannotTell(t, "%q depends on the home directory", path)
	}
	full := filepath.Clean(path)
	switch {
	case b.virtual && strings.HasPrefix(path, "/"):
		full = filepath.Join(root, path)
	case !filepath.IsAbs(full):
		full = filepath.Join(base, path)
	}
	rel, err = filepath.Rel(root, full)
	if err != nil || !filepath.IsLocal(rel) {
		return "", outside(path, t)
	}
	return rel, nil
}

func outside(path string, t cty.Type) error {
	return cannotTell(t, "the file %q is outside the analysed directory", path)
}

// stat returns what path is, following links. A nil result without an error
// means that nothing is there.
func (b *sandbox) stat(path string, t cty.Type) (fs.FileInfo, error) {
	rel, err := b.locate(path, t)
	if err != nil {
		return nil, err
	}
	root, err := b.open(t)
	if err != nil {
		return nil, err
	}
	defer closeQuietly(root)
	info, err := root.Stat(rel)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil: // a link that leads out, or a directory that is closed to us
		return nil, cannotTell(t, "the file %q cannot be read within the analysed directory", path)
	default:
		return info, nil
	}
}

// read returns the bytes of a file, for a result of type t.
func (b *sandbox) read(path string, t cty.Type) ([]byte, error) {
	info, err := b.stat(path, t)
	switch {
	case err != nil:
		return nil, err
	case info == nil:
		return nil, cannotTell(t, "there is no file %q", path)
	case info.IsDir():
		return nil, errors.New("a directory cannot be read as a file")
	case !info.Mode().IsRegular(): // to open a named pipe might block for ever
		return nil, cannotTell(t, "%q is not a regular file", path)
	case info.Size() > maxFile:
		return nil, cannotTell(t, "the file %q is larger than %d bytes", path, maxFile)
	}
	rel, err := b.locate(path, t)
	if err != nil {
		return nil, err
	}
	root, err := b.open(t)
	if err != nil {
		return nil, err
	}
	defer closeQuietly(root)
	f, err := root.Open(rel)
	if err != nil {
		return nil, cannotTell(t, "the file %q cannot be read within the analysed directory", path)
	}
	defer closeQuietly(f)
	src, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil || len(src) > maxFile {
		return nil, cannotTell(t, "the file %q cannot be read whole", path)
	}
	return src, nil
}

// open opens the root.
func (b *sandbox) open(t cty.Type) (*os.Root, error) {
	dir, _, ok := b.dirs()
	if !ok {
		return nil, cannotTell(t, "files are not read here")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, cannotTell(t, "the analysed directory cannot be read")
	}
	return root, nil
}

// closeQuietly closes what was only read from.
func closeQuietly(c io.Closer) { _ = c.Close() }
