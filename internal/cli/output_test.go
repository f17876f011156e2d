package cli

import (
	"bytes"
	"os"
	"testing"

	"github.com/mattn/go-isatty"
)

// Colours are for terminals alone, and only if nobody said no.
func TestColored(t *testing.T) {
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil || !isatty.IsTerminal(terminal.Fd()) {
		t.Skip("no terminal can be made here")
	}
	t.Cleanup(func() { _ = terminal.Close() })
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "")
	f := &outputFlags{}
	if !f.colored(terminal) {
		t.Error("no colours on a terminal")
	}
	if f.colored(file) || f.colored(&bytes.Buffer{}) {
		t.Error("colours in a file")
	}
	if (&outputFlags{noColor: true}).colored(terminal) {
		t.Error("colours in spite of --no-color")
	}
	t.Setenv("TERM", "dumb")
	if f.colored(terminal) {
		t.Error("colours on a dumb terminal")
	}
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "1")
	if f.colored(terminal) {
		t.Error("colours in spite of NO_COLOR")
	}
}

func TestPlan(t *testing.T) {
	tests := map[string]struct {
		format  string
		outputs []string
		want    []output
	}{
		"nothing asked":     {"text", nil, []output{{"text", ""}}},
		"a format":          {"json", nil, []output{{"json", ""}}},
		"a file":            {"json", []string{"a.json"}, []output{{"json", "a.json"}}},
		"more":              {"text", []string{"json=a", "sarif=b"}, []output{{"text", ""}, {"json", "a"}, {"sarif", "b"}}},
		"a file and more":   {"text", []string{"t.txt", "json=a"}, []output{{"text", "t.txt"}, {"json", "a"}}},
		"standard output":   {"text", []string{"json=-"}, []output{{"text", os.DevNull}, {"json", ""}}},
		"a path with =":     {"text", []string{"./x=y"}, []output{{"text", "./x=y"}}},
		"a directory and =": {"text", []string{"dir/x=y"}, []output{{"text", "dir/x=y"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := &outputFlags{format: tt.format, outputs: tt.outputs}
			got, err := f.plan()
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(tt.want) {
				t.Fatalf("got %v, want %v", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("got %v, want %v", got, tt.want)
				}
			}
		})
	}
}
