package hcleval

import (
	"strings"

	"github.com/wacheck/wacheck/source"
)

// LockedVersions reads the provider versions of a dependency lock file, by
// source address: "hashicorp/aws". A file that can't be read gives none.
func LockedVersions(f *source.File) map[string]string {
	out := map[string]string{}
	for _, b := range ParseFile(f).blocks {
		if b.typ != "provider" {
			continue
		}
		addr := b.label(0)
		for _, host := range []string{"registry.terraform.io/", "registry.opentofu.org/"} {
			addr = strings.TrimPrefix(addr, host)
		}
		if v := text(b.body.attr("version")); v != "" {
			out[addr] = v
		}
	}
	return out
}
