package terraform

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// writeInstances writes a module with one resource that is called so many times,
// and a resource that has as many instances and refers to these.
func writeInstances(tb testing.TB, dir string, n int) {
	tb.Helper()
	for name, content := range map[string]string{
		"main.tf": fmt.Sprintf(`
locals {
  names = toset(flatten([for i in range(%d) : [for j in range(1000) : "db-${i}-${j}"]]))
}

module "db" {
  source   = "./db"
  for_each = local.names
  name     = each.key
  tags     = { Team = "core", Name = each.key }
}

resource "aws_security_group_rule" "db" {
  for_each          = local.names
  type              = "ingress"
  from_port         = 0
  to_port           = 65535
  protocol          = "tcp"
  cidr_blocks       = ["10.0.0.0/8"]
  security_group_id = module.db[each.key].group
}
`, n/1000),
		"db/main.tf": `
variable "name" {}
variable "tags" { type = map(string) }

resource "aws_security_group" "this" {
  name = var.name
  tags = var.tags
}

output "group" { value = aws_security_group.this.id }
`} {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
}

// loadInstances evaluates what writeInstances has written.
func loadInstances(tb testing.TB, dir string, n int) {
	tb.Helper()
	tree, err := source.NewTree(dir)
	if err != nil {
		tb.Fatal(err)
	}
	res, err := Load(context.Background(), Options{Tree: tree, Files: source.NewFileSet(), Origins: value.NewOrigins(),
		Dirs: []string{".", "db"}, ScanRoots: []string{"."}})
	if err != nil {
		tb.Fatal(err)
	}
	if len(res.Parts) != 1 || len(res.Parts[0].Nodes) != 2*n {
		tb.Fatalf("%d nodes, want %d", len(res.Parts[0].Nodes), 2*n)
	}
}

func BenchmarkInstances(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := b.TempDir()
			writeInstances(b, dir, n)
			b.ReportAllocs()
			for b.Loop() {
				loadInstances(b, dir, n)
			}
		})
	}
}

// TestInstancesAreLinear compares what is allocated, which tells of hidden loops
// as time does, and is the same on a busy machine.
func TestInstancesAreLinear(t *testing.T) {
	allocated := func(n int) uint64 {
		dir := t.TempDir()
		writeInstances(t, dir, n)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		loadInstances(t, dir, n)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	few, many := allocated(1_000), allocated(10_000)
	if many > 12*few {
		t.Errorf("10,000 instances take %d bytes, %.1f times what 1,000 take", many, float64(many)/float64(few))
	}
}
