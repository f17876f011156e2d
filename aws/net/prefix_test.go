package net_test

import (
	stdnet "net"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"

	awsnet "github.com/wacheck/wacheck/aws/net"
)

func TestParsePrefix(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"0.0.0.0/0", "0.0.0.0/0"},
		{"::/0", "::/0"},
		{"0:0:0:0:0:0:0:0/0", "::/0"},
		{"0000:0000:0000:0000:0000:0000:0000:0000/0", "::/0"},
		{"::0/0", "::/0"},
		{"::0.0.0.0/0", "::/0"},
		{"1.2.3.4/0", "0.0.0.0/0"},
		{"2001:DB8::1/0", "::/0"},
		{"10.1.2.3/8", "10.0.0.0/8"},
		{"010.001.002.003/08", "10.0.0.0/8"},
		{"00000.0.0.0/000", "0.0.0.0/0"},
		{"192.168.1.1/32", "192.168.1.1/32"},
		{"2001:db8:1:2::3/64", "2001:db8:1:2::/64"},
		{"::ffff:10.1.2.3/104", "10.0.0.0/8"},
		{"::ffff:0:0/96", "0.0.0.0/0"},
		{"::ffff:1.2.3.4/90", "::ffc0:0:0/90"},
		{" 0.0.0.0/0\t", "0.0.0.0/0"},
	} {
		got, err := awsnet.ParsePrefix(tc.in)
		if err != nil || got.String() != tc.want {
			t.Errorf("ParsePrefix(%q) = %v, %v; want %s", tc.in, got, err, tc.want)
		}
	}
}

func TestParsePrefixRefuses(t *testing.T) {
	for _, in := range []string{
		"", " ", "/", "/0", "0.0.0.0", "::", "0.0.0.0/", "0.0.0.0/33", "::/129", "10/8", "10.0.0/8",
		"10.0.0.0.0/8", "256.0.0.0/8", "10.0.0.0/8/8", "10.0.0.0/+8", "10.0.0.0/-1", "10.0.0.0/ 8",
		"10.0.0.0 /8", "fe80::1%eth0/64", "1:2:3/16", "0x0.0.0.0/0", "any", "0.0.0.0/0.0.0.0",
		"10..0.0/8", ".10.0.0/8", "10.0.0./8", "٠.0.0.0/0", "10.0.0.0/99999999999999999999",
		"0.0.0.0/0\n", "sg-12345678", "\x00",
	} {
		if got, err := awsnet.ParsePrefix(in); err == nil {
			t.Errorf("ParsePrefix(%q) = %v, want an error", in, got)
		}
	}
}

func TestParsePrefixErrorIsShort(t *testing.T) {
	_, err := awsnet.ParsePrefix(strings.Repeat("9", 1<<20) + ".0.0.0/8")
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("error of %d bytes for a long text", len(err.Error()))
	}
}

func TestParseSource(t *testing.T) {
	for _, tc := range []struct {
		in, want string
		bare     bool
	}{
		{"198.51.100.7", "198.51.100.7/32", true},
		{"198.051.100.007", "198.51.100.7/32", true},
		{"2001:db8::1", "2001:db8::1/128", true},
		{"::ffff:8.8.8.8", "8.8.8.8/32", true},
		{" 10.0.0.1 ", "10.0.0.1/32", true},
		{"10.0.0.1/8", "10.0.0.0/8", false},
	} {
		got, bare, err := awsnet.ParseSource(tc.in)
		if err != nil || got.String() != tc.want || bare != tc.bare {
			t.Errorf("ParseSource(%q) = %v, %v, %v; want %s, %v", tc.in, got, bare, err, tc.want, tc.bare)
		}
	}
	for _, in := range []string{"", "fe80::1%eth0", "localhost", "10.0.0.1/33"} {
		if got, _, err := awsnet.ParseSource(in); err == nil {
			t.Errorf("ParseSource(%q) = %v, want an error", in, got)
		}
	}
}

// FuzzParsePrefix holds the parser to its word (masked, idempotent) and to the
// standard library, which accepts a subset of it.
func FuzzParsePrefix(f *testing.F) {
	for _, s := range []string{"0.0.0.0/0", "::/0", "010.1.2.3/08", "::ffff:10.0.0.0/104", " 1.2.3.4/32", "::1.2.3.4/0", "fe80::%1/9", "1/2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := awsnet.ParsePrefix(s)
		_, std, stdErr := stdnet.ParseCIDR(s)
		if err != nil {
			if stdErr == nil {
				t.Fatalf("%q: refused (%v), but net.ParseCIDR reads %v", s, err, std)
			}
			return
		}
		if !p.IsValid() || p != p.Masked() || p.Addr().Is4In6() && p.Bits() >= 96 {
			t.Fatalf("%q: %v is not in normal form", s, p)
		}
		if again, err := awsnet.ParsePrefix(p.String()); err != nil || again != p {
			t.Fatalf("%q: %v reads back as %v, %v", s, p, again, err)
		}
		if stdErr == nil && !std.Contains(p.Addr().AsSlice()) {
			t.Fatalf("%q: %v is not within net.ParseCIDR's %v", s, p, std)
		}
	})
}

func TestIsAllAndSize(t *testing.T) {
	for _, tc := range []struct {
		in   string
		all  bool
		size int
	}{
		{"0.0.0.0/0", true, 32},
		{"::/0", true, 128},
		{"0.0.0.0/1", false, 31},
		{"0.0.0.0/32", false, 0},
		{"::/128", false, 0},
		{"10.0.0.0/24", false, 8},
		{"2600:1f00::/56", false, 72},
	} {
		p := netip.MustParsePrefix(tc.in)
		if all, size := awsnet.IsAll(p), awsnet.Size(p); all != tc.all || size != tc.size {
			t.Errorf("%s: IsAll %v, Size %d; want %v, %d", tc.in, all, size, tc.all, tc.size)
		}
	}
	if awsnet.IsAll(netip.Prefix{}) || awsnet.Size(netip.Prefix{}) != -1 {
		t.Error("the invalid prefix has a size")
	}
}

func TestIsPublic(t *testing.T) {
	public := []string{
		"0.0.0.0/0", "::/0", "0.0.0.0/1", "8.0.0.0/5", "8.8.8.8/32", "172.0.0.0/8", "192.168.0.0/15",
		"100.64.0.0/9", "198.18.0.0/14", "169.254.0.0/15", "2600::/12", "2000::/3", "::/1", "2001:db8::/31",
		"11.0.0.0/8", "172.32.0.0/16", "223.255.255.255/32", "128.0.0.0/1",
	}
	private := []string{
		"10.0.0.0/8", "10.1.2.3/32", "172.16.0.0/12", "172.31.255.0/24", "192.168.0.0/16", "100.64.0.0/10",
		"127.0.0.1/32", "169.254.169.254/32", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.7/32",
		"198.18.0.0/15", "224.0.0.0/4", "224.0.0.0/3", "255.255.255.255/32", "0.0.0.0/32", "::/128", "::1/128",
		"fc00::/7", "fd12:3456::/48", "fe80::/10", "ff02::1/128", "2001:db8::/32", "3fff::/20", "4000::/3",
	}
	for _, s := range public {
		if !awsnet.IsPublic(netip.MustParsePrefix(s)) {
			t.Errorf("%s is public", s)
		}
	}
	for _, s := range private {
		if awsnet.IsPublic(netip.MustParsePrefix(s)) {
			t.Errorf("%s is not public", s)
		}
	}
	if awsnet.IsPublic(netip.Prefix{}) {
		t.Error("the invalid prefix is public")
	}
}

// A prefix is public if, and only if, one of its halves is.
func TestIsPublicOfHalves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPrefix(t, "p")
		if p.Bits() == p.Addr().BitLen() {
			t.Skip("a single address has no halves")
		}
		lower := netip.PrefixFrom(p.Addr(), p.Bits()+1)
		bytes := p.Addr().AsSlice()
		bytes[p.Bits()/8] |= 0x80 >> (p.Bits() % 8)
		high, _ := netip.AddrFromSlice(bytes)
		upper := netip.PrefixFrom(high, p.Bits()+1)
		if got, want := awsnet.IsPublic(p), awsnet.IsPublic(lower) || awsnet.IsPublic(upper); got != want {
			t.Fatalf("IsPublic(%v) = %v, of its halves %v", p, got, want)
		}
	})
}

func TestCommon(t *testing.T) {
	for _, tc := range []struct{ a, b, want string }{
		{"10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/16"},
		{"10.1.0.0/16", "10.0.0.0/8", "10.1.0.0/16"},
		{"10.0.0.0/16", "10.1.0.0/16", ""},
		{"0.0.0.0/0", "::/0", ""},
		{"::/0", "fd00::/8", "fd00::/8"},
		{"10.1.2.3/8", "10.9.9.9/8", "10.0.0.0/8"},
	} {
		a, b := netip.MustParsePrefix(tc.a), netip.MustParsePrefix(tc.b)
		got, ok := awsnet.Common(a, b)
		if ok != (tc.want != "") || ok && got.String() != tc.want || awsnet.Overlap(a, b) != ok {
			t.Errorf("Common(%s, %s) = %v, %v; want %q", tc.a, tc.b, got, ok, tc.want)
		}
	}
	if awsnet.Overlap(netip.Prefix{}, netip.MustParsePrefix("0.0.0.0/0")) {
		t.Error("the invalid prefix overlaps")
	}
}

// drawPrefix draws any prefix, with a liking for the edges of special blocks.
func drawPrefix(t *rapid.T, name string) netip.Prefix {
	seeds := []string{"0.0.0.0", "10.0.0.0", "11.0.0.0", "100.64.0.0", "172.16.0.0", "192.168.0.0", "203.0.113.0", "224.0.0.0", "::", "2001:db8::", "3fff::", "fc00::", "2600::"}
	addr := netip.MustParseAddr(rapid.SampledFrom(seeds).Draw(t, name+" address"))
	bits := rapid.IntRange(0, addr.BitLen()).Draw(t, name+" bits")
	return netip.PrefixFrom(addr, bits).Masked()
}
