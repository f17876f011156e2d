package environment

import (
	"slices"
	"strings"
	"unicode"

	"github.com/wacheck/wacheck/analysis"
)

// words gives the environment that a whole word stands for.
var words = map[string]analysis.Environment{
	"prod": analysis.Production, "production": analysis.Production, "prd": analysis.Production, "live": analysis.Production,
	"staging": analysis.Staging, "stage": analysis.Staging, "stg": analysis.Staging, "preprod": analysis.Staging,
	"preproduction": analysis.Staging, "uat": analysis.Staging,
	"dev": analysis.Development, "develop": analysis.Development, "development": analysis.Development, "devel": analysis.Development,
	"test": analysis.Test, "testing": analysis.Test, "tst": analysis.Test, "qa": analysis.Test,
	"sandbox": analysis.Sandbox, "sbx": analysis.Sandbox,
	"nonprod": analysis.NonProduction, "nonproduction": analysis.NonProduction, "nonprd": analysis.NonProduction,
	// devstg names an account that holds both.
	"devstg": analysis.NonProduction,
}

// shared are words for what belongs to no environment. They count in tags and
// folders only: in a name, "security" or "network" says what a thing is for.
var shared = map[string]analysis.Environment{
	"shared": analysis.Shared, "common": analysis.Shared, "global": analysis.Shared, "mgmt": analysis.Shared,
	"management": analysis.Shared, "tools": analysis.Shared, "tooling": analysis.Shared, "network": analysis.Shared,
	"security": analysis.Shared, "ops": analysis.Shared, "infra": analysis.Shared,
}

// purposes are those of the shared words that also say what a thing is for: they count if
// they are all that is said, so that "security-base" and "base-network" name none.
var purposes = map[string]bool{"tools": true, "tooling": true, "network": true, "security": true, "ops": true, "infra": true}

// places are those of the shared words that count in folders only beside those of
// environments: infra/ may hold all that there is, and roles/global what is of no region.
var places = map[string]bool{"network": true, "security": true, "ops": true, "infra": true, "global": true}

// compounds are words that name no environment in front of another one: DevOps, the
// DevEndpoint of Glue, a portal for developers.
var compounds = map[string][]string{"dev": {"ops", "endpoint", "endpoints", "portal", "container", "containers", "kit", "tools"}}

// connections are words in the names of what lies between environments, of which the
// name may tell the other end.
var connections = map[string]bool{"to": true, "peer": true, "peering": true, "peerings": true}

// negations turn the word for production behind them into its opposite, so
// that a plain split of "non-prod" does not read "prod".
var negations = map[string]analysis.Environment{
	"non": analysis.NonProduction, "not": analysis.NonProduction, "pre": analysis.Staging,
}

// source says where a text stands; some words mean less in some places.
type source uint8

const (
	fromTag source = iota
	fromWorld
	fromFolder
	fromState
	fromStack
	fromModule
	fromName
	fromLabel
)

// read returns the one environment that a text names, or unknown if it names
// none or several. What all share yields to one: prod-network is production.
func read(text string, from source) analysis.Environment {
	found, common := analysis.UnknownEnvironment, analysis.UnknownEnvironment
	tokens := split(text)
	if from >= fromModule && isConnection(tokens) {
		return analysis.UnknownEnvironment
	}
	for i := 0; i < len(tokens); i++ {
		if i+1 < len(tokens) && slices.Contains(compounds[tokens[i]], tokens[i+1]) {
			i++
			continue
		}
		e := meaning(tokens[i], from)
		if saysOther(tokens, i, from) {
			e = analysis.UnknownEnvironment
		}
		if purposes[tokens[i]] && !only(tokens, "account") {
			e = analysis.UnknownEnvironment
		}
		if neg, ok := negations[tokens[i]]; ok && i+1 < len(tokens) && words[tokens[i+1]] == analysis.Production {
			e = neg
			i++
		}
		switch {
		case e == analysis.Shared:
			common = e
		case e == analysis.UnknownEnvironment || e == found:
		case found == analysis.UnknownEnvironment:
			found = e
		default:
			return analysis.UnknownEnvironment // "prod-to-dev-peering" is neither
		}
	}
	if found == analysis.UnknownEnvironment {
		return common
	}
	return found
}

// saysOther reports that a word which may name an environment says something else
// beside its neighbours.
func saysOther(tokens []string, i int, from source) bool {
	before, after := "", ""
	if i > 0 {
		before = tokens[i-1]
	}
	if i+1 < len(tokens) {
		after = tokens[i+1]
	}
	switch {
	case tokens[i] == "testing": // cli-testing says what a thing is for
		return len(tokens) > 1 && from != fromTag && from != fromWorld
	case from != fromLabel:
		return false
	case tokens[i] == "staging" && after == "bucket": // where the CDK puts assets
		return true
	}
	// The stages of an API: SAM calls the first one Prod, whatever it is deployed for, and
	// what it makes ServerlessRestApiProdStage and GetItemPermissionProd.
	return after == "stage" || before == "permission"
}

// isConnection reports that a name is that of a connection between two ends.
func isConnection(tokens []string) bool {
	return slices.ContainsFunc(tokens, func(t string) bool { return connections[t] })
}

// only reports that there is a single word beside one that does not count.
func only(tokens []string, but string) bool {
	n := 0
	for _, t := range tokens {
		if t != but {
			n++
		}
	}
	return n == 1
}

func meaning(token string, from source) analysis.Environment {
	e, ok := words[token]
	if !ok && (from == fromTag || from == fromFolder || from == fromWorld) {
		e = shared[token]
	}
	switch {
	case token == "live" && from != fromTag && from != fromWorld:
		// "infrastructure-live" is where all environments of a Terragrunt tree stand.
		return analysis.UnknownEnvironment
	case token == "test" && (from == fromLabel || from == fromStack || from == fromState):
		// aws_vpc.test is what examples call their resources.
		return analysis.UnknownEnvironment
	case token == "stage" && (from == fromLabel || from == fromStack):
		// An API has stages.
		return analysis.UnknownEnvironment
	}
	return e
}

const digits = "0123456789"

// split breaks a text into lower-case words without the digits at their ends.
func split(text string) []string {
	var words []string
	for _, t := range tokens(text) {
		if w := strings.TrimRight(t, digits); w != "" {
			words = append(words, w)
		}
	}
	return words
}

// tokens breaks a text into lower-case words: at everything that is neither letter
// nor digit, and at camel case.
func tokens(text string) []string {
	var tokens []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			tokens = append(tokens, strings.ToLower(string(word)))
		}
		word = word[:0]
	}
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1])):
			flush() // myProd, v2Prod
		case unicode.IsUpper(r) && i > 0 && unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1]):
			flush() // VPCProd
		}
		word = append(word, r)
	}
	flush()
	return tokens
}
