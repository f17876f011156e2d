package sarif

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/report/reporttest"
)

func TestPlaces(t *testing.T) {
	l, _ := write(t, reporttest.Estate(t), Options{})
	for id, want := range map[string]string{
		"rds-not-encrypted":    "envs/prod/main.tf:8:22-35",
		"rds-password-in-code": "envs/prod/main.tf:9:22-31",
		"public-database":      "envs/prod/main.tf:6:1-36",
		"s3-no-versioning":     "envs/prod/main.tf:13:1-34",
		"subnet-public-ips":    "envs/prod/main.tf:3:12-16",
	} {
		if got := find(t, l, id).at(); got != want {
			t.Errorf("%s at %s, want %s", id, got, want)
		}
	}
}

func TestOddPaths(t *testing.T) {
	tests := map[string]struct{ prefix, path, want string }{
		"blank":               {"", "a b.tf", "a%20b.tf"},
		"percent":             {"", "50%.tf", "50%25.tf"},
		"hash and question":   {"", "a#b?c.tf", "a%23b%3Fc.tf"},
		"colon":               {"", "ab:c/x.tf", "ab%3Ac/x.tf"},
		"unicode":             {"", "größe/日.tf", "gr%C3%B6%C3%9Fe/%E6%97%A5.tf"},
		"backslash":           {"", `a\b.tf`, "a%5Cb.tf"},
		"brackets":            {"", "[a].tf", "%5Ba%5D.tf"},
		"prefix":              {"infra/live", "a.tf", "infra/live/a.tf"},
		"out, not too far":    {"infra/live", "../modules/a.tf", "infra/modules/a.tf"},
		"like a cache":        {"", ".terraform-configs/a.tf", ".terraform-configs/a.tf"},
		"a name that has ..":  {"", "a..b.tf", "a..b.tf"},
		"out of it":           {"", "../a.tf", ""},
		"too far out":         {"infra", "../../a.tf", ""},
		"absolute":            {"", "/etc/a.tf", ""},
		"drive":               {"", "C:/a.tf", ""},
		"downloaded":          {"", "x/.terraform/modules/a.tf", ""},
		"downloaded, aliased": {"x", "../y/./.terraform/a.tf", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &places{prefix: tt.prefix}
			repo, ok := p.inRepository(tt.path)
			if got := encodePath(repo); got != tt.want || ok != (tt.want != "") {
				t.Errorf("got %q (%v), want %q", got, ok, tt.want)
			}
		})
	}
}

func TestFindingsWithoutPlace(t *testing.T) {
	b := reporttest.New(t, map[string]string{"../x/z.tf": "bad\n", "b.tf": "call\n", "a.tf": "\n  terraform {}\n"})
	rule := func(id string) *analysis.Rule { return &analysis.Rule{ID: id, Title: "T", Severity: analysis.High} }
	outside := b.At("../x/z.tf", "bad")
	b.Add(analysis.Finding{Rule: rule("called"), Span: outside, Steps: []analysis.Step{{Kind: analysis.StepModule, Text: "m is called", Span: b.At("b.tf", "call")}}})
	b.Add(analysis.Finding{Rule: rule("account")})
	b.Add(analysis.Finding{Rule: rule("lost"), Span: outside})
	l, _ := write(t, b, Options{})
	if got := find(t, l, "called").at(); got != "b.tf:1:1-5" {
		t.Errorf("called at %s", got)
	}
	if got := find(t, l, "account").at(); got != "a.tf:1:1-1" {
		t.Errorf("account at %s", got)
	}
	run := l.Runs[0]
	if len(run.Results) != 2 || len(run.Tool.Driver.Rules) != 3 {
		t.Errorf("%d results, %d rules", len(run.Results), len(run.Tool.Driver.Rules))
	}
	if n := run.Invocations[0].ToolExecutionNotifications; len(n) != 1 || n[0].Descriptor.ID != outsideNotice || !strings.HasPrefix(n[0].Message.Text, "1 ") {
		t.Errorf("notifications %+v", n)
	}
}

func TestMergedOnOneLine(t *testing.T) {
	b := reporttest.New(t, map[string]string{"a.tf": "p = [bad1, bad2]\n"})
	rule := &analysis.Rule{ID: "r", Title: "T", Severity: analysis.Medium}
	add := func(sev analysis.Severity, text, message string, addrs ...string) {
		var insts []analysis.Instance
		for _, a := range addrs {
			insts = append(insts, analysis.Instance{Address: a, Unit: "u", World: "w-" + a[:1], Environment: analysis.Production})
		}
		b.Add(analysis.Finding{Rule: rule, Severity: sev, Span: b.At("a.tf", text), Message: message, Instances: insts, Subject: text,
			Covers: []string{"z", "c-" + text}})
	}
	add(analysis.Medium, "bad1", "x has bad1", "x.a", "y.a")
	add(analysis.High, "bad2", "x has bad2", "x.a", "m", "n", "o", "p", "q", "r", "s", "t", "v", "w")
	b.Add(analysis.Finding{Rule: rule, Open: true, Span: b.At("a.tf", "bad1"), Message: "open"})
	l, _ := write(t, b, Options{IncludeOpen: true})
	if len(l.Runs[0].Results) != 1 {
		t.Fatalf("%d results", len(l.Runs[0].Results))
	}
	r := l.Runs[0].Results[0]
	if r.Level != "error" || r.at() != "a.tf:1:12-16" || r.Properties["severity"] != "high" {
		t.Errorf("level %s at %s, %v", r.Level, r.at(), r.Properties)
	}
	want := "x has bad2. On the same line: x has bad1. It also holds for m, n, o and 8 more."
	if r.Message.Text != want {
		t.Errorf("message %q, want %q", r.Message.Text, want)
	}
	p := r.Properties
	if n := len(p["instances"].([]any)); n != 10 || p["instanceCount"] != 12.0 || p["opens"] != 1.0 {
		t.Errorf("%d instances, properties %v", n, p)
	}
	if got := fmt.Sprint(p["covers"]); got != "[c-bad1 c-bad2 z]" {
		t.Errorf("covers %s", got)
	}
	if n := len(p["identities"].([]any)); n != 2 {
		t.Errorf("%d identities", n)
	}
}

func TestEvidence(t *testing.T) {
	l, _ := write(t, reporttest.Estate(t), Options{})
	for id, want := range map[string]string{
		"rds-not-encrypted": "RDS storage is not encrypted in aws_db_instance.main: storage_encrypted is false. " +
			"Evidence: storage_encrypted is false ← [var.encrypted gets its default](1).",
		"public-database": "aws_db_instance.main can be reached from the internet on port 5432 through aws_internet_gateway.gw. " +
			"Path: the internet reaches module.network → its public subnets hold the database → the database answers.",
		"s3-no-versioning": "S3 bucket keeps no versions in aws_s3_bucket.logs[0]: versioning is not set. " +
			"It also holds for aws_s3_bucket.logs[1], aws_s3_bucket.logs[2].",
		"subnet-public-ips": `A subnet gives public addresses in module.network.aws_subnet.this["a.b"]: map_public_ip_on_launch is true. ` +
			"Evidence: map_public_ip_on_launch is true ← [var.public is set by the module call](1). " +
			"Modules: [module.network is called](2). The code is in module.network (terraform-aws-modules/vpc/aws 6.1.0) " +
			"at envs/prod/.terraform/modules/network/main.tf:2.",
	} {
		r := find(t, l, id)
		if r.Message.Text != want {
			t.Errorf("%s:\n got %s\nwant %s", id, r.Message.Text, want)
		}
		for i, rel := range r.RelatedLocations {
			if rel.ID != i+1 || rel.Message.Text == "" {
				t.Errorf("%s: related %+v", id, rel)
			}
		}
	}
	flow := find(t, l, "public-database").CodeFlows
	if len(flow) != 1 || len(flow[0].ThreadFlows[0].Locations) != 3 {
		t.Errorf("code flows %+v", flow)
	}
	remote := find(t, l, "subnet-public-ips").Properties["module"].(map[string]any)
	want := map[string]any{"path": "module.network", "source": "terraform-aws-modules/vpc/aws", "version": "6.1.0",
		"file": "envs/prod/.terraform/modules/network/main.tf", "line": 2.0}
	if fmt.Sprint(remote) != fmt.Sprint(want) {
		t.Errorf("module %v", remote)
	}
	if n := find(t, l, "subnet-public-ips").Locations[0].LogicalLocations[0]; n.Name != `this["a.b"]` || n.Kind != "resource" {
		t.Errorf("logical location %+v", n)
	}
}

func TestLinksAreEscaped(t *testing.T) {
	b := reporttest.New(t, map[string]string{"a.tf": "a b\n"})
	b.Add(analysis.Finding{Rule: &analysis.Rule{ID: "r", Title: "T"}, Span: b.At("a.tf", "a"), Message: "see [this](https://evil.example)\n2nd line",
		Steps: []analysis.Step{{Kind: analysis.StepOrigin, Text: `x["k\1"](9)`, Span: b.At("a.tf", "b")}}})
	l, _ := write(t, b, Options{})
	want := `see [this] (https://evil.example) 2nd line. Evidence: [x\["k\\1"\](9)](1).`
	if got := l.Runs[0].Results[0].Message.Text; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOpens(t *testing.T) {
	if l, raw := write(t, reporttest.Estate(t), Options{}); bytes.Contains(raw, []byte(`"kind": "open"`)) || l.Runs[0].Properties["opens"] != 3.0 {
		t.Error("opens are not left out, or not counted")
	}
	l, _ := write(t, reporttest.Estate(t), Options{IncludeOpen: true})
	kinds := map[string]int{}
	for _, r := range l.Runs[0].Results {
		kinds[r.Kind+" "+r.Level]++
	}
	// The open verdict on multi_az stands on the line of a failure, and the two on
	// buckets share a line.
	if kinds["review none"] != 1 || kinds["open none"] != 0 {
		t.Errorf("kinds %v", kinds)
	}
	if n := find(t, l, "rds-single-az").Properties["opens"]; n != 1.0 {
		t.Errorf("opens next to a failure: %v", n)
	}
}

func TestLimit(t *testing.T) {
	const n = 30_000
	b := reporttest.New(t, map[string]string{"a.tf": strings.Repeat("line\n", n)})
	f := b.Files.Lookup("a.tf")
	low, high := &analysis.Rule{ID: "low", Title: "T", Severity: analysis.Low}, &analysis.Rule{ID: "high", Title: "T", Severity: analysis.High}
	b.Rules = []*analysis.Rule{high, low}
	for i := range n {
		r := low
		if i%100 == 99 {
			r = high
		}
		b.Findings = append(b.Findings, analysis.Finding{Rule: r, Severity: r.Severity, Span: f.Span(5*i, 5*i+4), Message: "m", ID: "i"})
	}
	for _, tt := range []struct{ max, want int }{{0, DefaultMaxResults}, {100, 100}, {1 << 30, MaxResults}} {
		l := New(Options{MaxResults: tt.max})
		data, err := l.encode(&b.Result)
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Count(data, []byte(`"ruleIndex"`)); got != tt.want {
			t.Errorf("%d: %d results, want %d", tt.max, got, tt.want)
		}
		if got, want := bytes.Count(data, []byte(`"ruleId": "high"`)), min(n/100, tt.want); got != want {
			t.Errorf("%d: %d grave results, want %d", tt.max, got, want)
		}
		if !bytes.Contains(data, fmt.Appendf(nil, "Only the %d gravest of %d results", tt.want, n)) {
			t.Errorf("%d: no notification", tt.max)
		}
	}
}

func TestLimitOfSize(t *testing.T) {
	b := reporttest.New(t, map[string]string{"a.tf": strings.Repeat("line\n", 40)})
	f := b.Files.Lookup("a.tf")
	rule := &analysis.Rule{ID: "r", Title: "T"}
	state := uint64(1)
	for i := range 40 {
		text := make([]byte, 4_000)
		for j := range text { // incompressible
			state ^= state << 13
			state ^= state >> 7
			state ^= state << 17
			text[j] = 'A' + byte(state%58)
		}
		b.Findings = append(b.Findings, analysis.Finding{Rule: rule, Span: f.Span(5*i, 5*i+4), Message: string(text)})
	}
	w := New(Options{})
	if w.maxPacked != 9<<20 {
		t.Errorf("%d bytes are let through; GitHub takes 10 MB", w.maxPacked)
	}
	w.maxPacked = 90_000
	data, err := w.encode(&b.Result)
	if err != nil {
		t.Fatal(err)
	}
	n := bytes.Count(data, []byte(`"ruleIndex"`))
	size, err := packedSize(data, w.maxPacked)
	if err != nil || size > w.maxPacked || n == 0 || n == 40 {
		t.Errorf("%d results, %d bytes, %v", n, size, err)
	}
}

func TestManySteps(t *testing.T) {
	b := reporttest.New(t, map[string]string{"a.tf": strings.Repeat("line\n", 3000)})
	f := b.Files.Lookup("a.tf")
	var steps []analysis.Step
	for i := 1; i < 3000; i++ {
		sp := f.Span(5*i, 5*i+4)
		steps = append(steps, analysis.Step{Kind: analysis.StepRelated, Text: fmt.Sprintf("r%d", i), Span: sp},
			analysis.Step{Kind: analysis.StepHop, Text: fmt.Sprintf("h%d", i), Span: sp})
	}
	b.Add(analysis.Finding{Rule: &analysis.Rule{ID: "r", Title: "T"}, Span: f.Span(0, 4), Steps: steps, Message: "m"})
	l, _ := write(t, b, Options{})
	r := l.Runs[0].Results[0]
	if len(r.RelatedLocations) != maxRelated || len(r.CodeFlows[0].ThreadFlows[0].Locations) != maxFlow || len(r.Message.Text) > 1000 {
		t.Errorf("%d related, %d in flow, message %q", len(r.RelatedLocations), len(r.CodeFlows[0].ThreadFlows[0].Locations), r.Message.Text)
	}
}

func TestFingerprintOfResult(t *testing.T) {
	b := reporttest.New(t, map[string]string{"a.tf": "same\nsame\n"})
	f := b.Files.Lookup("a.tf")
	rule := &analysis.Rule{ID: "r", Title: "T"}
	for i := range 2 {
		b.Add(analysis.Finding{Rule: rule, Span: f.Span(5*i, 5*i+4), ID: fmt.Sprint("id", i), Message: "m"})
	}
	l, _ := write(t, b, Options{})
	hashes := lineHashes(f.Content)
	for i, r := range l.Runs[0].Results {
		if r.PartialFingerprints["primaryLocationLineHash"] != hashes[i] || r.Fingerprints["wacheck/v1"] != fmt.Sprint("id", i) {
			t.Errorf("result %d: %v %v", i, r.PartialFingerprints, r.Fingerprints)
		}
	}
}
