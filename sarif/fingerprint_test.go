package sarif

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// The expected values were computed in Node, with big integers and straight from
// the definition of the hash.
func TestLineHashes(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string
	}{
		"empty":          {"", []string{"c129715d7a2bc9a3:1"}},
		"Terraform":      {"resource \"aws_s3_bucket\" \"b\" {\n\tbucket = \"x\"\n}\n", terraformHashes},
		"CRLF, reformed": {"resource  \"aws_s3_bucket\" \"b\" {\r\n  bucket=\"x\"\r\n}\r\n", terraformHashes},
		"UTF-8":          {"名前 = \"データ\"\nrocket = \"🚀\"\n", []string{"8809e7193c1a2cbe:1", "1bc7d635c834a8a3:1", "c129715d7a2bc9a3:1"}},
		"byte order":     {"\ufeffa: 1\n", []string{"b0d247ce31758248:1", "c129715d7a2bc9a3:1"}},
		"repeated": {strings.Repeat("  - name: x\n", 14), []string{
			"7a51445ad488a111:1", "7a51445ad488a111:2", "7a51445b9a3fb8ab:1", "185a232cb9583ff5:1", "c92629730f105bff:1",
			"cb716587fcbfb4c9:1", "d64dc325240f253:1", "12f437f13691bc9d:1", "7e5048ddc72bba7:1", "49d3833e83079771:1",
			"8ba2a1d54276f7fb:1", "205be7a5248a8545:1", "8bddfcf8094ee74f:1", "89c18e1fd7b3c619:1", "c129715d7a2bc9a3:1"}},
		"broken UTF-8": {"a\xe9b\xe2\x82\n\xf0\x9f\x80\xed\xa0\x80\xc0\xafc", []string{"363a932c9c978f13:1", "79f5a445ce595158:1"}},
		// A blank between CR and LF makes two line ends of them.
		"lone CR": {"a\r \nb\r\r\n\nc", []string{"155ecc4a9b69480f:1", "4059d32483514e98:1", "54db5e40fb9fc98e:1",
			"91d83b63a3a0176a:1", "1c206f60a702cfe8:1", "188ff2f224477a1e:1"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := lineHashes([]byte(tt.text)); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

var terraformHashes = []string{"3617dfa5c8c43d2b:1", "d0cf3264651fb0eb:1", "32dce9ccfdbc9d3e:1", "c129715d7a2bc9a3:1"}

// TestLineHashesFollowDefinition compares the moving window with the sum over
// each line's block.
func TestLineHashesFollowDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	alphabet := []string{"a", "b", " ", "\t", "\n", "\r\n", "\r", "é", "日", "🚀", "xyzxyzxyzxyzxyzxyzxyz"}
	for range 300 {
		var b strings.Builder
		for range rng.IntN(400) {
			b.WriteString(alphabet[rng.IntN(len(alphabet))])
		}
		if got, want := lineHashes([]byte(b.String())), byDefinition(b.String()); !slices.Equal(got, want) {
			t.Fatalf("%q:\ngot  %q\nwant %q", b.String(), got, want)
		}
	}
}

func byDefinition(text string) []string {
	var chars []uint64
	var starts []int
	lineStart, prevCR := true, false
	for _, c := range append(utf16.Encode([]rune(text)), 0xFFFF) {
		if c == ' ' || c == '\t' || c == '\n' && prevCR {
			prevCR = false
			continue
		}
		if prevCR = c == '\r'; prevCR {
			c = '\n'
		}
		if lineStart {
			starts = append(starts, len(chars))
		}
		lineStart = c == '\n'
		chars = append(chars, uint64(c))
	}
	chars = append(chars, make([]uint64, 100)...)
	seen := map[uint64]int{}
	var out []string
	for _, s := range starts {
		sum := uint64(0)
		for _, c := range chars[s : s+100] {
			sum = sum*37 + c
		}
		seen[sum]++
		out = append(out, fmt.Sprintf("%x:%d", sum, seen[sum]))
	}
	return out
}

func BenchmarkLineHashes(b *testing.B) {
	text := []byte(strings.Repeat("  storage_encrypted = var.encrypted # as always\n", 20_000))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		lineHashes(text)
	}
}
