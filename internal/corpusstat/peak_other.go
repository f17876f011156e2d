//go:build !unix

package main

import "os"

// peakKiB is not known here.
func peakKiB(*os.ProcessState) int { return 0 }
