// Package progress lets long work tell how far it is, to whoever watches. The
// watcher travels in the context: most callers have none, and pay nothing.
package progress

import "context"

// Watcher is told of the progress of work. Its methods are called from several
// goroutines at once.
type Watcher interface {
	// Begin says that n steps of a kind of work, such as "templates", begin.
	Begin(what string, n int)
	// Step says that one of them is done.
	Step()
}

type key struct{}

// With returns a context whose work is watched.
func With(ctx context.Context, w Watcher) context.Context { return context.WithValue(ctx, key{}, w) }

// Begin says that n steps begin, and returns what to call after each of them.
func Begin(ctx context.Context, what string, n int) (step func()) {
	w, ok := ctx.Value(key{}).(Watcher)
	if !ok {
		return func() {}
	}
	w.Begin(what, n)
	return w.Step
}
