package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/internal/progress"
)

func TestMeterIsSilentAtFirst(t *testing.T) {
	var out bytes.Buffer
	m := &meter{w: &out}
	m.Begin("templates", 2)
	m.Step()
	if out.Len() > 0 {
		t.Errorf("a short run shows %q", &out)
	}
	m.clear()
	if out.Len() > 0 {
		t.Errorf("a short run leaves %q", &out)
	}
}

func TestMeterShowsAndVanishes(t *testing.T) {
	var out bytes.Buffer
	m := &meter{w: &out}
	m.Begin("templates", 40)
	for range 10 {
		m.Step()
	}
	m.show()
	for _, want := range []string{"templates", "25 %"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q does not show %q", &out, want)
		}
	}
	m.Begin("analyzers", 3)
	m.Step()
	if !strings.Contains(out.String(), "analyzers") {
		t.Errorf("%q does not show the next kind of work", &out)
	}
	m.clear()
	if !strings.HasSuffix(out.String(), clearLine) {
		t.Errorf("%q stays on the terminal", &out)
	}
	before := out.Len()
	m.Step()
	if out.Len() > before {
		t.Error("a meter that was taken away shows something")
	}
}

func TestNoMeterOffTheTerminal(t *testing.T) {
	before := withScreen(context.Background(), &bytes.Buffer{})
	ctx, stop := watched(before)
	defer stop()
	if ctx != before {
		t.Error("a buffer is watched")
	}
	progress.Begin(ctx, "templates", 1)()
}
