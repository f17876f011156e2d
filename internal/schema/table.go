package schema

import (
	"bytes"
	"compress/gzip"
	"io"
	"sort"
	"strings"
	"sync"
)

// table is a gzipped text of one line a key. The first line is a comment that
// names the source; the others are "key TAB facts", in ascending order of key.
type table struct {
	packed []byte

	once   sync.Once
	header string
	lines  []string // all share the memory of one string
	err    error
}

// load unpacks the table at the first call. Splitting costs a twentieth of
// what unpacking does, so that only the parsing of lines is put off further.
func (t *table) load() []string {
	t.once.Do(func() {
		text, err := unpack(t.packed)
		if err != nil {
			t.err = err
			return
		}
		header, rest, _ := strings.Cut(text, "\n")
		t.header = header
		t.lines = make([]string, 0, strings.Count(rest, "\n"))
		for line := range strings.Lines(rest) {
			t.lines = append(t.lines, strings.TrimSuffix(line, "\n"))
		}
	})
	return t.lines
}

// find returns what follows the key and its tab.
func (t *table) find(key string) (string, bool) {
	lines := t.load()
	i := sort.Search(len(lines), func(i int) bool { return keyOf(lines[i]) >= key })
	if i == len(lines) || keyOf(lines[i]) != key {
		return "", false
	}
	return lines[i][min(len(key)+1, len(lines[i])):], true
}

// keys returns all keys in a slice of the caller's own.
func (t *table) keys() []string {
	lines := t.load()
	keys := make([]string, len(lines))
	for i, line := range lines {
		keys[i] = keyOf(line)
	}
	return keys
}

// source returns the first sentence of the header, without its comment sign.
func (t *table) source() string {
	t.load()
	s, _, _ := strings.Cut(strings.TrimPrefix(t.header, "# "), ":")
	return s
}

func keyOf(line string) string {
	key, _, _ := strings.Cut(line, "\t")
	return key
}

func unpack(packed []byte) (string, error) {
	zr, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", err
	}
	var text strings.Builder
	if len(packed) >= 4 {
		// The last four bytes of a gzip file are its unpacked size, modulo
		// 2^32 (RFC 1952). It is a hint that saves growing.
		n := packed[len(packed)-4:]
		text.Grow(min(int(n[0])|int(n[1])<<8|int(n[2])<<16|int(n[3])<<24, 64<<20))
	}
	if _, err := io.Copy(&text, zr); err != nil {
		return "", err
	}
	return text.String(), nil
}
