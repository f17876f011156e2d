package scale_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/internal/scale"
)

func TestNetworkCounts(t *testing.T) {
	n := scale.Network{VPCs: 3, Subnets: 12, Groups: 7, Seed: 1}
	files := n.Terraform()
	got := 0
	for _, text := range files {
		got += strings.Count("\n"+text, "\nresource ")
	}
	if got != n.Resources() || len(files) != 3 {
		t.Errorf("%d resources in %d files, want %d in 3", got, len(files), n.Resources())
	}
	if !maps.Equal(files, n.Terraform()) {
		t.Error("the same options make different bytes")
	}
}
