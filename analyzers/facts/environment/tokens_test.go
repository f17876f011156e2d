package environment

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/wacheck/wacheck/analysis"
)

func TestSplit(t *testing.T) {
	for text, want := range map[string][]string{
		"prod":              {"prod"},
		"my-prod_db.v2":     {"my", "prod", "db", "v"},
		"myProdDb":          {"my", "prod", "db"},
		"MyVPCProd":         {"my", "vpc", "prod"},
		"VPCProd":           {"vpc", "prod"},
		"PRODDatabase":      {"prod", "database"},
		"prod1":             {"prod"},
		"prod-01":           {"prod"},
		"v2Prod":            {"v", "prod"}, // a capital behind a digit begins a word
		"env=prod/eu":       {"env", "prod", "eu"},
		"":                  nil,
		"--":                nil,
		"123":               nil,
		"module.env[\"x\"]": {"module", "env", "x"},
	} {
		got := split(text)
		if !slices.Equal(got, want) {
			t.Errorf("%q is split into %q, want %q", text, got, want)
		}
	}
}

func TestRead(t *testing.T) {
	const (
		none = analysis.UnknownEnvironment
		prod = analysis.Production
		dev  = analysis.Development
	)
	for _, tt := range []struct {
		text string
		from source
		want analysis.Environment
	}{
		// Whole words alone count.
		{"product", fromName, none}, {"products-db", fromName, none}, {"reproduce", fromName, none}, {"producer", fromTag, none},
		{"device", fromName, none}, {"developer-portal", fromName, none}, {"latest", fromName, none}, {"contest", fromName, none},
		{"stageful", fromName, none}, {"prodigy", fromName, none}, {"liveness", fromTag, none}, {"qatar", fromName, none},
		{"prod", fromName, prod}, {"shop-prod", fromName, prod}, {"prod2", fromName, prod}, {"shopProd", fromName, prod},
		{"PROD", fromTag, prod}, {"Production", fromTag, prod}, {"prd", fromName, prod}, {"dev", fromName, dev}, {"eu-dev-1", fromName, dev},
		{"uat", fromTag, analysis.Staging}, {"qa", fromTag, analysis.Test}, {"sbx", fromTag, analysis.Sandbox},
		// Prefixes turn words round.
		{"non-prod", fromName, analysis.NonProduction}, {"nonprod", fromName, analysis.NonProduction}, {"NonProd", fromTag, analysis.NonProduction},
		{"pre-prod", fromName, analysis.Staging}, {"preprod", fromName, analysis.Staging}, {"not-production", fromTag, analysis.NonProduction},
		{"non-dev", fromName, dev}, {"pre", fromName, none}, {"non", fromName, none},
		// Two environments are none.
		{"prod-to-dev-peering", fromName, none}, {"dev-staging", fromFolder, none}, {"prod-production", fromName, prod},
		// Some words say something in some places only.
		{"shared", fromTag, analysis.Shared}, {"shared", fromName, none}, {"security", fromFolder, analysis.Shared}, {"security", fromLabel, none},
		{"prod-shared", fromTag, prod}, {"network-prod", fromFolder, prod}, {"test", fromState, none}, {"dev", fromState, dev},
		// Words for what all share that say what a thing is for.
		{"security-base", fromFolder, none}, {"base-network", fromFolder, none}, {"security-account", fromFolder, analysis.Shared},
		{"network", fromFolder, analysis.Shared}, {"shared-network", fromFolder, analysis.Shared}, {"dev-tools", fromFolder, none}, {"api-gateway-dev-portal", fromStack, none}, {"dev-api-portal", fromStack, dev},
		// Compounds that name no environment.
		{"AWSDevOpsRole", fromLabel, none}, {"dev-ops", fromTag, none}, {"PassRoleToNewGlueDevEndpoint", fromLabel, none}, {"dev-db", fromName, dev},
		{"stage_resources", fromStack, none}, {"stage", fromLabel, none}, {"shop-stage", fromName, analysis.Staging},
		{"ServerlessRestApiProdStage", fromLabel, none}, {"ExistingRestApiDevStage", fromLabel, none}, {"GetItemPermissionProd", fromLabel, none},
		{"ProdStageTable", fromLabel, none}, {"ProdPermission", fromLabel, prod}, {"prod-stage", fromName, none},
		{"vpc_peering_dev_to_data", fromModule, none}, {"dev-to-data", fromName, none}, {"peer_prod", fromLabel, none}, {"to", fromTag, none},
		{"StagingBucketPolicy", fromLabel, none}, {"shop-staging-bucket", fromName, analysis.Staging}, {"tool-testing", fromModule, none},
		{"aws-cdk-testing", fromFolder, none}, {"testing", fromFolder, analysis.Test}, {"load-testing", fromTag, analysis.Test},
		{"infrastructure-live", fromFolder, none}, {"live", fromTag, prod}, {"live", fromName, none},
		{"test", fromLabel, none}, {"test", fromStack, none}, {"test", fromName, analysis.Test},
		{"", fromTag, none}, {"42", fromTag, none},
	} {
		if got := read(tt.text, tt.from); got != tt.want {
			t.Errorf("read(%q, %d) is %q, want %q", tt.text, tt.from, got, tt.want)
		}
	}
}

// A word is a word whatever stands around it, as long as that is no letter.
func TestWordBoundaries(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		filler := rapid.SampledFrom([]string{"", "shop", "eu-west-1", "db", "x9"})
		glue := rapid.SampledFrom([]string{"-", "_", ".", "/", " "})
		before, after := filler.Draw(r, "before"), filler.Draw(r, "after")
		text := before + glue.Draw(r, "glue") + "prod" + glue.Draw(r, "glue") + after
		if got := read(text, fromName); got != analysis.Production {
			r.Fatalf("%q is %q", text, got)
		}
		letters := rapid.StringMatching(`[a-z]{1,5}`)
		text = "x" + letters.Draw(r, "letters") + "prod"
		if got := read(text, fromName); got != analysis.UnknownEnvironment && words[text] == "" {
			r.Fatalf("%q is %q", text, got)
		}
	})
}
