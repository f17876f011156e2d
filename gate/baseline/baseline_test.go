package baseline

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Two branches that each add or remove entries merge line by line: no line of an
// entry depends on its neighbours.
func TestLinesAreIndependent(t *testing.T) {
	t.Parallel()
	entry := func(file string) Entry {
		return Entry{Rule: "r", File: file, Unit: ".", Address: "a.b", ID: "1", Since: "2026-01-01"}
	}
	lines := func(entries ...Entry) []string {
		data, err := Format(entries)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(string(data), "\n")
	}
	all := lines(entry("c"), entry("a"), entry("b"))
	without := lines(entry("a"), entry("c"))
	if strings.Join(append(append([]string{}, all[:2]...), all[3:]...), "\n") != strings.Join(without, "\n") {
		t.Errorf("taking an entry away changes other lines:\n%s\n%s", strings.Join(all, "\n"), strings.Join(without, "\n"))
	}
	for _, l := range all {
		if strings.Contains(l, `"line"`) {
			t.Errorf("a line number in %s", l)
		}
	}
}

func TestReadBack(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), Name)
	a := Entry{Rule: "r", File: "b.tf", Unit: "x", Address: `module.m["<é>"].a.b`, Subject: "tcp 22", ID: "1", Since: "2026-01-01", Block: "ff"}
	b := Entry{Rule: "r", File: "a.tf", ID: "2"}
	if err := Write(name, []Entry{a, b, a}); err != nil {
		t.Fatal(err)
	}
	got, err := Read(name)
	if err != nil || len(got) != 2 || got[0] != b || got[1] != a {
		t.Errorf("read %+v, %v", got, err)
	}
	for text, want := range map[string]string{
		"": "is no baseline", "{}": "is no baseline", "[]": "first element", `[{"a":1}]`: "first element",
		`[{"wacheckBaseline":9}]`: "of version 9", `[{"wacheckBaseline":1},{"rool":"x"}]`: "entry 1: json: unknown field",
		"[{\"wacheckBaseline\":1}\n<<<<<<< HEAD\n]": "is no baseline",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
