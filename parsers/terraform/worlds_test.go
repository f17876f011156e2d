package terraform

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// dumpWorlds evaluates a directory and writes everything down, origins included.
func dumpWorlds(t *testing.T, dir string, dirs, wrappers []string, apart bool) string {
	t.Helper()
	tree, err := source.NewTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	d := dumper{files: source.NewFileSet(), origins: value.NewOrigins(), spans: true, why: true}
	res, err := Load(context.Background(), Options{Tree: tree, Files: d.files, Origins: d.origins, Dirs: dirs, ScanRoots: []string{"."}, Wrappers: wrappers, apart: apart})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, p := range res.Parts {
		b.WriteString(d.part(p))
	}
	return b.String()
}

// TestWorldsShareNothingThatDiffers evaluates the worlds of many roots together
// and apart: that they share work must not show.
func TestWorldsShareNothingThatDiffers(t *testing.T) {
	check := func(t *testing.T, dir string, dirs, wrappers []string) {
		t.Helper()
		if d := difference(dumpWorlds(t, dir, dirs, wrappers, false), dumpWorlds(t, dir, dirs, wrappers, true)); d != "" {
			t.Errorf("together and apart differ: %s", d)
		}
	}
	t.Run("synthetic", func(t *testing.T) {
		dir := t.TempDir()
		writeRoot(t, dir, 4)
		check(t, dir, []string{".", "service"}, nil)
	})
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			ar := txtar.Parse(src)
			dir := t.TempDir()
			unpack(t, ar, dir)
			check(t, dir, configDirs(ar), wrappersOf(ar, wrapperFile))
		})
	}
}

// TestWorldsAreCheap holds that ten worlds of a root take at most two and a half times
// what one does. Allocations tell as much as time, and do not vary.
func TestWorldsAreCheap(t *testing.T) {
	cost := func(worlds int) float64 {
		dir := t.TempDir()
		writeRoot(t, dir, worlds)
		return testing.AllocsPerRun(1, func() { loadWorlds(t, dir, worlds) })
	}
	one, ten := cost(1), cost(10)
	if ratio := ten / one; ratio > 2.5 {
		t.Errorf("ten worlds take %.1f times as much as one (%.0f allocations and %.0f)", ratio, ten, one)
	}
}
