package cfneval

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	terraform "github.com/hashicorp/go-cty-funcs/cidr"
	"github.com/zclconf/go-cty/cty"
)

// Fn::Cidr cuts blocks as cidrsubnets of Terraform does when all of them are of one size:
// both are given random blocks, sizes and counts, some of which do not fit.
func TestCidrAgreesWithTerraform(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	fits, refused := 0, 0
	for range 20_000 {
		block, width := randomBlock(random)
		count := random.IntN(40) + 1
		newBits := random.IntN(min(width-block.Bits(), 12)) + 1
		if newBits >= width-block.Bits() {
			continue // Fn::Cidr leaves at least one bit for addresses
		}
		got, ok := cidrs(block.String(), int64(count), int64(width-block.Bits()-newBits))
		want, err := subnetsOfTerraform(block, newBits, count)
		if ok != (err == nil) {
			t.Fatalf("%d blocks of %d more bits in %s: %v here; Terraform says %v", count, newBits, block, got, err)
		}
		if !ok {
			refused++
			continue
		}
		fits++
		for i, w := range want {
			if got[i].String() != w.AsString() {
				t.Fatalf("block %d of %d with %d more bits in %s is %s; Terraform says %s", i, count, newBits, block, got[i], w.AsString())
			}
		}
	}
	if fits < 1000 || refused < 1000 {
		t.Errorf("%d fit and %d do not: the samples are not random enough", fits, refused)
	}
}

// randomBlock is a block of either family, with bits set behind the prefix, too.
func randomBlock(random *rand.Rand) (block netip.Prefix, width int) {
	if random.IntN(2) == 0 {
		var a [4]byte
		for i := range a {
			a[i] = byte(random.IntN(256))
		}
		a[0] = byte(random.IntN(223) + 1) // Terraform finds no room in a block that begins at 0.0.0.0
		return netip.PrefixFrom(netip.AddrFrom4(a), random.IntN(22)+8), 32
	}
	var a [16]byte
	for i := range a {
		a[i] = byte(random.IntN(256))
	}
	a[0] = 0x20 // no mapped addresses of IPv4
	return netip.PrefixFrom(netip.AddrFrom16(a), random.IntN(110)+8), 128
}

func subnetsOfTerraform(block netip.Prefix, newBits, count int) ([]cty.Value, error) {
	bits := make([]cty.Value, count)
	for i := range bits {
		bits[i] = cty.NumberIntVal(int64(newBits))
	}
	list, err := terraform.Subnets(cty.StringVal(block.String()), bits...)
	if err != nil {
		return nil, err
	}
	return list.AsValueSlice(), nil
}
