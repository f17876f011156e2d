package sarif

import (
	"path"
	"sort"
	"strings"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/source"
)

// places turns spans into places of the repository.
type places struct {
	files *source.FileSet
	// prefix is the path of the scanned directory below the root of the repository.
	prefix string
	// below is the path of the root of the repository below the scanned directory.
	below string
	// hashes are the fingerprints of the lines, by path of the file.
	hashes map[string][]string
}

// place is a region in a file of the repository.
type place struct {
	// uri is the percent-encoded path from the root of the repository.
	uri    string
	region source.Region
}

// of returns the place of a span. It reports false where the span is invalid, or
// lies in a file that is not part of the repository: one location outside makes
// GitHub refuse the whole file.
func (p *places) of(sp source.Span) (place, bool) {
	region, ok := p.files.Region(sp)
	if !ok {
		return place{}, false
	}
	repo, ok := p.inRepository(region.Path)
	if !ok {
		return place{}, false
	}
	return place{encodePath(repo), region}, true
}

// inRepository returns a path relative to the root of the repository.
func (p *places) inRepository(file string) (string, bool) {
	if file == "" || path.IsAbs(file) || len(file) > 1 && file[1] == ':' {
		return "", false
	}
	repo := path.Join(p.prefix, file)
	if p.below != "" {
		rest, ok := strings.CutPrefix(repo, p.below+"/")
		if !ok {
			return "", false
		}
		repo = rest
	}
	for segment := range strings.SplitSeq(repo, "/") {
		// What terraform downloads is not committed.
		if segment == ".." || segment == ".terraform" {
			return "", false
		}
	}
	return repo, true
}

// anchor is the place of findings that have none: the first line of the first
// file.
func (p *places) anchor() (place, bool) {
	if p.files == nil {
		return place{}, false
	}
	files := p.files.Files()
	sort.Slice(files, func(i, j int) bool { return files[i].Path < files[j].Path })
	for _, f := range files {
		if at, ok := p.of(f.Whole().Head()); ok {
			return at, true
		}
	}
	return place{}, false
}

// primary is where a finding is reported.
func (p *places) primary(f *analysis.Finding) (place, bool) {
	if c := f.Construct; c != nil && c.Source.IsValid() {
		if at, ok := p.of(c.Source); ok {
			return at, true
		}
	}
	if f.Remote != nil {
		if at, ok := p.of(argument(f)); ok {
			return at, true
		}
		if at, ok := p.of(f.Remote.Call); ok {
			return at, true
		}
	} else if at, ok := p.of(f.Span); ok {
		return at, true
	}
	if at, ok := p.of(f.Block.Head()); ok && f.Remote == nil {
		return at, true
	}
	for _, s := range f.Steps {
		if s.Kind == analysis.StepModule {
			if at, ok := p.of(s.Span); ok {
				return at, true
			}
		}
	}
	if f.Span.IsValid() {
		return place{}, false
	}
	return p.anchor()
}

// argument is the argument of the call of a remote module from which the value
// came: there the user can mend it.
func argument(f *analysis.Finding) source.Span {
	for _, s := range f.Steps {
		if s.Kind == analysis.StepOrigin && s.Span != f.Remote.Call && f.Remote.Call.Contains(s.Span) {
			return s.Span
		}
	}
	return source.Span{}
}

// lineHash is the fingerprint of the line of a place.
func (p *places) lineHash(at place) string {
	lines, ok := p.hashes[at.region.Path]
	if !ok {
		if f := p.files.Lookup(at.region.Path); f != nil {
			lines = lineHashes(f.Content)
		}
		p.hashes[at.region.Path] = lines
	}
	if at.region.Line > len(lines) {
		return ""
	}
	return lines[at.region.Line-1]
}

// physical returns the form of SARIF.
func (at place) physical() *gosarif.PhysicalLocation {
	r := at.region
	return gosarif.NewPhysicalLocation().
		WithArtifactLocation(gosarif.NewArtifactLocation().WithUri(at.uri)).
		WithRegion(gosarif.NewRegion().
			WithStartLine(r.Line).WithStartColumn(r.Column).
			WithEndLine(r.Line).WithEndColumn(r.EndColumn))
}

// encodePath percent-encodes what may not stand in the path of a relative
// reference (RFC 3986). The colon is encoded too: in the first segment it would
// make a scheme of what comes before.
func encodePath(p string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(p) {
		c := p[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("/-._~!$&'()*+,;=@", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
