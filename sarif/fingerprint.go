package sarif

import (
	"strconv"
	"unicode/utf8"
)

// lineHashes computes for every line of a file the value that GitHub's upload
// action would put into partialFingerprints.primaryLocationLineHash, the only
// fingerprint by which code scanning recognises an alert. The action warns about
// each result whose value differs from its own, so that it has to be the same to
// the bit. Element n-1 belongs to line n.
//
// The value of a line is a polynomial of the 100 characters (UTF-16 code units)
// from its start, blanks and tabs left out, to the base 37 modulo 2^64. All line
// endings count as line feeds; an end mark and zeros follow the last character.
// The n-th line of the file with one value bears the suffix ":n".
//
// https://github.com/github/codeql-action/blob/main/src/fingerprints.ts
func lineHashes(content []byte) []string {
	h := lineHasher{lineStart: true, seen: map[uint64]int{}, drop: 1}
	for range hashBlock {
		h.drop *= hashBase
	}
	for len(content) > 0 {
		r, size := utf8.DecodeRune(content)
		if r == utf8.RuneError && size == 1 {
			size = brokenLen(content)
		}
		content = content[size:]
		if r >= 0x10000 {
			h.unit(0xD800 + uint64(r-0x10000)>>10)
			h.unit(0xDC00 + uint64(r-0x10000)&0x3FF)
			continue
		}
		h.unit(uint64(r))
	}
	h.unit(hashEnd)
	for range hashBlock {
		h.shift(0)
	}
	return h.out
}

const (
	hashBlock = 100
	hashBase  = 37
	// hashEnd marks the end of the file.
	hashEnd = 0xFFFF
)

// lineHasher moves a window of hashBlock characters over a file.
type lineHasher struct {
	window [hashBlock]uint64
	// starts marks the characters of the window with which a line begins.
	starts [hashBlock]bool
	at     int
	sum    uint64
	// drop is hashBase to the power of hashBlock: the weight of the character
	// that leaves the window.
	drop              uint64
	lineStart, prevCR bool
	seen              map[uint64]int
	out               []string
}

// unit takes in the next character of the file.
func (h *lineHasher) unit(c uint64) {
	if c == ' ' || c == '\t' || c == '\n' && h.prevCR {
		h.prevCR = false
		return
	}
	h.prevCR = c == '\r'
	if h.prevCR {
		c = '\n'
	}
	begins := h.lineStart
	h.lineStart = c == '\n'
	h.emit()
	h.starts[h.at] = begins
	h.push(c)
}

// shift moves the window on behind the end of the file.
func (h *lineHasher) shift(c uint64) {
	h.emit()
	h.push(c)
}

// emit gives out the value of the line that begins with the character which is
// about to leave the window: at this moment the window holds just its block.
func (h *lineHasher) emit() {
	if !h.starts[h.at] {
		return
	}
	h.starts[h.at] = false
	h.seen[h.sum]++
	h.out = append(h.out, strconv.FormatUint(h.sum, 16)+":"+strconv.Itoa(h.seen[h.sum]))
}

func (h *lineHasher) push(c uint64) {
	h.sum = h.sum*hashBase + c - h.drop*h.window[h.at]
	h.window[h.at] = c
	h.at = (h.at + 1) % hashBlock
}

// brokenLen is the number of bytes at the start of b, which is not valid UTF-8,
// that decode to one replacement character where the action runs: the longest
// start of a valid sequence (WHATWG Encoding, as in Node), not one byte as in Go.
func brokenLen(b []byte) int {
	lo, hi, more := byte(0x80), byte(0xBF), 0
	switch c := b[0]; {
	case c >= 0xC2 && c <= 0xDF:
		more = 1
	case c >= 0xE0 && c <= 0xEF:
		more = 2
	case c >= 0xF0 && c <= 0xF4:
		more = 3
	}
	switch b[0] {
	case 0xE0:
		lo = 0xA0
	case 0xED:
		hi = 0x9F
	case 0xF0:
		lo = 0x90
	case 0xF4:
		hi = 0x8F
	}
	n := 1
	for n < len(b) && n <= more && b[n] >= lo && b[n] <= hi {
		n, lo, hi = n+1, 0x80, 0xBF
	}
	return n
}
