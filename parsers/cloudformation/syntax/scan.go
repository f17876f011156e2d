package syntax

// This file holds the few rules of YAML's lexical syntax that are needed to
// find where the values end that the YAML library gives a start for.

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// breakLen is the length of the line end at the start of b, or 0. As the YAML
// library does, it knows those of YAML 1.1 besides LF, CRLF and CR: NEL, LS, PS.
func breakLen(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	switch b[0] {
	case '\n':
		return 1
	case '\r':
		if len(b) > 1 && b[1] == '\n' {
			return 2
		}
		return 1
	case 0xC2:
		if len(b) > 1 && b[1] == 0x85 {
			return 2
		}
	case 0xE2:
		if len(b) > 2 && b[1] == 0x80 && (b[2] == 0xA8 || b[2] == 0xA9) {
			return 3
		}
	}
	return 0
}

// lineEnd is the text that the line end at the start of b stands for.
func lineEnd(b []byte) string {
	if b[0] == 0xE2 {
		return string(b[:3])
	}
	return "\n"
}

func blankLen(b []byte) int {
	n := 0
	for n < len(b) && isBlank(b[n]) {
		n++
	}
	return n
}

func leadingSpaces(b []byte) int {
	n := 0
	for n < len(b) && b[n] == ' ' {
		n++
	}
	return n
}

// lineLen is the number of bytes before the next line end.
func lineLen(b []byte) int {
	for n, c := range b {
		if (c < ' ' || c >= 0x80) && breakLen(b[n:]) > 0 {
			return n
		}
	}
	return len(b)
}

// lineStarts returns the offsets at which lines start, the first at from.
func lineStarts(b []byte, from int) []int {
	starts := append(make([]int, 0, len(b)/32+1), from)
	for i := from; i < len(b); {
		if n := breakLen(b[i:]); n > 0 {
			i += n
			starts = append(starts, i)
			continue
		}
		i++
	}
	return starts
}

// skipSpace returns the offset of the first byte from i on that is neither white
// space, nor part of a comment, nor one of the bytes in also.
func skipSpace(b []byte, i int, also string) int {
	for i < len(b) {
		if n := breakLen(b[i:]); n > 0 {
			i += n
			continue
		}
		switch c := b[i]; {
		case isBlank(c):
			i++
		case c == '#':
			i += lineLen(b[i:])
		case isAny(c, also):
			i++
		default:
			return i
		}
	}
	return i
}

func isAny(c byte, set string) bool {
	for i := range len(set) {
		if set[i] == c {
			return true
		}
	}
	return false
}

// tagEnd returns the end of the tag that starts at i.
func tagEnd(b []byte, i int) int {
	verbatim := i+1 < len(b) && b[i+1] == '<'
	for ; i < len(b); i++ {
		c := b[i]
		if verbatim && c == '>' {
			return i + 1
		}
		if isBlank(c) || breakLen(b[i:]) > 0 || !verbatim && isAny(c, "[]{},") {
			return i
		}
	}
	return i
}

// quotedEnd returns the end of the quoted scalar that starts at i.
func quotedEnd(b []byte, i int, s style) int {
	for i++; i < len(b); i++ {
		switch {
		case s == styleDouble && b[i] == '\\':
			i++
		case s == styleDouble && b[i] == '"':
			return i + 1
		case s == styleSingle && b[i] == '\'':
			if i+1 >= len(b) || b[i+1] != '\'' {
				return i + 1
			}
			i++
		}
	}
	return len(b)
}

// plainEnd returns the end of the plain scalar that starts at i.
func plainEnd(b []byte, i int, text string) int {
	if len(b)-i >= len(text) && string(b[i:i+len(text)]) == text {
		return i + len(text) // one line; folding would show as a difference
	}
	return lastUnit(flowUnits(stylePlain, b, i, len(b), text), i)
}

// blockEnd returns the end of the block scalar that starts at i: that of its last
// line with more than blanks, or of its header.
func blockEnd(b []byte, i int, text string) int {
	end := i + 1
	for end < len(b) && isAny(b[end], "+-0123456789") {
		end++
	}
	blockUnits(b, i, len(b), text)(func(u unit) bool {
		if blankLen(b[u.src:u.srcEnd]) < u.srcEnd-u.src {
			end = u.srcEnd
		}
		return true
	})
	return end
}

func lastUnit(units func(func(unit) bool), end int) int {
	units(func(u unit) bool {
		end = u.srcEnd
		return true
	})
	return end
}
