package tforacle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// EnvOracle is the environment variable that names the directory of an oracle:
// it holds tfrc, a configuration of the Terraform command with a mirror of
// stand-in providers.
const EnvOracle = "WACHECK_TFORACLE"

// Oracle runs Terraform.
type Oracle struct{ terraform, config string }

// Find returns the oracle of the environment; an error says why there is none.
func Find() (*Oracle, error) {
	dir := os.Getenv(EnvOracle)
	if dir == "" {
		return nil, errors.New(EnvOracle + " does not name an oracle")
	}
	config, err := filepath.Abs(filepath.Join(dir, "tfrc"))
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(config); err != nil {
		return nil, err
	}
	terraform, err := exec.LookPath("terraform")
	if err != nil {
		return nil, err
	}
	return &Oracle{terraform, config}, nil
}

// Plan plans the configuration of a directory, in which it leaves the traces
// that Terraform leaves. Vars are values of variables in the syntax of tfvars.
func (o *Oracle) Plan(ctx context.Context, dir string, getModules bool) (*Record, error) {
	_ = os.Remove(filepath.Join(dir, ".terraform.lock.hcl")) // it may have the hashes of other builds of the providers
	if _, err := o.run(ctx, dir, "init", "-no-color", "-input=false", fmt.Sprintf("-get=%t", getModules)); err != nil {
		return nil, fmt.Errorf("init: %w", err)
	}
	const file = ".wacheck.plan"
	if _, err := o.run(ctx, dir, "plan", "-no-color", "-input=false", "-refresh=false", "-lock=false", "-out="+file); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	plan, err := o.run(ctx, dir, "show", "-json", file)
	if err != nil {
		return nil, fmt.Errorf("show: %w", err)
	}
	dot, err := o.run(ctx, dir, "graph")
	if err != nil {
		return nil, fmt.Errorf("graph: %w", err)
	}
	return NewRecord(plan, dot)
}

func (o *Oracle) run(ctx context.Context, dir string, args ...string) ([]byte, error) {
	var out, trouble bytes.Buffer
	cmd := exec.CommandContext(ctx, o.terraform, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &trouble
	cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+o.config, "FAKE_UNSET=unknown", "AWS_REGION=us-east-1",
		"CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
	if err := cmd.Run(); err != nil {
		return nil, errors.New(firstError(trouble.String() + out.String()))
	}
	return out.Bytes(), nil
}

var errorLine = regexp.MustCompile(`(?m)^[│\s]*Error: (.*)$`)

// firstError shortens what Terraform says to its first error and the place.
func firstError(text string) string {
	m := errorLine.FindStringSubmatchIndex(text)
	if m == nil {
		return strings.TrimSpace(text)
	}
	rest := strings.Fields(text[m[1]:])
	return text[m[2]:m[3]] + ": " + strings.Join(rest[:min(len(rest), 30)], " ")
}
