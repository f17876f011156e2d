package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A rule of a minor release does not fail a build until the next major one, unless
// somebody asks for it. The rules of the program are the same objects for all: this
// test must not be parallel.
func TestNewRulesTakeNote(t *testing.T) {
	rule, err := findRule("rds-not-encrypted")
	if err != nil {
		t.Fatal(err)
	}
	rule.Since = "1.4"
	defer func() { rule.Since, stamped = "", "" }()

	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("main.tf", "resource \"aws_db_instance\" \"a\" {\n  multi_az                = true\n  backup_retention_period = 30\n}\n")
	config := filepath.Join(dir, "weight.yaml")
	write("weight.yaml", "rules:\n  rds-not-encrypted: {severity: high}\n")
	for _, c := range []struct {
		version, severity string
		args              []string
		code              int
	}{
		{"1.4.0", "info", nil, ExitClean},
		{"1.9.3", "info", []string{"--fail-on", "info", "--skip-rules", "rds-no-backup"}, ExitClean},
		{"2.0.0", "high", nil, ExitFindings},
		{"1.4.0", "high", []string{"--profile", "latest"}, ExitFindings},
		{"1.4.0", "high", []string{"--rules", "rds-not-encrypted"}, ExitFindings},
		{"1.4.0", "high", []string{"--config", config}, ExitFindings},
		{"", "high", nil, ExitFindings}, // built from the source: it has no release to be new in
	} {
		stamped = c.version
		var stdout, stderr bytes.Buffer
		code := Main(append([]string{"scan", "-q", dir}, c.args...), &stdout, &stderr)
		if code != c.code || !strings.Contains(stdout.String(), ": "+c.severity+": RDS storage is not encrypted") {
			t.Errorf("%s %v: exit status %d, want %d and severity %s\n%s%s", c.version, c.args, code, c.code, c.severity, &stdout, &stderr)
		}
	}
	stamped = "1.4.0"
	var stdout, stderr bytes.Buffer
	Main([]string{"scan", dir}, &stdout, &stderr)
	if !strings.Contains(stdout.String(), "came with version 1.4") {
		t.Errorf("the report does not say why it is a note\n%s", &stdout)
	}
}
