package schema

import "strings"

// The line of a CloudFormation type, after the key and the tab:
//
//	line     = object TAB [ getatt { " " getatt } ] { TAB type }
//	object   = "{" [ "?" open ] [ property { " " property } ] "}"
//	property = name mark type
//	mark     = ":" optional | "!" required | "=" read only
//	type     = "s" string | "i" integer | "n" number | "b" boolean | "*" JSON
//	         | ( "L" list | "M" map ) type | object | "#" index
//
// The types after the names for Fn::GetAtt are the shared definitions; "#0" is
// the first of them. They are what makes cycles possible.

func parseCFN(typeName, line string) (*CFNResource, error) {
	fields := strings.Split(line, "\t")
	var definitions []Shape
	if len(fields) > 2 {
		definitions = make([]Shape, len(fields)-2)
		for i, text := range fields[2:] {
			s, err := parseShape(text, definitions)
			if err != nil {
				return nil, err
			}
			// By value: references to it were handed out before it was parsed.
			definitions[i] = *s
		}
	}
	shape, err := parseShape(fields[0], definitions)
	if err != nil {
		return nil, err
	}
	res := &CFNResource{Type: typeName, Shape: shape}
	if len(fields) > 1 && fields[1] != "" {
		res.GetAtts = strings.Split(fields[1], " ")
	}
	return res, nil
}

func parseShape(text string, definitions []Shape) (*Shape, error) {
	p := &shapeReader{reader: reader{text: text}, definitions: definitions}
	s := p.shape()
	if !p.end() {
		p.fail("end of type")
	}
	return s, p.err
}

type shapeReader struct {
	reader
	definitions []Shape
}

// One shape serves all properties of a simple kind.
var (
	stringShape  = &Shape{Kind: KindString}
	integerShape = &Shape{Kind: KindInteger}
	numberShape  = &Shape{Kind: KindNumber}
	booleanShape = &Shape{Kind: KindBoolean}
)

func (p *shapeReader) shape() *Shape {
	switch p.next() {
	case 's':
		return stringShape
	case 'i':
		return integerShape
	case 'n':
		return numberShape
	case 'b':
		return booleanShape
	case '*':
		return anyShape
	case 'L':
		return &Shape{Kind: KindList, Elem: p.shape()}
	case 'M':
		return &Shape{Kind: KindMap, Elem: p.shape()}
	case '#':
		if i := p.number(); i < len(p.definitions) {
			return &p.definitions[i]
		}
		p.fail("a definition")
	case '{':
		return p.object()
	default:
		p.fail("a type")
	}
	return anyShape
}

func (p *shapeReader) object() *Shape {
	s := &Shape{Kind: KindObject, Open: p.take('?')}
	for !p.at('}') && p.err == nil {
		name := p.name()
		mark := p.next()
		if mark != ':' && mark != '!' && mark != '=' {
			p.fail("a mark")
		}
		s.Properties = append(s.Properties, Property{
			Name: name, Shape: p.shape(), Required: mark == '!', ReadOnly: mark == '=',
		})
		if !p.take(' ') {
			break
		}
	}
	p.expect('}')
	return s
}
