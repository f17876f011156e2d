package net

import (
	"github.com/wacheck/wacheck/value/tri"
)

// Bound is the lower or upper end of a range of ports as it is written. The
// zero value is unknown.
type Bound struct {
	n     int
	known tri.Bool // False: absent
}

// KnownBound is a bound that is written as n, which may be -1.
func KnownBound(n int) Bound { return Bound{n: n, known: tri.True} }

// NoBound is a bound that is known to be left out (or null).
func NoBound() Bound { return Bound{known: tri.False} }

// UnknownBound is a bound that cannot be told.
func UnknownBound() Bound { return Bound{} }

// Ports is a set of ports of which membership may be undecided. It is
// immutable; of the zero value nothing is known.
type Ports struct {
	certain PortSet
	never   PortSet
}

// KnownPorts returns the Ports that are exactly s.
func KnownPorts(s PortSet) Ports { return Ports{certain: s, never: s.Complement()} }

// PortsBetween returns Ports of which all certain ones are in, no other than the
// possible ones may be in, and the rest is undecided. Certain ports count as
// possible.
func PortsBetween(certain, possible PortSet) Ports {
	return Ports{certain: certain, never: possible.Union(certain).Complement()}
}

// PortsOf returns the ports that an EC2 rule (security group or network ACL)
// with this protocol and range admits, following
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html:
//
//   - TCP and UDP: from..to. In Terraform 0-0 is port 0 and nothing else; it
//     means "all" only together with protocol -1.
//   - all protocols, and any protocol that EC2 knows no ports of: every port,
//     whatever the range says.
//   - ICMP and ICMPv6: none, because the range is a type and a code. See
//     [Traffic.AllICMP].
//   - unknown protocol: nothing is known.
//
// A range that EC2 refuses (from above to, outside 0 to 65535, a bound left
// out) admits no port, since it can never be deployed; Refused tells.
//
// A known bound next to an unknown one makes no port certain, not even the bound
// itself: the other may turn out to make the range one that EC2 refuses, and an
// answer may not flip when that becomes known. It does rule ports out: from 1024
// on never admits 22.
func PortsOf(p Protocol, from, to Bound) Ports {
	switch p.HasPorts() {
	case tri.Unknown:
		return Ports{}
	case tri.False:
		if p.IsICMP() == tri.True {
			return KnownPorts(PortSet{})
		}
		return KnownPorts(AllPorts())
	case tri.True:
	}
	if Refused(p, from, to) == tri.True {
		return KnownPorts(PortSet{})
	}
	widest := PortRange{0, MaxPort}
	if from.known == tri.True {
		widest.From = from.n
	}
	if to.known == tri.True {
		widest.To = to.n
	}
	if tri.And(from.known, to.known) == tri.True {
		return KnownPorts(NewPortSet(widest))
	}
	return PortsBetween(PortSet{}, NewPortSet(widest))
}

// Refused reports whether EC2 turns down a range with this protocol. Where EC2
// ignores the range, or reads it as an ICMP type, it never does as far as is
// judged here.
func Refused(p Protocol, from, to Bound) tri.Bool {
	return tri.And(p.HasPorts(), tri.Or(from.refused(), to.refused(), reversed(from, to)))
}

func (b Bound) refused() tri.Bool {
	switch b.known {
	case tri.True:
		return tri.Of(b.n < 0 || b.n > MaxPort)
	case tri.False:
		return tri.True
	case tri.Unknown:
	}
	return tri.Unknown
}

// reversed looks at numbers alone: an absent bound is refused anyway.
func reversed(from, to Bound) tri.Bool {
	if from.known != tri.True || to.known != tri.True {
		return tri.Unknown
	}
	return tri.Of(from.n > to.n)
}

// Certain returns the ports that are in for sure.
func (s Ports) Certain() PortSet { return s.certain }

// Possible returns the ports that are in or may be.
func (s Ports) Possible() PortSet { return s.never.Complement() }

// Covers reports whether port is in s. A number that is no port is in none.
func (s Ports) Covers(port int) tri.Bool {
	return decide(s.certain.Contains(port), s.Possible().Contains(port))
}

// CoversAll reports whether every port of t is in s.
func (s Ports) CoversAll(t PortSet) tri.Bool {
	return decide(s.certain.Covers(t), s.Possible().Covers(t))
}

// CoversAny reports whether some port of t is in s.
func (s Ports) CoversAny(t PortSet) tri.Bool {
	return decide(s.certain.Overlaps(t), s.Possible().Overlaps(t))
}

// Union returns the ports that are in s or in t.
func (s Ports) Union(t Ports) Ports {
	return Ports{certain: s.certain.Union(t.certain), never: s.never.Intersect(t.never)}
}

// Intersect returns the ports that are in both.
func (s Ports) Intersect(t Ports) Ports {
	return Ports{certain: s.certain.Intersect(t.certain), never: s.never.Union(t.never)}
}

// Equal reports whether as much is known of both.
func (s Ports) Equal(t Ports) bool { return s.certain.Equal(t.certain) && s.never.Equal(t.never) }

// String returns "22, 80-90" if all is known, "22, perhaps 80-90" if not, and
// "unknown" if nothing is.
func (s Ports) String() string {
	perhaps := s.Possible().Intersect(s.certain.Complement())
	switch {
	case perhaps.IsEmpty():
		return s.certain.String()
	case perhaps.Equal(AllPorts()):
		return "unknown"
	case s.certain.IsEmpty():
		return "perhaps " + perhaps.String()
	}
	return s.certain.String() + ", perhaps " + perhaps.String()
}
