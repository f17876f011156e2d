//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakKiB is the most memory that a finished process held at one time.
func peakKiB(s *os.ProcessState) int {
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int(usage.Maxrss / 1024) // bytes there
	}
	return int(usage.Maxrss)
}
