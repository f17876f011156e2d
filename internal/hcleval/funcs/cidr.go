package funcs

import (
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/gocty"
)

// cidrFunctions compute with network prefixes.
func cidrFunctions() map[string]function.Function {
	prefix := function.Parameter{Name: "prefix", Type: cty.String}
	number := func(name string) function.Parameter { return function.Parameter{Name: name, Type: cty.Number} }
	bits := number("newbits")
	return map[string]function.Function{
		"cidrhost":    onPrefix(cty.String, cidrHost, nil, prefix, number("hostnum")),
		"cidrnetmask": onPrefix(cty.String, cidrNetmask, nil, prefix),
		"cidrsubnet":  onPrefix(cty.String, cidrSubnet, nil, prefix, bits, number("netnum")),
		"cidrsubnets": onPrefix(cty.List(cty.String), cidrSubnets, &bits, prefix),
	}
}

// onPrefix makes a function whose first argument is a prefix.
func onPrefix(t cty.Type, f func(network, []cty.Value) (cty.Value, error),
	rest *function.Parameter, params ...function.Parameter,
) function.Function {
	return function.New(&function.Spec{
		Params:       params,
		VarParam:     rest,
		Type:         function.StaticReturnType(t),
		RefineResult: notNull,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			n, ok := parseNetwork(args[0].AsString())
			if !ok {
				return cty.NilVal, function.NewArgErrorf(0, "%q is not a network in CIDR notation", args[0].AsString())
			}
			if n.mapped {
				// Terraform treats it as of one family here and of the other there,
				// with results such as 0:1::ffff:a00:0.
				return cty.NilVal, cannotTell(t, "%q is an IPv4 address in IPv6 notation", args[0].AsString())
			}
			return f(n, args[1:])
		},
	})
}

// network is a prefix as numbers.
type network struct {
	base   *big.Int // with host bits zero
	length int      // of the prefix in bits
	bits   int      // of the address: 32 or 128
	mapped bool     // ::ffff:a.b.c.d
}

// parseNetwork reads CIDR notation as Terraform does, that is as Go did up to
// version 1.16: octets and prefix lengths are decimal whatever zeros they start
// with.
func parseNetwork(s string) (network, bool) {
	addr, suffix, ok := strings.Cut(s, "/")
	if !ok {
		return network{}, false
	}
	ip, err := netip.ParseAddr(plainZeros(addr))
	if err != nil || ip.Zone() != "" {
		return network{}, false
	}
	length, ok := decimal(suffix)
	if !ok || length > ip.BitLen() {
		return network{}, false
	}
	masked, err := ip.Prefix(length)
	if err != nil {
		return network{}, false
	}
	n := network{base: new(big.Int).SetBytes(masked.Addr().AsSlice()), length: length, bits: ip.BitLen(), mapped: ip.Is4In6()}
	return n, true
}

// plainZeros takes leading zeros off the dotted octets at the end of addr. More
// of them than a line has room for are left, and refused later.
func plainZeros(addr string) string {
	head := strings.LastIndexByte(addr, ':') + 1
	octets := strings.Split(addr[head:], ".")
	if len(octets) != 4 {
		return addr
	}
	for i, o := range octets {
		if trimmed := strings.TrimLeft(o, "0"); trimmed != "" {
			octets[i] = trimmed
		} else if o != "" {
			octets[i] = "0"
		}
	}
	return addr[:head] + strings.Join(octets, ".")
}

// decimal reads digits, and nothing else, as a number of at most three places.
func decimal(s string) (int, bool) {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, false
		}
	}
	trimmed := strings.TrimLeft(s, "0")
	if s == "" || len(trimmed) > 3 {
		return 0, false
	}
	n, err := strconv.Atoi("0" + trimmed)
	return n, err == nil
}

// address writes n as an address of as many bits.
func address(n *big.Int, bits int) (string, error) {
	raw := new(big.Int).Abs(n).Bytes()
	if len(raw) > bits/8 {
		return "", errors.New("the address is out of range")
	}
	buf := make([]byte, bits/8)
	copy(buf[len(buf)-len(raw):], raw)
	ip, _ := netip.AddrFromSlice(buf)
	return ip.Unmap().String(), nil
}

// whole reads a whole number of any size that fits an address.
func whole(v cty.Value, arg int) (*big.Int, error) {
	f := v.AsBigFloat()
	if f.IsInf() || f.MantExp(nil) > 256 || !f.IsInt() {
		return nil, function.NewArgErrorf(arg, "must be a whole number of the size of an address")
	}
	n, _ := f.Int(nil)
	return n, nil
}

func cidrNetmask(n network, _ []cty.Value) (cty.Value, error) {
	if n.bits != 32 {
		return cty.NilVal, function.NewArgErrorf(0, "IPv6 has no netmasks")
	}
	mask := new(big.Int).Lsh(big.NewInt(1<<n.length-1), uint(32-n.length))
	s, err := address(mask, 32)
	return cty.StringVal(s), err
}

func cidrHost(n network, args []cty.Value) (cty.Value, error) {
	num, err := whole(args[0], 1)
	if err != nil {
		return cty.NilVal, err
	}
	size := new(big.Int).Lsh(big.NewInt(1), uint(n.bits-n.length))
	host := num
	if num.Sign() < 0 { // counts from the end
		host = new(big.Int).Add(size, num)
	}
	if host.Sign() < 0 || host.Cmp(size) >= 0 {
		return cty.NilVal, fmt.Errorf("a prefix of %d bits has no host number %s", n.length, num)
	}
	s, err := address(host.Or(host, n.base), n.bits)
	return cty.StringVal(s), err
}

// cidrSubnet is faithful to Terraform even where it makes no sense: the check of
// the number is on its absolute value and its lowest 64 bits, and a number of new
// bits below zero widens the network.
func cidrSubnet(n network, args []cty.Value) (cty.Value, error) {
	var newBits int
	if err := gocty.FromCtyValue(args[0], &newBits); err != nil {
		return cty.NilVal, function.NewArgError(1, err)
	}
	num, err := whole(args[1], 2)
	if err != nil {
		return cty.NilVal, err
	}
	length := n.length + newBits
	if newBits > 128 || length > n.bits || length < 0 {
		return cty.NilVal, fmt.Errorf("a prefix of %d bits cannot be extended by %d", n.length, newBits)
	}
	low := new(big.Int).And(new(big.Int).Abs(num), new(big.Int).SetUint64(^uint64(0)))
	if newBits >= 0 && low.BitLen() > newBits {
		return cty.NilVal, fmt.Errorf("%d new bits have no network number %s", newBits, num)
	}
	sub := new(big.Int).Lsh(num, uint(n.bits-length))
	s, err := address(sub.Or(sub, n.base), n.bits)
	if err != nil {
		return cty.NilVal, err
	}
	return cty.StringVal(s + "/" + strconv.Itoa(length)), nil
}

// cidrSubnets lays networks of given sizes side by side, each at the first
// multiple of its size that is free.
func cidrSubnets(n network, args []cty.Value) (cty.Value, error) {
	if len(args) == 0 {
		return cty.ListValEmpty(cty.String), nil
	}
	end := new(big.Int).Add(n.base, new(big.Int).Lsh(big.NewInt(1), uint(n.bits-n.length)))
	next := new(big.Int).Set(n.base)
	subnets := make([]cty.Value, len(args))
	for i, a := range args {
		var newBits int
		if err := gocty.FromCtyValue(a, &newBits); err != nil {
			return cty.NilVal, function.NewArgError(i+1, err)
		}
		length := n.length + newBits
		if newBits < 1 || newBits > 32 || length > n.bits {
			return cty.NilVal, function.NewArgErrorf(i+1, "a prefix of %d bits cannot be extended by %d", n.length, newBits)
		}
		size := new(big.Int).Lsh(big.NewInt(1), uint(n.bits-length))
		if rest := new(big.Int).Mod(next, size); rest.Sign() > 0 {
			next.Add(next, size.Sub(size, rest))
			size = new(big.Int).Lsh(big.NewInt(1), uint(n.bits-length))
		}
		after := new(big.Int).Add(next, size)
		if after.Cmp(end) > 0 {
			return cty.NilVal, function.NewArgErrorf(i+1, "no room is left for a network of %d bits", length)
		}
		s, err := address(next, n.bits)
		if err != nil {
			return cty.NilVal, err
		}
		subnets[i] = cty.StringVal(s + "/" + strconv.Itoa(length))
		next = after
	}
	return cty.ListVal(subnets), nil
}
