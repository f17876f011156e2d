package net

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wacheck/wacheck/value/tri"
)

// Protocol is an IANA protocol number (0 to 255), AllProtocols or
// UnknownProtocol. The zero value is protocol number 0 (HOPOPT), not "unknown".
type Protocol int

const (
	// UnknownProtocol stands for a protocol that the files do not tell.
	UnknownProtocol Protocol = -2
	// AllProtocols is "-1", every protocol and every port.
	AllProtocols Protocol = -1
	// ICMP is number 1.
	ICMP Protocol = 1
	// TCP is number 6.
	TCP Protocol = 6
	// UDP is number 17.
	UDP Protocol = 17
	// ICMPv6 is number 58.
	ICMPv6 Protocol = 58
)

// maxProtocol is the largest number that the IP header can hold.
const maxProtocol = 255

// protocolNames are the names that EC2 and Terraform's network ACLs take.
// https://www.iana.org/assignments/protocol-numbers
var protocolNames = map[string]Protocol{
	"-1": AllProtocols, "all": AllProtocols,
	"icmp": ICMP, "tcp": TCP, "udp": UDP,
	"icmpv6": ICMPv6, "ipv6-icmp": ICMPv6, "icmp6": ICMPv6,
	"hopopt": 0, "igmp": 2, "ipv4": 4, "ipip": 4, "egp": 8, "igp": 9, "dccp": 33, "ipv6": 41,
	"rsvp": 46, "gre": 47, "esp": 50, "ah": 51, "eigrp": 88, "ospf": 89, "pim": 103, "vrrp": 112,
	"l2tp": 115, "sctp": 132, "udplite": 136,
}

// ParseProtocol reads a protocol as security groups and network ACLs take it: a
// name in any case ("tcp", "ICMPv6", "all") or a number ("6", "-1"). On an error
// it returns UnknownProtocol.
func ParseProtocol(s string) (Protocol, error) {
	text := strings.ToLower(strings.Trim(s, " \t"))
	if p, ok := protocolNames[text]; ok {
		return p, nil
	}
	if n, ok := parseDigits(text, maxProtocol); ok {
		return Protocol(n), nil
	}
	return UnknownProtocol, fmt.Errorf("protocol %q: neither a known name, -1, nor a number up to %d", s, maxProtocol)
}

// ProtocolNumber is ParseProtocol for a value that is a number already.
func ProtocolNumber(n int) (Protocol, error) {
	if n < int(AllProtocols) || n > maxProtocol {
		return UnknownProtocol, fmt.Errorf("protocol %d: not within -1 to %d", n, maxProtocol)
	}
	return Protocol(n), nil
}

// Includes reports whether whoever admits p admits q as well. Only AllProtocols
// includes AllProtocols.
func (p Protocol) Includes(q Protocol) tri.Bool {
	switch {
	case p == AllProtocols:
		return tri.True
	case p == UnknownProtocol || q == UnknownProtocol:
		return tri.Unknown
	}
	return tri.Of(p == q)
}

// HasPorts reports whether EC2 heeds a range of ports with p. Besides TCP and
// UDP it does so for none: with ICMP the range is a type and a code, with any
// other protocol it is ignored.
func (p Protocol) HasPorts() tri.Bool {
	if p == UnknownProtocol {
		return tri.Unknown
	}
	return tri.Of(p == TCP || p == UDP)
}

// IsICMP reports whether p is ICMP or ICMPv6, whose "ports" are a type (from)
// and a code (to).
func (p Protocol) IsICMP() tri.Bool {
	if p == UnknownProtocol {
		return tri.Unknown
	}
	return tri.Of(p == ICMP || p == ICMPv6)
}

// String returns "tcp", "all", "unknown" or the like, else "protocol 47".
func (p Protocol) String() string {
	switch p {
	case UnknownProtocol:
		return "unknown"
	case AllProtocols:
		return "all"
	case ICMP:
		return "icmp"
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case ICMPv6:
		return "icmpv6"
	}
	return "protocol " + strconv.Itoa(int(p))
}
