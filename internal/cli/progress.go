package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/wacheck/wacheck/internal/progress"
)

const (
	// patience is how long a run may take before it has to say that it is at work.
	patience = time.Second
	// clearLine takes the cursor to the start of the line and empties it.
	clearLine = "\r\x1b[K"
)

// meter shows in one line how far a run is, once it has taken longer than
// patience, and leaves no trace of it. The usual libraries for this link an HTTP
// client or draw from goroutines of their own; see TestNoNetworkIsLinked.
type meter struct {
	w io.Writer

	mu          sync.Mutex
	visible     bool
	shown       string
	what        string
	done, total int
}

// screenKey finds in a context what a meter may be shown on.
type screenKey struct{}

func withScreen(ctx context.Context, w io.Writer) context.Context {
	return context.WithValue(ctx, screenKey{}, w)
}

// watched returns a context whose work is shown on the screen, and a function that
// ends that. Logs and pipes are not for such lines: it has to be a terminal.
func watched(ctx context.Context) (context.Context, func()) {
	file, ok := ctx.Value(screenKey{}).(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" || !isatty.IsTerminal(file.Fd()) {
		return ctx, func() {}
	}
	m := &meter{w: file}
	timer := time.AfterFunc(patience, m.show)
	return progress.With(ctx, m), func() {
		timer.Stop()
		m.clear()
	}
}

// show makes the meter visible.
func (m *meter) show() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.visible = true
	m.draw()
}

// clear takes the meter off the terminal for good.
func (m *meter) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.visible = false
	if m.shown != "" {
		say(m.w, clearLine)
	}
}

// Begin implements progress.Watcher.
func (m *meter) Begin(what string, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.what, m.done, m.total = what, 0, n
	m.draw()
}

// Step implements progress.Watcher.
func (m *meter) Step() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done++
	m.draw()
}

// draw writes the line if it has changed: percents, so that a thousand steps are
// no thousand writes.
func (m *meter) draw() {
	if !m.visible || m.total == 0 {
		return
	}
	line := fmt.Sprintf("%d %s: %d %%", m.total, m.what, m.done*100/m.total)
	if line == m.shown {
		return
	}
	m.shown = line
	say(m.w, "%s%s", clearLine, line)
}
