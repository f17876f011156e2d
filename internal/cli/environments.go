package cli

import (
	"encoding/json"
	"io"
	"net/netip"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wacheck/wacheck/internal/estate"
	"github.com/wacheck/wacheck/source"
)

func newEnvironments() *cobra.Command {
	var f inputFlags
	var format, configuration string
	c := &cobra.Command{
		Use:   "environments [PATH...]",
		Short: "Show which environments there are, what they share, and their addresses",
		Long: "Show which environments the code holds (production, staging, development, …) and by which signs they are known; which networks,\n" +
			"groups, clusters, roles and keys are used by several of them; and the plan of their addresses, with what overlaps.",
		Example: "  wacheck environments infra/\n  wacheck environments . --format json",
		RunE: func(c *cobra.Command, args []string) error {
			s, err := load(inputsOf(c), args)
			if err != nil {
				return err
			}
			out, err := readOnly(c, &f, args, format)
			if err != nil {
				return err
			}
			e := estate.Survey(out.Graph, s.tree.Estate(), shownFrom(workingDir(), out.Root))
			if format == "json" {
				enc := json.NewEncoder(c.OutOrStdout())
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				return enc.Encode(e)
			}
			return writeSurvey(c.OutOrStdout(), e)
		},
	}
	f.register(c.Flags())
	c.Flags().StringVar(&configuration, "config", "", "configuration `FILE` (default: .wacheck.yaml at the root of the repository)")
	c.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: text or json")
	return c
}

// inputsOf are the flags of a command that say what is analysed: that of its format
// is its own, and not the setting of scan.
func inputsOf(c *cobra.Command) *pflag.FlagSet {
	out := pflag.NewFlagSet(c.Name(), pflag.ContinueOnError)
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "format" {
			out.AddFlag(f)
		}
	})
	return out
}

func writeSurvey(w io.Writer, e *estate.Estate) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	say(t, "ENVIRONMENT\tRESOURCES\tUNITS\tKNOWN BY\n")
	for _, x := range e.Environments {
		say(t, "%s\t%d\t%d\t%s\n", x.Name, x.Resources, x.Units, source.Printable(strings.Join(x.Signs, "; ")))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	say(w, "\nShared between environments\n")
	if len(e.Shared) == 0 {
		say(w, "  nothing that the code shows\n")
	}
	for _, s := range e.Shared {
		say(w, "  %s %s  %s\n", s.Kind, source.Printable(s.Address), s.Place)
		for _, u := range s.Users {
			say(w, "    %-14s %s\n", u.Environment, source.Printable(shortList(u.Addresses)))
		}
	}
	say(w, "\nAddresses\n")
	if len(e.Blocks) == 0 {
		say(w, "  no VPC with a known block\n")
	}
	for _, space := range spaces(e.Blocks) {
		writeSpace(w, space)
	}
	return nil
}

// space is a stretch of the address space with the blocks in it.
type space struct {
	of     netip.Prefix
	blocks []estate.Block
}

// spaces sorts the blocks into the private ranges (RFC 1918) and the rest.
func spaces(blocks []estate.Block) []space {
	var out []space
	for _, text := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "0.0.0.0/0"} {
		s := space{of: netip.MustParsePrefix(text)}
		for _, b := range blocks {
			if s.of.Contains(b.Prefix.Addr()) && !inSpace(out, b) {
				s.blocks = append(s.blocks, b)
			}
		}
		if len(s.blocks) > 0 {
			out = append(out, s)
		}
	}
	return out
}

func inSpace(list []space, b estate.Block) bool {
	for _, s := range list {
		if s.of.Contains(b.Prefix.Addr()) {
			return true
		}
	}
	return false
}

// writeSpace draws each block as its part of the range that all of them span.
func writeSpace(w io.Writer, s space) {
	const width = 40
	low, high := span(s.blocks)
	say(w, "  %s (drawn: %s to %s)\n", s.of, addr(low), addr(high-1))
	for _, b := range s.blocks {
		from, to := bounds(b.Prefix)
		left := int((from - low) * width / (high - low))
		right := max(left+1, int((to-low)*width/(high-low)))
		bar := strings.Repeat("·", left) + strings.Repeat("█", right-left) + strings.Repeat("·", width-right)
		say(w, "    %s  %-18s %-14s %s", bar, b.Prefix, b.Environment, source.Printable(b.Address))
		if len(b.Overlaps) > 0 {
			say(w, "  overlaps with %s", source.Printable(shortList(b.Overlaps)))
		}
		say(w, "\n")
	}
}

func span(blocks []estate.Block) (low, high uint64) {
	low, high = bounds(blocks[0].Prefix)
	for _, b := range blocks[1:] {
		from, to := bounds(b.Prefix)
		low, high = min(low, from), max(high, to)
	}
	return low, high
}

// bounds are the first address of an IPv4 prefix and the one behind the last.
func bounds(p netip.Prefix) (from, to uint64) {
	a := p.Masked().Addr().As4()
	from = uint64(a[0])<<24 | uint64(a[1])<<16 | uint64(a[2])<<8 | uint64(a[3])
	return from, from + 1<<(32-p.Bits())
}

func addr(n uint64) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}
