package net

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

var (
	errNoLength   = errors.New("no /length")
	errBadLength  = errors.New("the length is not a number that fits the address family")
	errZone       = errors.New("a zone (%) is not allowed")
	errBadAddress = errors.New("not an IP address")
)

// ParsePrefix reads a CIDR block in any of the spellings that deploy:
//
//   - host bits are cleared: "10.1.2.3/8" is 10.0.0.0/8 and "1.2.3.4/0" is
//     everything, which is what EC2 makes of them;
//   - IPv6 may be written in full or shortened: "0:0:0:0:0:0:0:0/0" is ::/0;
//   - leading zeros are decimal, never octal: "010.0.0.0/08" is 10.0.0.0/8, as
//     in Terraform's cidrsubnet;
//   - an IPv4 block mapped into IPv6 ("::ffff:10.0.0.0/104") is the IPv4 block;
//   - blanks and tabs around the text are dropped. AWS refuses them in most
//     places, yet lists split at commas are full of them, and reading
//     " 0.0.0.0/0" as "no prefix" would hide an open door.
//
// The result is masked and valid. A bare address is an error: see ParseSource.
func ParsePrefix(s string) (netip.Prefix, error) {
	text := strings.Trim(s, " \t")
	host, length, found := strings.Cut(text, "/")
	if !found {
		return netip.Prefix{}, prefixError(s, errNoLength)
	}
	addr, err := parseAddr(host)
	if err != nil {
		return netip.Prefix{}, prefixError(s, err)
	}
	bits, ok := parseDigits(length, addr.BitLen())
	if !ok {
		return netip.Prefix{}, prefixError(s, errBadLength)
	}
	return unmap(netip.PrefixFrom(addr, bits).Masked()), nil
}

// ParseSource is ParsePrefix for places where AWS also takes a bare address
// (IAM's aws:SourceIp, WAF address sets): an address is its own /32 or /128, and
// bare reports that the text had no length.
func ParseSource(s string) (p netip.Prefix, bare bool, err error) {
	if strings.Contains(s, "/") {
		p, err = ParsePrefix(s)
		return p, false, err
	}
	addr, err := parseAddr(strings.Trim(s, " \t"))
	if err != nil {
		return netip.Prefix{}, false, prefixError(s, err)
	}
	return unmap(netip.PrefixFrom(addr, addr.BitLen())), true, nil
}

func prefixError(s string, err error) error {
	const longest = 64 // what a report can show; a prefix needs 43
	if len(s) > longest {
		s = s[:longest] + "…"
	}
	return fmt.Errorf("prefix %q: %w", s, err)
}

func parseAddr(s string) (netip.Addr, error) {
	if !strings.Contains(s, ":") {
		return parseIPv4(s)
	}
	addr, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}, errBadAddress
	}
	if addr.Zone() != "" {
		return netip.Addr{}, errZone
	}
	return addr, nil
}

// parseIPv4 is not netip.ParseAddr because that refuses leading zeros.
func parseIPv4(s string) (netip.Addr, error) {
	var octets [4]byte
	for i := range octets {
		part, rest, more := strings.Cut(s, ".")
		n, ok := parseDigits(part, 255)
		if !ok || more != (i < len(octets)-1) {
			return netip.Addr{}, errBadAddress
		}
		octets[i], s = byte(n), rest
	}
	return netip.AddrFrom4(octets), nil
}

// parseDigits reads an unsigned decimal number of any width up to limit.
func parseDigits(s string, limit int) (int, bool) {
	if s == "" {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
		if n > limit {
			return 0, false
		}
	}
	return n, true
}

// mappedBits is the length of ::ffff:0:0/96, under which IPv4 is mapped.
const mappedBits = 96

func unmap(p netip.Prefix) netip.Prefix {
	if p.Bits() >= mappedBits && p.Addr().Is4In6() {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-mappedBits)
	}
	return p
}

// IsAll reports whether p is every address of its family: 0.0.0.0/0 or ::/0.
func IsAll(p netip.Prefix) bool { return p.IsValid() && p.Bits() == 0 }

// Size returns the base-2 logarithm of the number of addresses in p: 8 for an
// IPv4 /24 (256 addresses), 0 for a single address, 128 for ::/0. It returns -1
// for an invalid prefix.
func Size(p netip.Prefix) int {
	if !p.IsValid() {
		return -1
	}
	return p.Addr().BitLen() - p.Bits()
}

// Overlap reports whether a and b have an address in common. Prefixes of
// different families, and invalid ones, never do.
func Overlap(a, b netip.Prefix) bool {
	_, ok := Common(a, b)
	return ok
}

// Common returns the addresses that a and b share. Two prefixes are either
// nested or disjoint, so this is the narrower of both, masked.
func Common(a, b netip.Prefix) (netip.Prefix, bool) {
	if !a.Overlaps(b) {
		return netip.Prefix{}, false
	}
	if a.Bits() < b.Bits() {
		a = b
	}
	return a.Masked(), true
}
