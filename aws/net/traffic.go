package net

import (
	"github.com/wacheck/wacheck/value/tri"
)

// Traffic is what one rule of a security group or network ACL admits: a
// protocol and a range, which is of ports or an ICMP type and code.
type Traffic struct {
	// Protocol is the rule's protocol.
	Protocol Protocol
	// From is the lowest port or, with ICMP, the type.
	From Bound
	// To is the highest port or, with ICMP, the code.
	To Bound
}

// Ports returns the ports that are admitted with the rule's own protocol.
func (t Traffic) Ports() Ports { return PortsOf(t.Protocol, t.From, t.To) }

// Allows reports whether protocol p is admitted on port.
func (t Traffic) Allows(p Protocol, port int) tri.Bool {
	return tri.And(t.Protocol.Includes(p), t.Ports().Covers(port))
}

// AllowsAny reports whether protocol p is admitted on some of the ports.
func (t Traffic) AllowsAny(p Protocol, ports PortSet) tri.Bool {
	return tri.And(t.Protocol.Includes(p), t.Ports().CoversAny(ports))
}

// AllowsAll reports whether protocol p is admitted on each of the ports.
func (t Traffic) AllowsAll(p Protocol, ports PortSet) tri.Bool {
	return tri.And(t.Protocol.Includes(p), t.Ports().CoversAll(ports))
}

// IsEverything reports whether all protocols are admitted, and so all ports.
func (t Traffic) IsEverything() tri.Bool { return t.Protocol.Includes(AllProtocols) }

// AllICMP reports whether every type of ICMP message of the given family (ICMP
// or ICMPv6) is admitted. A type of -1 does that, and for ICMPv6 leaving the
// type out as well; ICMP without a type is refused by EC2 and admits nothing.
func (t Traffic) AllICMP(family Protocol) tri.Bool {
	return tri.And(family.IsICMP(), t.Protocol.Includes(family), t.everyType())
}

func (t Traffic) everyType() tri.Bool {
	switch t.Protocol {
	case AllProtocols:
		return tri.True
	case UnknownProtocol:
		return tri.Unknown // the range may be ignored, or mean ports
	case TCP, UDP, ICMP, ICMPv6:
	}
	switch t.From.known {
	case tri.True:
		return tri.Of(t.From.n == -1)
	case tri.False:
		return tri.Of(t.Protocol == ICMPv6)
	case tri.Unknown:
	}
	return tri.Unknown
}

// String returns "tcp 22", "all", "udp unknown", "icmp" and the like.
func (t Traffic) String() string {
	if t.Protocol.HasPorts() == tri.True {
		return t.Protocol.String() + " " + t.Ports().String()
	}
	return t.Protocol.String()
}
