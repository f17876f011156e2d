package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wacheck/wacheck/analysis/checker"
	"github.com/wacheck/wacheck/analyzers/facts/account"
	"github.com/wacheck/wacheck/analyzers/facts/identity"
	"github.com/wacheck/wacheck/analyzers/facts/reach"
	"github.com/wacheck/wacheck/analyzers/facts/topology"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/driver"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

func newWhy() *cobra.Command {
	var f inputFlags
	var format string
	c := &cobra.Command{
		Use:   "why ADDRESS [PATH...]",
		Short: "Show how the internet reaches a resource, or where the way is cut",
		Long: "Show every path on which packets from the internet arrive at a resource, hop by hop with its place in the code; or the hop at\n" +
			"which each path is cut; or what would have to be known to decide. Of buckets, also which workloads read them that the internet\n" +
			"reaches; of other data stores, which workloads connect from inside, and what leads into their network. Of roles and users of IAM,\n" +
			"which others can come to act as them, step by step, also from other roots and stacks, and which workloads run as them.\n" +
			"ADDRESS is a Terraform address or a logical id, and may be a glob.",
		Example: "  wacheck why aws_db_instance.main infra/\n  wacheck why 'module.web.aws_instance.*'",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			out, err := readOnly(c, &f, args[1:], format)
			if err != nil {
				return err
			}
			answers, err := explainReach(out, args[0])
			if err != nil {
				return err
			}
			if format == "json" {
				return writeWhyJSON(c.OutOrStdout(), answers)
			}
			tellUnits(answers)
			for i := range answers {
				answers[i].write(c.OutOrStdout())
			}
			return nil
		},
	}
	f.register(c.Flags())
	c.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: text or json")
	return c
}

// readOnly evaluates the input of a command that looks into the graph, and writes
// text or JSON about it. No rule is run.
func readOnly(c *cobra.Command, f *inputFlags, paths []string, format string) (*driver.Output, error) {
	if format != "text" && format != "json" {
		return nil, withHint(fmt.Errorf("--format: unknown format %q (one of text, json)", format), format, []string{"text", "json"})
	}
	o, err := f.options(paths)
	if err != nil {
		return nil, err
	}
	o.Suite = checker.Suite{}
	out, err := scan(c.Context(), o)
	if err != nil {
		return nil, err
	}
	if out.Coverage.Units == 0 {
		return nil, status{code: ExitNothing, err: errors.New(nothingFound)}
	}
	return out, nil
}

// whyAnswer is what is said of one resource.
type whyAnswer struct {
	Address string    `json:"address"`
	Unit    string    `json:"unit"`
	Place   string    `json:"place"`
	Result  string    `json:"result"` // reachable, not reachable, not decided; empty for roles and users
	Paths   []whyPath `json:"paths"`
	Missing []whyStep `json:"missing"`
	Cuts    []whyStep `json:"cuts"`
	// Readers are workloads that the internet reaches and that may read the bucket.
	Readers []whyReader `json:"readers,omitempty"`
	// Inside are workloads that may connect to a data store, Networks what leads
	// into its VPC from others.
	Inside   []whyNeighbour `json:"inside,omitempty"`
	Networks []whyStep      `json:"networks,omitempty"`
	// Actors can come to act as a role or user, and Holders run as it.
	Actors  []whyActor  `json:"actors,omitempty"`
	Holders []whyHolder `json:"holders,omitempty"`

	isPrincipal bool
	// tellsUnit says that others of the answers are about the same address.
	tellsUnit bool
}

// tellUnits tells answers about one address apart: those of several worlds of a
// root, or of several roots and stacks.
func tellUnits(answers []whyAnswer) {
	count := map[string]int{}
	for _, a := range answers {
		count[a.Address]++
	}
	for i := range answers {
		answers[i].tellsUnit = count[answers[i].Address] > 1
	}
}

// whyNeighbour is a workload that may connect, or of which that is not decided.
type whyNeighbour struct {
	Address string    `json:"address"`
	Result  string    `json:"result"` // connects, not decided
	TCP     string    `json:"tcp,omitempty"`
	Steps   []whyStep `json:"steps"`
}

type whyPath struct {
	Family string `json:"family,omitempty"`
	Subnet string `json:"subnet,omitempty"`
	// Through is what hands packets on, from the internet inwards.
	Through []string  `json:"through,omitempty"`
	TCP     string    `json:"tcp,omitempty"`
	UDP     string    `json:"udp,omitempty"`
	Sources []string  `json:"sources"`
	Hops    []whyStep `json:"hops"`
}

type whyStep struct {
	Text  string `json:"text"`
	Place string `json:"place,omitempty"`
}

// explainReach answers for all resources whose address matches.
func explainReach(out *driver.Output, pattern string) ([]whyAnswer, error) {
	r := reach.New(out.Graph, topology.New(out.Graph))
	ids := identity.New(out.Graph, account.New(out.Graph))
	shown := shownFrom(workingDir(), out.Root)
	var answers []whyAnswer
	var near []string
	matched := false
	for _, n := range out.Graph.Nodes() {
		if n.Mode != graph.Managed {
			continue
		}
		if !matchesAddress(pattern, n.Addr) {
			near = append(near, n.Addr)
			continue
		}
		matched = true
		if p := ids.Of(n); p != nil {
			a := newWhyAnswer(out.Files, shown, n, &reach.Exposure{})
			a.Result, a.isPrincipal = "", true
			a.become(r, ids, p, stepper(out.Files, shown))
			answers = append(answers, a)
			continue
		}
		e, known := r.Exposed(n)
		inside, networks, store := r.FromInside(n)
		if store && !known {
			e = &reach.Exposure{Result: tri.False, Cuts: []value.Fact{{Text: n.Addr + " has no address of its own on the internet", Span: n.Span.Head()}}}
		}
		if known || store {
			a := newWhyAnswer(out.Files, shown, n, e)
			a.connect(inside, networks, stepper(out.Files, shown))
			if b := aws.Of[aws.Bucket](out.Graph, n); b != nil {
				a.Readers = readersOf(r, ids, b, stepper(out.Files, shown))
			}
			answers = append(answers, a)
		}
	}
	switch {
	case !matched:
		return nil, withHint(fmt.Errorf("no resource %q", pattern), pattern, near)
	case len(answers) == 0:
		return nil, fmt.Errorf("%s has no network interface or endpoint, and cannot stand behind one", pattern)
	}
	return answers, nil
}

// matchesAddress compares with an address or a glob. An address without keys
// stands for all instances of the block.
func matchesAddress(pattern, addr string) bool {
	if pattern == addr || strings.HasPrefix(addr, pattern+"[") {
		return true
	}
	ok, err := path.Match(pattern, addr)
	return ok && err == nil
}

// placer writes a place as the user would.
func placer(files *source.FileSet, shown func(string) string) func(source.Span) string {
	return func(s source.Span) string {
		if !s.IsValid() {
			return ""
		}
		p := files.Position(s.Pos)
		p.Path = shown(p.Path)
		return source.Printable(p.String())
	}
}

// stepper writes facts as steps.
func stepper(files *source.FileSet, shown func(string) string) func([]value.Fact) []whyStep {
	place := placer(files, shown)
	return func(facts []value.Fact) []whyStep {
		out := []whyStep{}
		for _, f := range facts {
			if f.Text != "" {
				out = append(out, whyStep{source.Printable(f.Text), place(f.Span)})
			}
		}
		return out
	}
}

func newWhyAnswer(files *source.FileSet, shown func(string) string, n *graph.Node, e *reach.Exposure) whyAnswer {
	place, steps := placer(files, shown), stepper(files, shown)
	a := whyAnswer{Address: n.Addr, Place: place(n.Span), Paths: []whyPath{}, Missing: steps(e.Missing), Cuts: steps(e.Cuts)}
	if n.Unit != nil {
		a.Unit = n.Unit.Key
	}
	a.Result = resultOf(e.Result)
	for i := range e.Paths {
		a.Paths = append(a.Paths, newWhyPath(&e.Paths[i], steps))
	}
	return a
}

func resultOf(b tri.Bool) string {
	switch b {
	case tri.True:
		return "reachable"
	case tri.False:
		return "not reachable"
	default:
		return "not decided"
	}
}

func newWhyPath(p *reach.Path, steps func([]value.Fact) []whyStep) whyPath {
	out := whyPath{Hops: steps(p.Hops)}
	if p.Subnet != nil {
		out.Family, out.Subnet = p.Family.String(), p.Subnet.Addr
	}
	for _, n := range p.Fronts {
		out.Through = append(out.Through, n.Addr)
	}
	if !p.Ports[0].IsEmpty() {
		out.TCP = p.Ports[0].String()
	}
	if !p.Ports[1].IsEmpty() {
		out.UDP = p.Ports[1].String()
	}
	if p.FromEverywhere() {
		out.Sources = []string{map[reach.Family]string{reach.IPv4: "0.0.0.0/0", reach.IPv6: "::/0"}[p.Family]}
		return out
	}
	for _, s := range p.Sources.Prefixes() {
		out.Sources = append(out.Sources, s.String())
	}
	return out
}

func (a *whyAnswer) write(w io.Writer) {
	say(w, "%s  %s\n", a.Address, a.Place)
	if a.tellsUnit {
		say(w, "  in %s\n", a.Unit)
	}
	if a.isPrincipal {
		a.writeRole(w)
		say(w, "\n")
		return
	}
	say(w, "  %s from the internet\n", a.Result)
	for _, p := range a.Paths {
		var ports []string
		if p.TCP != "" {
			ports = append(ports, "tcp "+p.TCP)
		}
		if p.UDP != "" {
			ports = append(ports, "udp "+p.UDP)
		}
		say(w, "\n  %s", strings.Join(ports, " and "))
		say(w, " from %s", shortList(p.Sources))
		switch {
		case len(p.Through) > 0:
			say(w, ", through %s", strings.Join(p.Through, " and "))
		case p.Subnet != "":
			say(w, ", %s, through %s", p.Family, p.Subnet)
		}
		say(w, "\n    internet\n")
		writeWhySteps(w, "    ↓ ", p.Hops)
	}
	if a.Result == "not decided" {
		say(w, "\n  to decide, these would have to be known:\n")
		writeWhySteps(w, "    ? ", a.Missing)
	}
	if len(a.Cuts) > 0 && a.Result != "reachable" {
		say(w, "\n  cut at:\n")
		writeWhySteps(w, "    ✗ ", a.Cuts)
	}
	a.writeInside(w)
	a.writeReaders(w)
	say(w, "\n")
}

func writeWhySteps(w io.Writer, mark string, steps []whyStep) {
	for _, s := range steps {
		say(w, "%s%s", mark, s.Text)
		if s.Place != "" {
			say(w, "  %s", s.Place)
		}
		say(w, "\n")
	}
}

// shortList is "a, b, c and 4 more".
func shortList(list []string) string {
	const most = 3
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}

func writeWhyJSON(w io.Writer, answers []whyAnswer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(answers)
}
