package hcleval

import (
	"strings"
)

// find returns the position of the instance with that index or key: the
// symbolic one where it may be among those that it stands for.
func (x *expansion) find(st step) (int, bool) {
	if len(x.keys) > fewKeys {
		return x.findAmongMany(st)
	}
	for i, k := range x.keys {
		switch {
		case k.suffix == symbolicSuffix:
			return i, true
		case x.mode == byCount && st.isIndex && k.index == st.index,
			x.mode == byKey && !st.isIndex && k.name == st.name:
			return i, true
		}
	}
	return 0, false
}

// fewKeys is up to how many keys are looked through one by one.
const fewKeys = 16

func (x *expansion) findAmongMany(st step) (int, bool) {
	if x.places == nil {
		x.places = make(map[string]int, len(x.keys))
		for i, k := range x.keys {
			x.places[k.suffix] = i
		}
	}
	suffix := st.suffix()
	if !st.isIndex {
		suffix = keySuffix(st.name)
	}
	if i, ok := x.places[suffix]; ok && st.isIndex == (x.mode == byCount) {
		return i, true
	}
	i, ok := x.places[symbolicSuffix]
	return i, ok
}

// keySuffix writes a key of for_each as Terraform does in addresses.
func keySuffix(key string) string {
	var b strings.Builder
	b.WriteString(`["`)
	for i, r := range key {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		case '$', '%':
			b.WriteRune(r)
			if strings.HasPrefix(key[i+1:], "{") {
				b.WriteRune(r)
			}
		default:
			b.WriteRune(r)
		}
	}
	b.WriteString(`"]`)
	return b.String()
}
