// Command gen writes the tables of package schema.
//
//	go run ./internal/schema/gen -terraform schema.json -cloudformation cfn.json -out internal/schema/tables
//
// The first input is what "terraform providers schema -json" writes for the
// AWS provider, the second what dump_cloudformation.py writes; either may be
// gzipped, and either may be left out, which leaves its table as it is. The
// same inputs give the same tables. gen reads files only, nothing from the
// network.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	terraform := flag.String("terraform", "", "provider schema (JSON, may be gzipped)")
	version := flag.String("terraform-version", "6.25.0", "version of the AWS provider that the schema is of")
	cloudformation := flag.String("cloudformation", "", "resource schemas (JSON, may be gzipped)")
	out := flag.String("out", "internal/schema/tables", "directory to write the tables to")
	flag.Parse()
	if err := run(*terraform, *version, *cloudformation, *out, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(terraform, version, cloudformation, out string, log io.Writer) error {
	if terraform == "" && cloudformation == "" {
		return fmt.Errorf("nothing to do: give -terraform or -cloudformation")
	}
	if terraform != "" {
		var in providerSchemas
		if err := readJSON(terraform, &in); err != nil {
			return err
		}
		text, err := terraformText(&in, version, additions, log)
		if err != nil {
			return fmt.Errorf("%s: %w", terraform, err)
		}
		if err := writeTable(filepath.Join(out, "terraform.txt.gz"), text, log); err != nil {
			return err
		}
	}
	if cloudformation != "" {
		var in cfnDump
		if err := readJSON(cloudformation, &in); err != nil {
			return err
		}
		text, err := cloudformationText(&in)
		if err != nil {
			return fmt.Errorf("%s: %w", cloudformation, err)
		}
		if err := writeTable(filepath.Join(out, "cloudformation.txt.gz"), text, log); err != nil {
			return err
		}
	}
	return nil
}

// readJSON reads a file that may be gzipped.
func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		zr, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if data, err = io.ReadAll(zr); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// writeTable gzips a text without a time stamp, so that only the text and the
// version of Go decide the bytes.
func writeTable(path, text string, log io.Writer) error {
	var packed bytes.Buffer
	zw, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(zw, text); err != nil {
		return err
	}
	if err := zw.Close(); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(log, "%s: %d types, %d bytes of text, %d packed\n",
		path, strings.Count(text, "\n")-1, len(text), packed.Len())
	return os.WriteFile(path, packed.Bytes(), 0o644)
}

var nameSyntax = regexp.MustCompile(`^[A-Za-z0-9_]+$`)

// checkName refuses a name that the tables could not tell from their own
// punctuation.
func checkName(name string) error {
	if !nameSyntax.MatchString(name) {
		return fmt.Errorf("name %q has more than letters, digits and underscores", name)
	}
	return nil
}
