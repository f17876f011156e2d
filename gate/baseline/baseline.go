// Package baseline reads and writes the set of findings that a repository has
// accepted for the time being, so that only new ones fail.
//
// The file is JSON with one entry a line, sorted, and a comma at the head of each
// line, so that two changes that each add or remove entries merge without a
// conflict. It holds no line numbers: an entry is a rule, a file, and a resource.
package baseline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/wacheck/wacheck/gate/match"
)

// Name is the file at the root of a repository.
const Name = ".wacheck-baseline.json"

// version of the format.
const version = 1

// Entry is an accepted finding about one resource.
type Entry struct {
	Rule    string `json:"rule"`
	File    string `json:"file"`
	Unit    string `json:"unit,omitempty"`
	Address string `json:"address,omitempty"`
	Subject string `json:"subject,omitempty"`
	// ID is the identity of the finding, as in the json report.
	ID string `json:"id"`
	// Since is the day on which it was accepted.
	Since string `json:"since,omitempty"`
	// Block is a hash of the text of the block, if changes to it end the acceptance.
	Block string `json:"block,omitempty"`
}

// Key is what entries are found by.
func (e Entry) Key() match.Key {
	return match.Key{Rule: e.Rule, File: e.File, Unit: e.Unit, Address: e.Address, Subject: e.Subject}
}

func compare(a, b Entry) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Unit, b.Unit),
		cmp.Compare(a.Address, b.Address), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Since, b.Since))
}

// header is the first element of the file.
type header struct {
	Version int    `json:"wacheckBaseline"`
	Note    string `json:"note,omitempty"`
}

// Read reads a file.
func Read(name string) ([]Entry, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("%s is no baseline: %w", name, err)
	}
	var h header
	if len(raw) == 0 || json.Unmarshal(raw[0], &h) != nil || h.Version == 0 {
		return nil, fmt.Errorf("%s is no baseline: its first element does not say so", name)
	}
	if h.Version > version {
		return nil, fmt.Errorf("%s is a baseline of version %d; this is of version %d", name, h.Version, version)
	}
	entries := make([]Entry, 0, len(raw)-1)
	for i, r := range raw[1:] {
		d := json.NewDecoder(bytes.NewReader(r))
		d.DisallowUnknownFields()
		var e Entry
		if err := d.Decode(&e); err != nil {
			return nil, fmt.Errorf("%s: entry %d: %w", name, i+1, err)
		}
		entries = append(entries, e)
	}
	return Normal(entries), nil
}

// Normal sorts entries, and drops those that a merge has doubled.
func Normal(entries []Entry) []Entry {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, compare)
	return slices.CompactFunc(entries, func(a, b Entry) bool { return a.Key() == b.Key() })
}

// Format returns the content of the file.
func Format(entries []Entry) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteString("[")
	if err := e.Encode(header{version, "written by wacheck baseline"}); err != nil {
		return nil, err
	}
	for _, x := range Normal(entries) {
		b.WriteString(",")
		if err := e.Encode(x); err != nil {
			return nil, err
		}
	}
	b.WriteString("]\n")
	return b.Bytes(), nil
}

// Write writes a file, whole or not at all.
func Write(name string, entries []Entry) error {
	data, err := Format(entries)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), ".wacheck-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already if all went well
	if _, err = tmp.Write(data); err == nil {
		err = tmp.Chmod(0o644)
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	return err
}

// Policy says when an entry does not count any more.
type Policy struct {
	// Today is the date, MaxAgeDays the age in days from which on; 0 means never.
	Today      string
	MaxAgeDays int
	// OnChange ends an acceptance when the text of the block changes.
	OnChange bool
}

// Over says why an entry does not count any more, or nothing. The hash is that of
// the block now.
func (p Policy) Over(e Entry, hash string) string {
	if p.OnChange && e.Block != "" && e.Block != hash {
		return "the resource was changed since"
	}
	if p.MaxAgeDays <= 0 || e.Since == "" {
		return ""
	}
	since, err := time.Parse(time.DateOnly, e.Since)
	today, todayErr := time.Parse(time.DateOnly, p.Today)
	if err != nil || todayErr != nil || !today.After(since.AddDate(0, 0, p.MaxAgeDays)) {
		return ""
	}
	return fmt.Sprintf("it is of %s, more than %d days ago", e.Since, p.MaxAgeDays)
}
