package net_test

import (
	"testing"

	awsnet "github.com/wacheck/wacheck/aws/net"
	"github.com/wacheck/wacheck/value/tri"
)

func TestParseProtocol(t *testing.T) {
	for in, want := range map[string]awsnet.Protocol{
		"tcp": awsnet.TCP, "TCP": awsnet.TCP, "6": awsnet.TCP, "06": awsnet.TCP,
		"udp": awsnet.UDP, "17": awsnet.UDP, "icmp": awsnet.ICMP, "1": awsnet.ICMP,
		"icmpv6": awsnet.ICMPv6, "ICMPv6": awsnet.ICMPv6, "58": awsnet.ICMPv6,
		"-1": awsnet.AllProtocols, "all": awsnet.AllProtocols, "ALL": awsnet.AllProtocols,
		" tcp ": awsnet.TCP, //nolint:gocritic // the spaces are what is tested
		"esp":   50, "ah": 51, "gre": 47, "47": 47, "0": 0, "255": 255,
	} {
		if got, err := awsnet.ParseProtocol(in); err != nil || got != want {
			t.Errorf("ParseProtocol(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "-2", "256", "+6", "6.0", "http", "tcp/udp", "0x6"} {
		if got, err := awsnet.ParseProtocol(in); err == nil || got != awsnet.UnknownProtocol {
			t.Errorf("ParseProtocol(%q) = %v, %v; want an error", in, got, err)
		}
	}
}

func TestProtocolNumber(t *testing.T) {
	for _, n := range []int{-1, 0, 6, 255} {
		if p, err := awsnet.ProtocolNumber(n); err != nil || int(p) != n {
			t.Errorf("ProtocolNumber(%d) = %v, %v", n, p, err)
		}
	}
	for _, n := range []int{-2, 256} {
		if p, err := awsnet.ProtocolNumber(n); err == nil || p != awsnet.UnknownProtocol {
			t.Errorf("ProtocolNumber(%d) = %v, want an error", n, p)
		}
	}
}

func TestProtocolIncludes(t *testing.T) {
	const unknown, all = awsnet.UnknownProtocol, awsnet.AllProtocols
	for _, tc := range []struct {
		p, q awsnet.Protocol
		want tri.Bool
	}{
		{awsnet.TCP, awsnet.TCP, tri.True},
		{awsnet.TCP, awsnet.UDP, tri.False},
		{all, awsnet.TCP, tri.True},
		{all, all, tri.True},
		{all, unknown, tri.True},
		{awsnet.TCP, all, tri.False},
		{unknown, awsnet.TCP, tri.Unknown},
		{unknown, unknown, tri.Unknown},
		{awsnet.TCP, unknown, tri.Unknown},
	} {
		if got := tc.p.Includes(tc.q); got != tc.want {
			t.Errorf("%v includes %v: %v, want %v", tc.p, tc.q, got, tc.want)
		}
	}
}
