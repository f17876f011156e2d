package guard_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/internal/guard"
)

func TestDo(t *testing.T) {
	if err := guard.Do("nothing", func() error { return nil }); err != nil {
		t.Errorf("got %v", err)
	}
	plain := errors.New("plain")
	if err := guard.Do("failing", func() error { return plain }); !errors.Is(err, plain) {
		t.Errorf("got %v", err)
	}
	err := guard.Do("reading main.tf", func() error { panic("oh") })
	if f, ok := errors.AsType[*guard.FaultError](err); !ok || f.Cause != "oh" {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"internal error while reading main.tf: oh\n", "guard_test.go"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
}
