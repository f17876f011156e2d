package cli

import (
	"io"
	"net/netip"
	"strings"

	"github.com/wacheck/wacheck/internal/estate"
	"github.com/wacheck/wacheck/source"
)

// space is a stretch of the address space with the blocks in it.
type space struct {
	of     netip.Prefix
	title  string
	blocks []estate.Block
}

// spaces sorts the blocks into the private ranges (RFC 1918) and the rest.
func spaces(blocks []estate.Block) []space {
	var out []space
	for _, of := range [][2]string{{"10.0.0.0/8", "10.0.0.0/8"}, {"172.16.0.0/12", "172.16.0.0/12"}, {"192.168.0.0/16", "192.168.0.0/16"}, {"0.0.0.0/0", "outside the private ranges"}} {
		s := space{of: netip.MustParsePrefix(of[0]), title: of[1]}
		for _, b := range blocks {
			if s.of.Contains(b.Prefix.Addr()) && !inSpace(out, b) {
				s.blocks = append(s.blocks, b)
			}
		}
		if len(s.blocks) > 0 {
			out = append(out, s)
		}
	}
	return out
}

func inSpace(list []space, b estate.Block) bool {
	for _, s := range list {
		if s.of.Contains(b.Prefix.Addr()) {
			return true
		}
	}
	return false
}

// writeSpace draws each block as its part of the range that all of them span.
func writeSpace(w io.Writer, s space) {
	const width = 40
	low, high := span(s.blocks)
	say(w, "  %s (drawn: %s to %s)\n", s.title, addr(low), addr(high-1))
	for _, b := range s.blocks {
		from, to := bounds(b.Prefix)
		left := int((from - low) * width / (high - low))
		right := max(left+1, int((to-low)*width/(high-low)))
		bar := strings.Repeat("·", left) + strings.Repeat("█", right-left) + strings.Repeat("·", width-right)
		say(w, "    %s  %-18s %-14s %s", bar, b.Prefix, b.Environment, source.Printable(b.Address))
		if len(b.Overlaps) > 0 {
			say(w, "  overlaps with %s", source.Printable(shortList(b.Overlaps)))
		}
		say(w, "\n")
	}
}

func span(blocks []estate.Block) (low, high uint64) {
	low, high = bounds(blocks[0].Prefix)
	for _, b := range blocks[1:] {
		from, to := bounds(b.Prefix)
		low, high = min(low, from), max(high, to)
	}
	return low, high
}

// bounds are the first address of an IPv4 prefix and the one behind the last.
func bounds(p netip.Prefix) (from, to uint64) {
	a := p.Masked().Addr().As4()
	from = uint64(a[0])<<24 | uint64(a[1])<<16 | uint64(a[2])<<8 | uint64(a[3])
	return from, from + 1<<(32-p.Bits())
}

func addr(n uint64) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}
