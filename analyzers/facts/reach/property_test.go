package reach_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/value/tri"
)

// answers loads all networks at once and returns what reach says of each.
func answers(t *testing.T, texts []string) []tri.Bool {
	t.Helper()
	g := load(t, "main.tf", "variable \"u\" {}\n"+strings.Join(texts, "\n"))
	r := reachOf(g)
	out := make([]tri.Bool, len(texts))
	for i := range texts {
		out[i] = exposure(t, g, r, fmt.Sprintf("aws_instance.i%d", i)).Result
	}
	return out
}

const drawn = 150

func drawMany(seed uint64) (nets []simNetwork, texts []string) {
	random := rand.New(rand.NewPCG(seed, 7))
	for i := range drawn {
		n := drawNetwork(random)
		nets, texts = append(nets, n), append(texts, n.terraform(i))
	}
	return nets, texts
}

// TestAllowNeverCuts adds a rule to a security group: nothing that was reachable
// stops being so.
func TestAllowNeverCuts(t *testing.T) {
	nets, texts := drawMany(3)
	before := answers(t, texts)
	for i := range nets {
		nets[i].groups = append(slices.Clone(nets[i].groups), []simRule{{protocol: "tcp", from: 443, to: 443, prefix: simPrefixes[i%len(simPrefixes)]}})
		texts[i] = nets[i].terraform(i)
	}
	for i, after := range answers(t, texts) {
		if before[i] == tri.True && after != tri.True {
			t.Errorf("adding an allow cut the path:\n%s", texts[i])
		}
	}
}

// TestRouteNeverMissed removes a route to the internet gateway: nothing becomes
// reachable by it.
func TestRouteNeverMissed(t *testing.T) {
	nets, texts := drawMany(4)
	before := answers(t, texts)
	for i := range nets {
		nets[i].routes = slices.Clone(nets[i].routes)
		if at := slices.IndexFunc(nets[i].routes, func(r simRoute) bool { return r.igw }); at >= 0 {
			nets[i].routes = slices.Delete(nets[i].routes, at, at+1)
		}
		texts[i] = nets[i].terraform(i)
	}
	for i, after := range answers(t, texts) {
		if before[i] == tri.False && after != tri.False {
			t.Errorf("removing a route made it reachable:\n%s", texts[i])
		}
	}
}

// TestOrderAndNames writes the blocks in another order, under other names.
func TestOrderAndNames(t *testing.T) {
	_, texts := drawMany(5)
	before := answers(t, texts)
	renamed := regexp.MustCompile(`\b([vgnstarlxk])(\d+)`)
	for i := range texts {
		blocks := strings.Split(strings.TrimSpace(texts[i]), "\nresource ")
		slices.Reverse(blocks)
		for k, b := range blocks {
			blocks[k] = "resource " + strings.TrimPrefix(b, "resource ")
		}
		texts[i] = renamed.ReplaceAllString(strings.Join(blocks, "\n"), "zz_${1}_$2")
	}
	for i, after := range answers(t, texts) {
		if before[i] != after {
			t.Errorf("it was %v and is %v:\n%s", before[i], after, texts[i])
		}
	}
}

// TestUnknownNeverFlips replaces one value by a variable that nobody sets: an
// answer may open, and never turn into its opposite.
func TestUnknownNeverFlips(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	known := regexp.MustCompile(`(?m)= (?:"[^"]*"|\d+|true|false|aws_[a-z_]+\.\w+\.id|\["[^"]*"\])$`)
	for seed := range uint64(3) {
		_, texts := drawMany(20 + seed)
		before := answers(t, texts)
		original := slices.Clone(texts)
		for i := range texts {
			places := known.FindAllStringIndex(texts[i], -1)
			at := places[random.IntN(len(places))]
			value := "= var.u"
			if strings.HasSuffix(texts[i][at[0]:at[1]], "]") {
				value = "= [var.u]"
			}
			texts[i] = texts[i][:at[0]] + value + texts[i][at[1]:]
		}
		opened := 0
		for i, after := range answers(t, texts) {
			if after == tri.Unknown {
				opened++
			} else if before[i] != after {
				t.Errorf("it was %v and is %v with an unknown more:\n%s\n--- was ---\n%s", before[i], after, texts[i], original[i])
			}
		}
		if opened == 0 {
			t.Error("no answer became open: the test says little")
		}
	}
}

// TestFunctionURL toggles who may call a function's own URL.
func TestFunctionURL(t *testing.T) {
	code := map[string]string{
		"main.tf": `
variable "u" {}
resource "aws_lambda_function" "f" { function_name = "f" }
resource "aws_lambda_function_url" "f" {
  function_name = aws_lambda_function.f.function_name
  authorization_type = %s
}`,
		"template.yaml": `
Parameters:
  U: {Type: String}
Resources:
  F: {Type: AWS::Lambda::Function}
  Url:
    Type: AWS::Lambda::Url
    Properties: {TargetFunctionArn: !GetAtt F.Arn, AuthType: %s}
`,
	}
	addr := map[string]string{"main.tf": "aws_lambda_function.f", "template.yaml": "F"}
	for file, text := range code {
		for auth, want := range map[string]tri.Bool{`"NONE"`: tri.True, `"AWS_IAM"`: tri.False, map[string]string{"main.tf": "var.u", "template.yaml": "!Ref U"}[file]: tri.Unknown} {
			g := load(t, file, fmt.Sprintf(text, auth))
			if e := exposure(t, g, reachOf(g), addr[file]); e.Result != want {
				t.Errorf("%s, %s: got %v, want %v", file, auth, e.Result, want)
			}
		}
	}
}
