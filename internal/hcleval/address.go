package hcleval

import (
	"github.com/zclconf/go-cty/cty"

	"github.com/wacheck/wacheck/value"
)

// passes reports that an unknown value only hands on what identifies another
// AWS resource: aws_instance.web.subnet_id stands for the subnet. The name of a
// role that is made with a random suffix stands for the role.
func (ev *evaluator) passes(marks cty.ValueMarks) bool { return identifies(ev.read(marks).refs) }

func identifies(refs []value.Ref) bool {
	if len(refs) == 0 {
		return false
	}
	for _, r := range refs {
		if (r.Attr != "id" && r.Attr != "arn") || !isAWS(r.Addr) {
			return false
		}
	}
	return true
}

// isAWS reports whether an address is that of a resource of the AWS provider.
func isAWS(addr string) bool {
	typ, _, _ := cutLast(addr)
	return len(typ) > 4 && typ[:4] == "aws_"
}

// cutLast splits an address into type, name and whether it is a data source.
func cutLast(addr string) (typ, name string, data bool) {
	parts := splitAddr(addr)
	n := len(parts)
	if n < 2 {
		return "", addr, false
	}
	return parts[n-2], parts[n-1], n > 2 && parts[n-3] == "data"
}

// splitAddr splits an address at its dots; those within brackets do not count.
func splitAddr(addr string) []string {
	var out []string
	start, depth, quoted := 0, 0, false
	for i := 0; i < len(addr); i++ {
		switch c := addr[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '.' && depth == 0:
			out = append(out, addr[start:i])
			start = i + 1
		}
	}
	return append(out, addr[start:])
}
