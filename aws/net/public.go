package net

import (
	"net/netip"
	"sync"

	"go4.org/netipx"
)

// notPublicIPv4 are the IPv4 blocks from which no packet reaches AWS over the
// internet. https://www.iana.org/assignments/iana-ipv4-special-registry
var notPublicIPv4 = []string{
	"0.0.0.0/8",       // "this network", 2^24
	"10.0.0.0/8",      // private (RFC 1918), 2^24
	"100.64.0.0/10",   // carrier-grade NAT (RFC 6598), 2^22
	"127.0.0.0/8",     // loopback, 2^24
	"169.254.0.0/16",  // link-local, 2^16
	"172.16.0.0/12",   // private (RFC 1918), 2^20
	"192.0.0.0/24",    // protocol assignments, 2^8
	"192.0.2.0/24",    // documentation, 2^8
	"192.168.0.0/16",  // private (RFC 1918), 2^16
	"198.18.0.0/15",   // benchmarks, 2^17
	"198.51.100.0/24", // documentation, 2^8
	"203.0.113.0/24",  // documentation, 2^8
	"224.0.0.0/4",     // multicast, 2^28
	"240.0.0.0/4",     // reserved and broadcast, 2^28
}

// globalIPv6 is all that IANA has given out for global unicast (2^125). Whatever
// lies outside is unique-local (fc00::/7), link-local (fe80::/10), multicast
// (ff00::/8), loopback, mapped or unassigned, and is not routed.
const globalIPv6 = "2000::/3"

// notPublicIPv6 are the holes in globalIPv6.
var notPublicIPv6 = []string{
	"2001:db8::/32", // documentation (RFC 3849), 2^96
	"3fff::/20",     // documentation (RFC 9637), 2^108
}

var publicSet = sync.OnceValue(func() *netipx.IPSet {
	var b netipx.IPSetBuilder
	b.AddPrefix(netip.MustParsePrefix("0.0.0.0/0"))
	b.AddPrefix(netip.MustParsePrefix(globalIPv6))
	for _, holes := range [][]string{notPublicIPv4, notPublicIPv6} {
		for _, s := range holes {
			b.RemovePrefix(netip.MustParsePrefix(s))
		}
	}
	// All the literals are valid, and the set is usable whatever the error.
	set, _ := b.IPSet()
	return set
})

// IsPublic reports whether p holds at least one address that can be a source on
// the internet. 0.0.0.0/0 and ::/0 do, and so does a block that straddles a
// private one: 8.0.0.0/5 is public although it contains 10.0.0.0/8.
//
// Not public are, with the number of addresses: private 10.0.0.0/8 (2^24),
// 172.16.0.0/12 (2^20) and 192.168.0.0/16 (2^16); carrier-grade NAT
// 100.64.0.0/10 (2^22); loopback 127.0.0.0/8; link-local 169.254.0.0/16;
// documentation 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24; benchmarks
// 198.18.0.0/15; 0.0.0.0/8, 192.0.0.0/24; multicast 224.0.0.0/4 and reserved
// 240.0.0.0/4 (2^28 each). For IPv6, everything outside 2000::/3 (so
// unique-local, link-local, loopback, multicast) and documentation
// 2001:db8::/32 and 3fff::/20.
func IsPublic(p netip.Prefix) bool {
	return p.IsValid() && publicSet().OverlapsPrefix(p)
}
