// Package tri is Kleene's three-valued logic. The zero value is Unknown, so
// that whatever was never decided stays undecided.
package tri

// Bool is true, false or unknown. There is deliberately no conversion to bool:
// compare with the constants, and so say what unknown means at that place.
type Bool uint8

const (
	// Unknown means that the files do not tell.
	Unknown Bool = iota
	// False is known to be false.
	False
	// True is known to be true.
	True
)

// Of returns True or False.
func Of(b bool) Bool {
	if b {
		return True
	}
	return False
}

// Known reports whether b is decided.
func (b Bool) Known() bool { return b != Unknown }

// Not swaps true and false.
func (b Bool) Not() Bool {
	switch b {
	case True:
		return False
	case False:
		return True
	case Unknown:
	}
	return Unknown
}

// And is false if any operand is false, else unknown if any is unknown. And() is True.
func And(bs ...Bool) Bool {
	r := True
	for _, b := range bs {
		switch b {
		case False:
			return False
		case Unknown:
			r = Unknown
		case True:
		}
	}
	return r
}

// Or is true if any operand is true, else unknown if any is unknown. Or() is False.
func Or(bs ...Bool) Bool {
	r := False
	for _, b := range bs {
		switch b {
		case True:
			return True
		case Unknown:
			r = Unknown
		case False:
		}
	}
	return r
}

// Same returns a if both are equal, else Unknown: what is left of a value that
// is one of the two.
func Same(a, b Bool) Bool {
	if a == b {
		return a
	}
	return Unknown
}

// String returns "true", "false" or "unknown".
func (b Bool) String() string {
	switch b {
	case True:
		return "true"
	case False:
		return "false"
	case Unknown:
	}
	return "unknown"
}
