// Package match says which findings of one run are those of another, whatever has
// been moved in between.
package match

import (
	"path"
	"regexp"
	"strings"

	"github.com/wacheck/wacheck/analysis"
)

// Key names a finding about one resource. It holds no positions.
type Key struct {
	Rule string
	// File is where the block stands, relative to the root of the repository.
	File string
	// Unit is the root module or stack, Address the resource in it, without
	// numeric indices: a higher count is no other defect, a new key of for_each is.
	Unit, Address string
	Subject       string
}

// index matches the index of a count.
var index = regexp.MustCompile(`\[\d+\]`)

// KeyOf returns the key of a finding about one resource. The file is that of its
// block.
func KeyOf(f *analysis.Finding, file string) Key {
	k := Key{Rule: f.Rule.ID, File: file, Subject: f.Subject}
	if len(f.Instances) > 0 {
		i := f.Instances[0]
		k.Unit, k.Address = i.Unit, Normal(i.Address)
		if i.Construct != "" { // its logical id is made up, and may be another one tomorrow
			k.Address = i.Construct
		}
	}
	return k
}

// Normal is an address without numeric indices.
func Normal(address string) string { return index.ReplaceAllString(address, "") }

// Moves tells what was moved between two runs.
type Moves struct {
	// Files maps old paths to new ones.
	Files map[string]string
	// Address returns what a resource of a unit is called now, if it was moved.
	Address func(unit, address string) string
}

// apply returns a key as it would be now.
func (m *Moves) apply(k Key) Key {
	if m == nil {
		return k
	}
	unit := k.Unit
	if to, ok := m.Files[k.File]; ok {
		k.File = to
	}
	k.Unit = m.Unit(k.Unit)
	if m.Address != nil {
		k.Address = Normal(m.Address(unit, k.Address))
	}
	return k
}

// Unit follows a template that was renamed, or a directory all of whose renamed
// files went to one other.
func (m *Moves) Unit(unit string) string {
	name, world, named := strings.Cut(unit, "@")
	suffix := ""
	if named {
		suffix = "@" + m.world(world)
	}
	if to, ok := m.Files[name]; ok {
		return to + suffix
	}
	to := ""
	for from, now := range m.Files {
		if path.Dir(from) != name {
			continue
		}
		if to != "" && to != path.Dir(now) {
			return name + suffix
		}
		to = path.Dir(now)
	}
	if to == "" {
		return name + suffix
	}
	return to + suffix
}

// world follows a file of inputs that was renamed, after which its world is called.
func (m *Moves) world(name string) string {
	for from, now := range m.Files {
		if worldOf(from) == name && worldOf(now) != "" {
			return worldOf(now)
		}
	}
	return name
}

// worldOf is the name of the world that a file of inputs makes, or empty.
func worldOf(file string) string {
	base := strings.TrimSuffix(path.Base(file), ".json")
	name, ok := strings.CutSuffix(base, ".tfvars")
	if !ok {
		return ""
	}
	return name
}

// Index finds the counterparts of findings among those of an older run.
type Index struct {
	exact map[Key]int
	loose map[Key]int
	// starred are the keys with an unknown index, by all that comes before it.
	starred map[Key][]starred
	// plain are units that had a single, unnamed world.
	plain map[string]bool
}

type starred struct {
	pattern *regexp.Regexp
	at      int
}

// NewIndex makes an index of the keys of the older run. Where several are the
// same, any of them is found.
func NewIndex(old []Key, m *Moves) *Index {
	x := &Index{exact: map[Key]int{}, loose: map[Key]int{}, starred: map[Key][]starred{}, plain: map[string]bool{}}
	for i, k := range old {
		x.exact[k] = i
		x.plain[k.Unit] = x.plain[k.Unit] || !strings.Contains(k.Unit, "@")
	}
	for i, k := range old {
		moved := m.apply(k)
		if _, ok := x.exact[moved]; !ok {
			x.exact[moved] = i
		}
		x.loose[anywhere(moved)] = i
		if strings.Contains(moved.Address, "[*]") {
			pattern, err := regexp.Compile("^" + strings.ReplaceAll(regexp.QuoteMeta(moved.Address), `\[\*\]`, `(?:\["(?:[^"\\]|\\.)*"\])?`) + "$")
			if err != nil {
				continue // no text, or endless: it is matched as it is
			}
			head := bare(moved)
			x.starred[head] = append(x.starred[head], starred{pattern, i})
		}
	}
	return x
}

// anywhere is a key without its file. An address of Terraform says all, whatever
// file of the module a block is moved to; for a template, the unit is the file.
func anywhere(k Key) Key { k.File = ""; return k }

// bare is a key without file and address.
func bare(k Key) Key { k.File, k.Address = "", ""; return k }

// Find returns the position of the counterpart of a key.
func (x *Index) Find(k Key) (int, bool) {
	if i, ok := x.find(k); ok {
		return i, true
	}
	// The first set of inputs that is named takes the place of the unnamed one.
	if unit, _, ok := strings.Cut(k.Unit, "@"); ok && x.plain[unit] {
		k.Unit = unit
		return x.find(k)
	}
	return 0, false
}

func (x *Index) find(k Key) (int, bool) {
	if i, ok := x.exact[k]; ok {
		return i, true
	}
	if i, ok := x.loose[anywhere(k)]; ok {
		return i, true
	}
	for _, s := range x.starred[bare(k)] {
		if s.pattern.MatchString(k.Address) {
			return s.at, true
		}
	}
	return 0, false
}
