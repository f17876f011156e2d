package report

import (
	"bytes"
	"errors"
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/report/reporttest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func write(t *testing.T, format string, b *reporttest.Build, o Options) string {
	t.Helper()
	w, err := New(format, o)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := w.Write(&buf, &b.Result); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestGolden(t *testing.T) {
	for name, tt := range map[string]struct {
		format  string
		options Options
	}{
		"estate.txt":  {Text, Options{}},
		"explain.txt": {Text, Options{Explain: true, Opens: true, Path: func(p string) string { return "infra/" + p }}},
		"color.txt":   {Text, Options{Color: true}},
		"quiet.txt":   {Text, Options{Quiet: true}},
		"estate.json": {JSON, Options{Version: "1.2.3"}},
	} {
		t.Run(name, func(t *testing.T) {
			reporttest.Golden(t, name, []byte(write(t, tt.format, reporttest.Estate(t), tt.options)), *update)
		})
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, err := New("xml", Options{}); err == nil || !strings.Contains(err.Error(), "text, json") {
		t.Errorf("got %v", err)
	}
	for _, f := range Formats() {
		if _, err := New(f, Options{}); err != nil {
			t.Error(err)
		}
	}
}

func TestSameBytesInAnyOrder(t *testing.T) {
	for _, format := range Formats() {
		o := Options{Explain: true, Opens: true}
		want := write(t, format, reporttest.Estate(t), o)
		b := reporttest.Estate(t)
		slices.Reverse(b.Findings)
		slices.Reverse(b.Opens)
		slices.Reverse(b.Diagnostics)
		slices.Reverse(b.Rules)
		before := slices.Clone(b.Diagnostics)
		if got := write(t, format, b, o); got != want {
			t.Errorf("%s: the order of the input shows in the output", format)
		}
		if !slices.Equal(before, b.Diagnostics) {
			t.Errorf("%s: the writer changed the result", format)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	for _, format := range Formats() {
		b := reporttest.Estate(t)
		// A finding about the whole line shows the line, too.
		f := b.Files.Lookup("envs/prod/main.tf")
		line := b.At(f.Path, `password          = "hunter2"`)
		b.Add(analysis.Finding{Rule: reporttest.MultiAZ, Span: line})
		if got := write(t, format, b, Options{Explain: true, Opens: true}); strings.Contains(got, "hunter2") {
			t.Errorf("%s shows the password", format)
		}
	}
}

func TestNoFindings(t *testing.T) {
	b := reporttest.New(t, map[string]string{"a.tf": "\n"})
	b.Coverage = analysis.Coverage{Files: analysis.FileCounts{Found: 3, Templates: 1, Skipped: map[string]int{"too large": 2}}, Units: 2, RulesRun: 12}
	got := write(t, Text, b, Options{})
	for _, want := range []string{"findings     none", "3 found, 0 Terraform, 1 template, 2 skipped (2 too large), 0 broken", "2 roots and stacks", "12 run"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
	if got := write(t, Text, b, Options{Quiet: true}); got != "" {
		t.Errorf("quiet: %q", got)
	}
	var empty analysis.Result
	for _, format := range Formats() {
		w, _ := New(format, Options{})
		var buf bytes.Buffer
		if err := w.Write(&buf, &empty); err != nil || strings.Contains(buf.String(), "null") {
			t.Errorf("%s: %v %s", format, err, buf.String())
		}
	}
}

func TestWriteFails(t *testing.T) {
	for _, format := range Formats() {
		w, _ := New(format, Options{})
		if err := w.Write(failing{}, &reporttest.Estate(t).Result); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("%s: got %v", format, err)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }
