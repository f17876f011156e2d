package hcleval

import (
	"strings"
)

// IsOverride reports whether a file is merged over the others.
func IsOverride(path string) bool {
	name := path[strings.LastIndexByte(path, '/')+1:]
	for _, ext := range []string{".json", ".tf", ".tofu"} {
		name = strings.TrimSuffix(name, ext)
	}
	return name == "override" || strings.HasSuffix(name, "_override")
}

// overrideBlocks puts the blocks of an override file over those there. One
// that overrides nothing, which Terraform refuses, is added.
func overrideBlocks(blocks, over []*block) []*block {
	for _, o := range over {
		i := 0
		for i < len(blocks) && !sameBlock(blocks[i], o) {
			i++
		}
		if i == len(blocks) || o.typ == "moved" || o.typ == "import" || o.typ == "removed" {
			blocks = append(blocks, o)
			continue
		}
		merged := *blocks[i]
		merged.body = merged.body.override(o.body)
		blocks = append([]*block(nil), blocks...)
		blocks[i] = &merged
	}
	return blocks
}

func sameBlock(a, b *block) bool {
	if a.typ != b.typ || strings.Join(a.labels, "\x00") != strings.Join(b.labels, "\x00") {
		return false
	}
	if a.typ == "locals" {
		for _, it := range b.body.items {
			if a.body.index[it.name] != nil {
				return true
			}
		}
		return false
	}
	return a.typ != "provider" || text(a.body.attr("alias")) == text(b.body.attr("alias"))
}
