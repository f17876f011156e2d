// Package guard keeps a fault of the tool from ending the program: nothing that
// a stranger writes may do so. What panics becomes an error that says what was
// being done, and the rest goes on.
package guard

import (
	"fmt"
	"runtime/debug"
)

// FaultError is a panic as an error.
type FaultError struct {
	// Doing is what was being done: "reading net/main.tf".
	Doing string
	Cause any
	Stack []byte
}

// Error says what happened, and where in the code.
func (f *FaultError) Error() string {
	return fmt.Sprintf("internal error while %s: %v\n%s", f.Doing, f.Cause, f.Stack)
}

// Do calls f. If that panics, the error is a *FaultError. It holds for the goroutine
// that calls it alone: each one that is started needs its own.
func Do(doing string, f func() error) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = &FaultError{Doing: doing, Cause: x, Stack: debug.Stack()}
		}
	}()
	return f()
}
