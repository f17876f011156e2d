package progress_test

import (
	"context"
	"testing"

	"github.com/wacheck/wacheck/internal/progress"
)

type counter struct {
	what  string
	total int
	done  int
}

func (c *counter) Begin(what string, n int) { c.what, c.total = what, n }
func (c *counter) Step()                    { c.done++ }

func TestBegin(t *testing.T) {
	progress.Begin(context.Background(), "nobody watches", 1)()

	var c counter
	step := progress.Begin(progress.With(context.Background(), &c), "templates", 3)
	step()
	step()
	if want := (counter{"templates", 3, 2}); c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
}
