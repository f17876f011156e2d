package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/wacheck/wacheck/internal/cli"
	"github.com/wacheck/wacheck/report"
)

// measurement is what runs over one estate gave.
type measurement struct {
	program, profile string

	document *report.Document
	seconds  []float64
	// kib are the peaks of memory, where the system tells them.
	kib []int
}

// run scans an estate once, in a process of its own.
func (m *measurement) run(estate string) error {
	//nolint:gosec // the program is this one
	cmd := exec.Command(m.program, "scan", "--profile", m.profile, "--format", "json", "--allow-parse-errors", estate)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now() //nolint:forbidigo // what is measured
	err := cmd.Run()
	m.seconds = append(m.seconds, time.Since(start).Seconds()) //nolint:forbidigo // what is measured
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	switch code := cmd.ProcessState.ExitCode(); code {
	case cli.ExitClean, cli.ExitFindings, cli.ExitNothing:
	default:
		return fmt.Errorf("exit status %d: %s", code, stderr.Bytes())
	}
	m.kib = append(m.kib, peakKiB(cmd.ProcessState))
	m.document = &report.Document{}
	return json.Unmarshal(stdout.Bytes(), m.document)
}
