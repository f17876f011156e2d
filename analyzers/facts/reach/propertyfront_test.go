package reach_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/value/tri"
)

// frontAnswers loads networks with load balancers at once and returns what reach says
// of the instance of each.
func frontAnswers(t *testing.T, texts []string) []tri.Bool {
	t.Helper()
	g := load(t, "main.tf", "variable \"u\" {}\n"+strings.Join(texts, "\n"))
	r := reachOf(g)
	out := make([]tri.Bool, len(texts))
	for i := range texts {
		out[i] = fronted(t, g, r, fmt.Sprintf("aws_instance.i%d", i)).Result
	}
	return out
}

func drawFronts(seed uint64) (nets []simFront, texts []string) {
	random := rand.New(rand.NewPCG(seed, 11))
	for i := range drawn {
		n := drawFront(random)
		nets, texts = append(nets, n), append(texts, n.terraform(i))
	}
	return nets, texts
}

// TestFrontAllowNeverCuts adds rules to the security groups on both sides: nothing that
// was reachable through the load balancer stops being so.
func TestFrontAllowNeverCuts(t *testing.T) {
	nets, texts := drawFronts(1)
	before := frontAnswers(t, texts)
	more := simRule{protocol: "tcp", from: 443, to: 443, prefix: insidePrefixes[0]}
	for i := range nets {
		nets[i].in, nets[i].out, nets[i].back = append(slices.Clone(nets[i].in), more), append(slices.Clone(nets[i].out), more), append(slices.Clone(nets[i].back), more)
		texts[i] = nets[i].terraform(i)
	}
	for i, after := range frontAnswers(t, texts) {
		if before[i] == tri.True && after != tri.True {
			t.Errorf("adding an allow cut the path:\n%s", texts[i])
		}
	}
}

// TestFrontRouteNeverMissed takes the route to the internet away: nothing is reachable
// through the load balancer any more.
func TestFrontRouteNeverMissed(t *testing.T) {
	nets, texts := drawFronts(2)
	for i := range nets {
		nets[i].routed = false
		texts[i] = nets[i].terraform(i)
	}
	for i, after := range frontAnswers(t, texts) {
		if after != tri.False {
			t.Errorf("without a route it is %v:\n%s", after, texts[i])
		}
	}
}

// TestFrontOrderAndNamesDoNotMatter reverses the blocks and renames the resources.
func TestFrontOrderAndNamesDoNotMatter(t *testing.T) {
	_, texts := drawFronts(3)
	before := frontAnswers(t, texts)
	for i, text := range texts {
		blocks := strings.Split(text, "\nresource ")
		slices.Reverse(blocks)
		text = strings.Join(blocks, "\nresource ")
		text = strings.Replace(text, "\nresource resource ", "\nresource ", 1)
		text = strings.ReplaceAll("resource "+text, "resource resource ", "resource ")
		texts[i] = strings.ReplaceAll(strings.ReplaceAll(text, fmt.Sprintf("\"front%d\"", i), fmt.Sprintf("\"edge%d\"", i)),
			fmt.Sprintf(".front%d.", i), fmt.Sprintf(".edge%d.", i))
	}
	for i, after := range frontAnswers(t, texts) {
		if before[i] != after {
			t.Errorf("from %v to %v:\n%s", before[i], after, texts[i])
		}
	}
}

// TestFrontUnknownsNeverDecide replaces numbers and addresses by an unknown: what was
// decided may open, and never flips.
func TestFrontUnknownsNeverDecide(t *testing.T) {
	_, texts := drawFronts(4)
	before := frontAnswers(t, texts)
	for i := range texts {
		old := []string{`cidr_blocks = ["0.0.0.0/0"]`, "from_port = 22", "port = 443", "internal = false", `protocol = "tcp"`}[i%5]
		key, _, _ := strings.Cut(old, " = ")
		unknown := key + " = var.u"
		if key == "cidr_blocks" {
			unknown = "cidr_blocks = [var.u]"
		}
		texts[i] = strings.Replace(texts[i], old, unknown, 1)
	}
	for i, after := range frontAnswers(t, texts) {
		if after != tri.Unknown && before[i] != after {
			t.Errorf("from %v to %v:\n%s", before[i], after, texts[i])
		}
	}
}
