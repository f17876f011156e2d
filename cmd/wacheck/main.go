// Command wacheck finds AWS Well-Architected risks in infrastructure code.
package main

import (
	"os"

	"github.com/wacheck/wacheck/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr))
}
