package plan

import (
	"strings"

	"github.com/wacheck/wacheck/value"
)

// follow turns references to instances of which the configuration does not know
// the keys into such to those of the plan: the only one, or the one with the keys
// of whoever refers to it.
func (o *overlay) follow(v value.Value, from string) value.Value {
	return v.MapRefs(func(r value.Ref) value.Ref {
		if r.Unit == "" && strings.Contains(r.Addr, "[*]") {
			r.Addr = o.instance(r.Addr, from)
		}
		return r
	})
}

// instance is the instance of the plan that a reference to all means.
func (o *overlay) instance(addr, from string) string {
	candidates := o.planned[block(addr)]
	if len(candidates) == 1 {
		return candidates[0]
	}
	keys := strings.Join(index.FindAllString(from, -1), "")
	for _, c := range candidates {
		if strings.Join(index.FindAllString(c, -1), "") == keys {
			return c
		}
	}
	return addr
}
