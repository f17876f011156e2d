package judge

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/gate/baseline"
	"github.com/wacheck/wacheck/gate/match"
	"github.com/wacheck/wacheck/source"
)

// Baseline is the accepted set of a run.
type Baseline struct {
	// Name is the file, as it is shown.
	Name    string
	Entries []baseline.Entry
	Policy  baseline.Policy
	// InScope says whether the run looked at a directory or file, or at where it was.
	InScope func(name string) bool
}

// accepted is the baseline at work.
type accepted struct {
	*Baseline
	index *match.Index
	// current is what each entry stands for now, if it still does.
	current map[int]baseline.Entry
	open    map[int]bool
	// fresh are findings that no entry accepts.
	fresh []baseline.Entry
}

func newAccepted(b *Baseline, canonical func(rule string) string) *accepted {
	a := &accepted{Baseline: b, current: map[int]baseline.Entry{}, open: map[int]bool{}}
	keys := make([]match.Key, len(b.Entries))
	for i, e := range b.Entries {
		keys[i] = e.Key()
		keys[i].Rule = canonical(e.Rule) // a rule may have got another id
	}
	a.index = match.NewIndex(keys, nil)
	return a
}

// fileOf is the file of the block of a finding.
func (j *Judge) fileOf(f *analysis.Finding) string {
	for _, s := range []source.Span{f.Block, f.Span} {
		if src := j.out.Files.File(s.Pos); src != nil {
			return src.Path
		}
	}
	return ""
}

// entry is what the baseline would hold for a finding.
func (j *Judge) entry(f *analysis.Finding) baseline.Entry {
	k := match.KeyOf(f, j.fileOf(f))
	return baseline.Entry{Rule: k.Rule, File: k.File, Unit: k.Unit, Address: k.Address, Subject: k.Subject, ID: f.ID}
}

// blockHash is that of the text of a block, blanks apart.
func (j *Judge) blockHash(f *analysis.Finding) string {
	src := j.out.Files.File(f.Block.Pos)
	if src == nil {
		return ""
	}
	text := src.Content[src.Offset(f.Block.Pos):src.Offset(f.Block.End)]
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(string(text)), " ")))
	return hex.EncodeToString(sum[:8])
}

// baselined accepts what the baseline holds.
func (j *Judge) baselined(f *analysis.Finding) {
	b := j.baseline
	now := j.entry(f)
	i, ok := b.index.Find(now.Key())
	if f.Open {
		b.open[i] = b.open[i] || ok
		return
	}
	if dropped(f) {
		return
	}
	hash := j.blockHash(f)
	if !ok {
		now.Since, now.Block = b.Policy.Today, hash
		if f.Accepted == nil && (j.o.Shown == nil || j.o.Shown(f)) {
			b.fresh = append(b.fresh, now)
		}
		return
	}
	now.Since, now.Block = b.Entries[i].Since, b.Entries[i].Block
	b.current[i] = now
	if f.Accepted != nil {
		return
	}
	if over := b.Policy.Over(b.Entries[i], hash); over != "" {
		f.Remarks = append(f.Remarks, "Its entry in the baseline does not count any more: "+over+".")
		return
	}
	f.Accepted = &analysis.Acceptance{Kind: analysis.InBaseline, By: "baseline", Path: b.Name}
}

// Entries are those of a new baseline: Kept are still true, with what they are
// now, Stale are not, Fresh are findings that the old one does not accept.
type Entries struct{ Kept, Stale, Fresh []baseline.Entry }

// BaselineEntries compares the baseline with what was found.
func (j *Judge) BaselineEntries() Entries {
	var out Entries
	b := j.baseline
	if b == nil {
		return out
	}
	ran := j.ran()
	for i, e := range b.Entries {
		now, ok := b.current[i]
		switch {
		case ok:
			out.Kept = append(out.Kept, now)
		case b.open[i], !ran(e.Rule) && j.known(e.Rule), b.InScope != nil && !b.InScope(place(e)):
			out.Kept = append(out.Kept, e) // nobody looked, or nobody can tell
		default:
			out.Stale = append(out.Stale, e)
		}
	}
	out.Kept, out.Fresh = baseline.Normal(out.Kept), baseline.Normal(b.fresh)
	return out
}

// place is what an entry is deployed from, or the file that it is in.
func place(e baseline.Entry) string {
	unit, _, _ := strings.Cut(e.Unit, "@")
	return cmp.Or(unit, e.File)
}

// known reports that there is a rule of that name.
func (j *Judge) known(rule string) bool {
	_, err := j.o.Resolve(rule)
	return err == nil
}

// stale tells of entries that are not needed any more.
func (j *Judge) stale() []source.Diagnostic {
	if j.baseline == nil {
		return nil
	}
	list := j.BaselineEntries().Stale
	if len(list) == 0 {
		return nil
	}
	var names []string
	for _, e := range list {
		names = append(names, fmt.Sprintf("%s of %s in %s", e.Rule, strings.TrimSpace(e.Address+" "+e.Subject), e.File))
	}
	slices.Sort(names)
	what := names[0]
	if len(names) > 1 {
		what = fmt.Sprintf("%s and %d more", names[0], len(names)-1)
	}
	return []source.Diagnostic{{Level: source.Note, Code: "baseline-stale", Path: j.baseline.Name,
		Message: fmt.Sprintf("%d entries of the baseline are not found any more (%s); drop them with wacheck baseline prune", len(list), what)}}
}
