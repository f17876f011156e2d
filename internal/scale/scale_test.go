package scale_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/internal/scale"
)

// sizes cover estates without a network, with one unit, and with many.
var sizes = []int{0, 1, 7, 44, 61, 100, 200, 299, 451, 1000, 3000}

var generators = []struct {
	name string
	make func(n int, seed int64) map[string]string
}{
	{"Terraform", scale.Terraform},
	{"CloudFormation", scale.CloudFormation},
}

func TestSameSeedSameBytes(t *testing.T) {
	for _, g := range generators {
		first := g.make(1000, 42)
		if again := g.make(1000, 42); !maps.Equal(first, again) {
			t.Errorf("%s: seed 42 gave two estates", g.name)
		}
		if other := g.make(1000, 43); maps.Equal(first, other) {
			t.Errorf("%s: seeds 42 and 43 gave the same estate", g.name)
		}
	}
}

func TestBadShare(t *testing.T) {
	for _, tc := range []struct {
		name      string
		make      func(scale.Options) map[string]string
		good, bad string
	}{
		{"Terraform", scale.Options.Terraform, "storage_encrypted                   = true", "storage_encrypted                   = false"},
		{"CloudFormation", scale.Options.CloudFormation, "StorageEncrypted: true", "StorageEncrypted: false"},
	} {
		count := func(share float64) (good, bad int) {
			for _, text := range tc.make(scale.Options{Resources: 3000, Seed: 1, Bad: share}) {
				good += strings.Count(text, tc.good)
				bad += strings.Count(text, tc.bad)
			}
			return good, bad
		}
		if good, bad := count(0); good == 0 || bad != 0 {
			t.Errorf("%s, no bad settings: %d good, %d bad", tc.name, good, bad)
		}
		if good, bad := count(1); good != 0 || bad == 0 {
			t.Errorf("%s, bad settings only: %d good, %d bad", tc.name, good, bad)
		}
		if good, bad := count(0.5); good == 0 || bad == 0 {
			t.Errorf("%s, half of them bad: %d good, %d bad", tc.name, good, bad)
		}
	}
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "estate")
	files := scale.Terraform(30, 1)
	if err := scale.Write(dir, files); err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || string(got) != want {
			t.Errorf("%s: %d bytes, %v; want %d bytes", name, len(got), err, len(want))
		}
	}
	for _, name := range []string{"../escape.tf", "/etc/escape.tf", "a/../../escape.tf"} {
		if err := scale.Write(dir, map[string]string{name: ""}); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	for _, g := range generators {
		b.Run(g.name, func(b *testing.B) {
			for b.Loop() {
				g.make(10_000, 1)
			}
		})
	}
}
