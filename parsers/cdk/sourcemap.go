package cdk

import (
	"bytes"
	"encoding/base64"
	"path"
	"strings"

	"github.com/go-sourcemap/sourcemap"
)

// sourceMap leads from a compiled file to what it was made of; see
// https://tc39.es/ecma426/.
type sourceMap struct {
	consumer *sourcemap.Consumer
	dir      string // of the map, which its sources are relative to
}

var mappingURL = []byte("//# sourceMappingURL=")

// original is the place that a place of a compiled file was made of.
func (p *program) original(name string, line, column int) (string, int, bool) {
	m, known := p.maps[name]
	if !known {
		m = p.readMap(name)
		p.maps[name] = m
	}
	if m == nil {
		return "", 0, false
	}
	file, _, at, _, ok := m.consumer.Source(line, max(column-1, 0))
	if !ok || at <= 0 {
		return "", 0, false
	}
	// A source may be named relative to the map, or by where it was on another machine.
	if here := path.Join(m.dir, file); p.r.exists(here) {
		return here, at, true
	}
	here, ok := p.find(path.Clean(strings.TrimPrefix(file, "file://")))
	return here, at, ok
}

// readMap reads the source map that a file names or holds.
func (p *program) readMap(name string) *sourceMap {
	content, err := p.r.opt.Tree.Read(name)
	if err != nil || len(content) > maxProgramFile {
		return nil
	}
	i := bytes.LastIndex(content, mappingURL)
	if i < 0 {
		return nil
	}
	url, _, _ := strings.Cut(string(content[i+len(mappingURL):]), "\n")
	url = strings.TrimSpace(url)
	dir := path.Dir(name)
	var text []byte
	if _, data, inline := strings.Cut(url, ";base64,"); inline && strings.HasPrefix(url, "data:") {
		text, err = base64.StdEncoding.DecodeString(data)
	} else {
		at := path.Join(dir, url)
		dir = path.Dir(at)
		text, err = p.r.opt.Tree.Read(at)
	}
	if err != nil {
		return nil
	}
	c, err := sourcemap.Parse("", text)
	if err != nil {
		return nil
	}
	return &sourceMap{c, dir}
}
