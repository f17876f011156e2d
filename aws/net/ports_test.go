package net_test

import (
	"testing"

	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/value/tri"
)

func TestPortsOf(t *testing.T) {
	known, none, unknown := awsnet.KnownBound, awsnet.NoBound(), awsnet.UnknownBound()
	for _, tc := range []struct {
		name     string
		protocol awsnet.Protocol
		from, to awsnet.Bound
		want     string
	}{
		{"one port", awsnet.TCP, known(22), known(22), "22"},
		{"a range", awsnet.UDP, known(80), known(90), "80-90"},
		{"Terraform's 0-0 is port 0 with tcp", awsnet.TCP, known(0), known(0), "0"},
		{"and everything with -1", awsnet.AllProtocols, known(0), known(0), "0-65535"},
		{"a range is ignored with -1", awsnet.AllProtocols, known(22), known(22), "0-65535"},
		{"even an unknown one", awsnet.AllProtocols, unknown, none, "0-65535"},
		{"esp has no ports to restrict", 50, known(22), known(22), "0-65535"},
		{"icmp types are no ports", awsnet.ICMP, known(8), known(0), "none"},
		{"all icmp types are no ports", awsnet.ICMP, known(-1), known(-1), "none"},
		{"icmpv6 types are no ports", awsnet.ICMPv6, unknown, unknown, "none"},
		{"unknown protocol", awsnet.UnknownProtocol, known(22), known(22), "unknown"},
		{"unknown end", awsnet.TCP, known(1024), unknown, "perhaps 1024-65535"},
		{"unknown start", awsnet.TCP, unknown, known(1023), "perhaps 0-1023"},
		{"unknown range", awsnet.TCP, unknown, unknown, "unknown"},
		{"from 0 on", awsnet.TCP, known(0), unknown, "unknown"},
		{"reversed is refused", awsnet.TCP, known(443), known(80), "none"},
		{"-1 is no port", awsnet.TCP, known(-1), known(-1), "none"},
		{"70000 is no port", awsnet.TCP, known(0), known(70000), "none"},
		{"70000 and unknown", awsnet.TCP, known(70000), unknown, "none"},
		{"absent is refused", awsnet.TCP, none, none, "none"},
		{"half absent is refused", awsnet.TCP, none, unknown, "none"},
	} {
		if got := awsnet.PortsOf(tc.protocol, tc.from, tc.to).String(); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestRefused(t *testing.T) {
	known, none, unknown := awsnet.KnownBound, awsnet.NoBound(), awsnet.UnknownBound()
	for _, tc := range []struct {
		protocol awsnet.Protocol
		from, to awsnet.Bound
		want     tri.Bool
	}{
		{awsnet.TCP, known(80), known(443), tri.False},
		{awsnet.TCP, known(443), known(80), tri.True},
		{awsnet.TCP, known(443), unknown, tri.Unknown},
		{awsnet.TCP, none, unknown, tri.True},
		{awsnet.AllProtocols, none, none, tri.False},
		{awsnet.ICMP, known(8), known(0), tri.False},
		{awsnet.UnknownProtocol, known(443), known(80), tri.Unknown},
		{awsnet.UnknownProtocol, known(80), known(443), tri.False},
	} {
		if got := awsnet.Refused(tc.protocol, tc.from, tc.to); got != tc.want {
			t.Errorf("Refused(%v, %v, %v) = %v, want %v", tc.protocol, tc.from, tc.to, got, tc.want)
		}
	}
}

func TestTraffic(t *testing.T) {
	known, unknown := awsnet.KnownBound, awsnet.UnknownBound()
	ssh := awsnet.Traffic{Protocol: awsnet.TCP, From: known(22), To: known(22)}
	all := awsnet.Traffic{Protocol: awsnet.AllProtocols}
	gre := awsnet.Traffic{Protocol: 47, From: known(22), To: known(22)}
	ping := awsnet.Traffic{Protocol: awsnet.ICMP, From: known(8), To: known(0)}
	icmp := awsnet.Traffic{Protocol: awsnet.ICMP, From: known(-1), To: known(-1)}
	icmp6 := awsnet.Traffic{Protocol: awsnet.ICMPv6, From: awsnet.NoBound(), To: awsnet.NoBound()}
	dark := awsnet.Traffic{Protocol: awsnet.UnknownProtocol, From: known(8), To: known(8)}
	web := awsnet.NewPortSet(awsnet.PortRange{From: 80, To: 443})
	for _, tc := range []struct {
		name      string
		got, want tri.Bool
	}{
		{"ssh on 22", ssh.Allows(awsnet.TCP, 22), tri.True},
		{"ssh on 23", ssh.Allows(awsnet.TCP, 23), tri.False},
		{"ssh over udp", ssh.Allows(awsnet.UDP, 22), tri.False},
		{"all on udp 53", all.Allows(awsnet.UDP, 53), tri.True},
		{"all is everything", all.IsEverything(), tri.True},
		{"ssh is not everything", ssh.IsEverything(), tri.False},
		{"unknown is perhaps everything", dark.IsEverything(), tri.Unknown},
		{"unknown protocol on its port", dark.Allows(awsnet.TCP, 8), tri.Unknown},
		{"unknown protocol on another", dark.Allows(awsnet.TCP, 22), tri.Unknown},
		{"gre gives no tcp", gre.Allows(awsnet.TCP, 22), tri.False},
		{"icmp gives no tcp", icmp.Allows(awsnet.TCP, 22), tri.False},
		{"ssh within web", ssh.AllowsAny(awsnet.TCP, web), tri.False},
		{"tcp from 100 within web", awsnet.Traffic{Protocol: awsnet.TCP, From: known(100), To: unknown}.AllowsAny(awsnet.TCP, web), tri.Unknown},
		{"tcp from 100 is not all web", awsnet.Traffic{Protocol: awsnet.TCP, From: known(100), To: unknown}.AllowsAll(awsnet.TCP, web), tri.False},
		{"all is all web", all.AllowsAll(awsnet.TCP, web), tri.True},
		{"ping is one type", ping.AllICMP(awsnet.ICMP), tri.False},
		{"-1 is every type", icmp.AllICMP(awsnet.ICMP), tri.True},
		{"of its own family", icmp.AllICMP(awsnet.ICMPv6), tri.False},
		{"icmpv6 without a type", icmp6.AllICMP(awsnet.ICMPv6), tri.True},
		{"icmp without a type", awsnet.Traffic{Protocol: awsnet.ICMP, From: awsnet.NoBound()}.AllICMP(awsnet.ICMP), tri.False},
		{"all has all icmp", all.AllICMP(awsnet.ICMPv6), tri.True},
		{"unknown type", awsnet.Traffic{Protocol: awsnet.ICMP}.AllICMP(awsnet.ICMP), tri.Unknown},
		{"unknown protocol, one type", dark.AllICMP(awsnet.ICMP), tri.Unknown},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, tc.got, tc.want)
		}
	}
}

// TestMonotone blanks every part of many rules, alone and together: an answer
// may become unknown, never the opposite.
func TestMonotone(t *testing.T) {
	protocols := []awsnet.Protocol{awsnet.AllProtocols, awsnet.ICMP, awsnet.TCP, awsnet.UDP, awsnet.ICMPv6, 0, 47, awsnet.UnknownProtocol}
	bounds := []awsnet.Bound{awsnet.NoBound(), awsnet.UnknownBound()}
	for _, n := range []int{-1, 0, 1, 22, 80, 65535, 65536} {
		bounds = append(bounds, awsnet.KnownBound(n))
	}
	for _, p := range protocols {
		for _, from := range bounds {
			for _, to := range bounds {
				full := awsnet.Traffic{Protocol: p, From: from, To: to}
				for blank := 1; blank < 8; blank++ {
					less := full
					if blank&1 != 0 {
						less.Protocol = awsnet.UnknownProtocol
					}
					if blank&2 != 0 {
						less.From = awsnet.UnknownBound()
					}
					if blank&4 != 0 {
						less.To = awsnet.UnknownBound()
					}
					compareAnswers(t, full, less)
				}
			}
		}
	}
}

func compareAnswers(t *testing.T, full, less awsnet.Traffic) {
	t.Helper()
	before, after := answers(full), answers(less)
	for i := range before {
		if after[i] != tri.Unknown && after[i] != before[i] {
			t.Errorf("%+v: answer %d is %v, of the blanked %+v %v", full, i, before[i], less, after[i])
		}
	}
}

func answers(r awsnet.Traffic) []tri.Bool {
	out := []tri.Bool{
		r.IsEverything(), r.AllICMP(awsnet.ICMP), r.AllICMP(awsnet.ICMPv6),
		r.Protocol.HasPorts(), r.Protocol.IsICMP(), awsnet.Refused(r.Protocol, r.From, r.To),
	}
	web := awsnet.NewPortSet(awsnet.PortRange{From: 21, To: 80})
	for _, p := range []awsnet.Protocol{awsnet.TCP, awsnet.UDP, awsnet.ICMP, awsnet.AllProtocols} {
		out = append(out, r.AllowsAny(p, web), r.AllowsAll(p, web))
		for _, port := range []int{0, 1, 21, 22, 23, 80, 65535} {
			out = append(out, r.Allows(p, port))
		}
	}
	return out
}

func TestPortsAlgebra(t *testing.T) {
	ssh, web := awsnet.SinglePorts(22), awsnet.SinglePorts(80, 443)
	half := awsnet.PortsBetween(ssh, ssh.Union(web))
	for _, tc := range []struct {
		got  awsnet.Ports
		want string
	}{
		{half, "22, perhaps 80, 443"},
		{half.Union(awsnet.KnownPorts(web)), "22, 80, 443"},
		{half.Intersect(awsnet.KnownPorts(web)), "perhaps 80, 443"},
		{half.Intersect(awsnet.KnownPorts(ssh)), "22"},
		{awsnet.Ports{}, "unknown"},
		{awsnet.Ports{}.Union(awsnet.KnownPorts(awsnet.AllPorts())), "0-65535"},
		{awsnet.Ports{}.Intersect(awsnet.KnownPorts(awsnet.PortSet{})), "none"},
		{awsnet.PortsBetween(web, ssh), "80, 443, perhaps 22"},
	} {
		if got := tc.got.String(); got != tc.want {
			t.Errorf("String() = %q, want %q", got, tc.want)
		}
	}
	if half.Covers(22) != tri.True || half.Covers(80) != tri.Unknown || half.Covers(81) != tri.False {
		t.Errorf("%v covers 22: %v, 80: %v, 81: %v", half, half.Covers(22), half.Covers(80), half.Covers(81))
	}
	if !half.Equal(awsnet.PortsBetween(ssh, web)) || half.Equal(awsnet.KnownPorts(ssh)) {
		t.Error("Equal compares by what is known")
	}
}
