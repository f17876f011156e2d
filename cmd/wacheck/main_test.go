package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wacheck/wacheck/internal/cli"
)

var update = flag.Bool("update", false, "rewrite the expected files in scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wacheck": main})
}

// The scripts run the command as users do, and compare what they see.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			// What the environment of the developer holds must not show.
			e.Setenv("NO_COLOR", "")
			e.Setenv("TF_WORKSPACE", "")
			e.Setenv("SOURCE_DATE_EPOCH", "1795500000") // 2026-11-24
			repository(e)
			checkout, err := filepath.Abs("../..")
			e.Setenv("CHECKOUT", checkout)
			return err
		},
		Condition: condition,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits,
			"json":  isJSON,
		},
	})
}

// repository makes what git does in a script the same on every machine.
func repository(e *testscript.Env) {
	for name, value := range map[string]string{
		"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.DevNull,
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
		"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
	} {
		e.Setenv(name, value)
	}
}

// condition says what can be done on this machine: netns, whether a process can be
// cut off the network.
func condition(cond string) (bool, error) {
	if cond != "netns" {
		return false, fmt.Errorf("unknown condition %q", cond)
	}
	return exec.Command("unshare", "--user", "--net", "--map-root-user", "true").Run() == nil, nil
}

// exits runs a command and compares its exit status: exits 1 wacheck scan .
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d\n[stdout]\n%s\n[stderr]\n%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// isJSON checks that files are JSON.
func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		text := []byte(ts.ReadFile(name))
		if json.Valid(text) == neg {
			ts.Fatalf("%s: JSON is %v", name, !neg)
		}
		if bytes.Contains(text, []byte(os.TempDir()+"/")) {
			ts.Fatalf("%s holds a path of this machine", name)
		}
	}
}

// What the README shows of the demo is what the demo says.
func TestReadmeShowsTheDemo(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(readme), "\n```\n")
	block, _, ok := strings.Cut(block, "```\n")
	if !ok {
		t.Fatal("no block of output in the README")
	}
	var stdout, stderr bytes.Buffer
	if code := cli.Main([]string{"demo"}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit status %d: %s", code, &stderr)
	}
	if !strings.Contains(stdout.String(), block) {
		t.Errorf("the README shows what the demo does not say (any more); it should be a part of\n%s", &stdout)
	}
}
