package cfneval

import (
	"math/big"
	"net/netip"

	"github.com/wacheck/wacheck/value"
)

// maxCidrs is how many blocks Fn::Cidr gives at most.
const maxCidrs = 256

// cidr evaluates Fn::Cidr: [block, count, bits that are left for addresses].
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-cidr.html
func cidr(t *Template, c call) value.Value {
	args, ok := t.arguments(c, 2, 3)
	if !ok {
		return t.broken(c)
	}
	vs := make([]value.Value, len(args))
	for i, a := range args {
		vs[i] = t.eval(a, c.sc)
	}
	vs[0] = t.behindBlock(vs[0])
	return t.spread(c.at(), vs, func(vs []value.Value) value.Value {
		if len(vs) < 3 { // what is taken instead is not documented
			return t.unknown(value.KindList, c.at(), vs...)
		}
		block, okBlock := vs[0].Str()
		count, okCount := vs[1].Int()
		bits, okBits := vs[2].Int()
		if !okBlock || !okCount || !okBits {
			return t.unknown(value.KindList, c.at(), vs...)
		}
		blocks, ok := cidrs(block, count, bits)
		if !ok {
			return t.invalid(c.at(), "cloudformation-function", "Fn::Cidr can't make %d blocks with %d bits of %q", count, bits, block)
		}
		items := make([]value.Value, len(blocks))
		for i, b := range blocks {
			items[i] = value.OfString(b.String(), c.at()).From(vs[0].Origin())
		}
		return value.OfList(items, c.at()).From(vs[0].Origin())
	})
}

// behindBlock is the value of the CidrBlock attribute of a VPC or subnet of the
// template, where that is known: it is the property of that name.
func (t *Template) behindBlock(v value.Value) value.Value {
	refs := v.Refs()
	if !v.IsUnknown() || v.Parts() != nil || v.Alternatives() != nil || len(refs) != 1 || refs[0].Attr != "CidrBlock" || refs[0].Unit != "" {
		return v
	}
	r, ok := t.resources[refs[0].Addr]
	if !ok || r.Properties == nil || r.Type != "AWS::EC2::VPC" && r.Type != "AWS::EC2::Subnet" || !t.enter(v.Span()) {
		return v
	}
	defer t.leave()
	block := r.Properties.Get("CidrBlock")
	if block == nil {
		return v
	}
	behind := place(t.eval(block, nil), v.Span())
	if !behind.IsKnown() && behind.Alternatives() == nil {
		return v
	}
	return behind
}

// cidrs cuts a block into count blocks with that many bits for addresses.
func cidrs(block string, count, bits int64) ([]netip.Prefix, bool) {
	p, err := netip.ParsePrefix(block)
	if err != nil || count < 1 || count > maxCidrs {
		return nil, false
	}
	width := p.Addr().BitLen()
	length := width - int(bits)
	if bits < 1 || bits > int64(width) || length < p.Bits() {
		return nil, false
	}
	if room := length - p.Bits(); room < 9 && count > 1<<room {
		return nil, false
	}
	start := new(big.Int).SetBytes(p.Masked().Addr().AsSlice())
	step := new(big.Int).Lsh(big.NewInt(1), uint(bits))
	out := make([]netip.Prefix, count)
	for i := range out {
		raw := start.FillBytes(make([]byte, width/8))
		addr, _ := netip.AddrFromSlice(raw)
		out[i] = netip.PrefixFrom(addr, length)
		start.Add(start, step)
	}
	return out, true
}
