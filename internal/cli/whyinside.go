package cli

import (
	"io"
	"strings"

	"github.com/wacheck/wacheck/analyzers/facts/identity"
	"github.com/wacheck/wacheck/analyzers/facts/reach"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// whyReader is how what the internet reaches comes to data.
type whyReader struct {
	Address string    `json:"address"`
	Through []string  `json:"through,omitempty"`
	Steps   []whyStep `json:"steps"`
}

// readersOf are the workloads that the internet certainly reaches and that may
// certainly read a bucket.
func readersOf(r *reach.Reach, ids *identity.Identities, b *aws.Bucket, steps func([]value.Fact) []whyStep) []whyReader {
	var out []whyReader
	for _, reader := range ids.Readers(b) {
		e, known := r.Exposed(reader.Workload)
		if !known || e.Result != tri.True || reader.Result != tri.True {
			continue
		}
		w := whyReader{Address: reader.Workload.Addr, Steps: steps(append([]value.Fact{reader.Held.At}, reader.By...))}
		for _, n := range e.Paths[0].Fronts {
			w.Through = append(w.Through, n.Addr)
		}
		out = append(out, w)
	}
	return out
}

// connect adds what may connect to a data store from inside.
func (a *whyAnswer) connect(inside []reach.Neighbour, networks []reach.Network, steps func([]value.Fact) []whyStep) {
	for i := range inside {
		n := &inside[i]
		w := whyNeighbour{Address: n.Node.Addr, Result: "connects", Steps: steps(n.Hops)}
		if n.Result != tri.True {
			w.Result, w.Steps = "not decided", steps(n.Missing)
		} else if !n.Ports[0].IsEmpty() {
			w.TCP = n.Ports[0].String()
		}
		a.Inside = append(a.Inside, w)
	}
	for _, n := range networks {
		a.Networks = append(a.Networks, steps([]value.Fact{{Text: n.Node.Addr + ": " + n.What, Span: n.Node.Span.Head()}})...)
	}
}

func (a *whyAnswer) writeInside(w io.Writer) {
	for _, result := range []string{"connects", "not decided"} {
		heading := map[string]string{"connects": "from inside, these connect:", "not decided": "from inside, these may connect, which is not decided:"}[result]
		for _, n := range a.Inside {
			if n.Result != result {
				continue
			}
			if heading != "" {
				say(w, "\n  %s\n", heading)
				heading = ""
			}
			say(w, "    %s", n.Address)
			if n.TCP != "" {
				say(w, " to tcp %s", n.TCP)
			}
			say(w, "\n")
			if result == "connects" {
				writeWhySteps(w, "      ↓ ", n.Steps)
			} else {
				writeWhySteps(w, "      ? ", n.Steps[:min(1, len(n.Steps))])
			}
		}
	}
	if len(a.Networks) > 0 {
		say(w, "\n  other networks that lead into its VPC:\n")
		writeWhySteps(w, "    ", a.Networks)
	}
}

// writeReaders lists what the internet reaches and what may read a bucket.
func (a *whyAnswer) writeReaders(w io.Writer) {
	if len(a.Readers) == 0 {
		return
	}
	say(w, "\n  read by what the internet reaches:\n")
	for _, r := range a.Readers {
		say(w, "    %s", r.Address)
		if len(r.Through) > 0 {
			say(w, ", through %s", strings.Join(r.Through, " and "))
		}
		say(w, "\n")
		writeWhySteps(w, "      ↓ ", r.Steps)
	}
}
