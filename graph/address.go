package graph

import (
	"math/bits"
	"strings"
)

// index is where an address has an index, brackets included.
type index struct{ from, to int }

// indices finds the indices of an address: those of "module.m[\"a[b\"].t.n[0]"
// are ["a[b"] and [0].
func indices(addr string) []index {
	var out []index
	for at := 0; ; {
		open := strings.IndexByte(addr[at:], '[')
		if open < 0 {
			return out
		}
		i := index{at + open, closing(addr, at+open)}
		out = append(out, i)
		at = i.to
	}
}

// closing returns the offset behind the bracket that closes the one at open; a
// quoted key may hold brackets.
func closing(addr string, open int) int {
	quoted := false
	for i := open; i < len(addr); i++ {
		switch {
		case addr[i] == '\\' && quoted:
			i++
		case addr[i] == '"':
			quoted = !quoted
		case addr[i] == ']' && !quoted:
			return i + 1
		}
	}
	return len(addr)
}

// Block is an address without any index: that of the block of which a node is
// an instance, whether made by its own count or that of a module around it.
func Block(addr string) string {
	var b strings.Builder
	at := 0
	for _, x := range indices(addr) {
		b.WriteString(addr[at:x.from])
		at = x.to
	}
	b.WriteString(addr[at:])
	return b.String()
}

// blockOf is the address without the index at its end; false if there is none.
func blockOf(addr string) (string, bool) {
	all := indices(addr)
	if len(all) == 0 || all[len(all)-1].to != len(addr) {
		return addr, false
	}
	return addr[:all[len(all)-1].from], true
}

// maxIndices bounds the indices of an address for which every way to replace
// some of them is tried.
const maxIndices = 6

// symbolic returns the addresses of which one may stand for an instance: those
// with some indices replaced by [*], first the ones with fewer replaced.
func symbolic(addr string) []string {
	all := indices(addr)
	if len(all) == 0 {
		return nil
	}
	every := 1<<len(all) - 1
	if len(all) > maxIndices {
		return []string{starred(addr, all, every)}
	}
	var out []string
	for n := 1; n <= len(all); n++ {
		for mask := 1; mask <= every; mask++ {
			if bits.OnesCount(uint(mask)) == n {
				out = append(out, starred(addr, all, mask))
			}
		}
	}
	return out
}

// starred replaces the indices whose bits are set.
func starred(addr string, all []index, mask int) string {
	var b strings.Builder
	at := 0
	for i, x := range all {
		b.WriteString(addr[at:x.from])
		if mask&(1<<i) != 0 {
			b.WriteString("[*]")
		} else {
			b.WriteString(addr[x.from:x.to])
		}
		at = x.to
	}
	b.WriteString(addr[at:])
	return b.String()
}
