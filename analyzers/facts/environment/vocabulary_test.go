package environment_test

import (
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/analyzers/facts/environment"
	"github.com/wacheck/wacheck/internal/graphtest"
)

// Names of the user's own stand in texts as whole words, wherever other names of
// environments are read.
func TestOwnNames(t *testing.T) {
	settings := &analysis.Settings{
		Own: []analysis.OwnEnvironment{
			{Name: "customer-a", Environment: analysis.Production, Where: "c:1"},
			{Name: "customer-a-lab", Environment: analysis.Development, Where: "c:2"},
			{Name: "acme-test", Environment: analysis.Production, Where: "c:3"},
			{Name: "eu2", Environment: analysis.Staging, Where: "c:4"},
			{Name: "hub", Environment: analysis.Shared, Where: "c:6"},
		},
		CountAs: []analysis.EnvironmentRole{{Environment: analysis.Staging, As: analysis.Test, Where: "c:5"}},
	}
	for text, want := range map[string]struct {
		name string
		env  analysis.Environment
	}{
		"customer-a":            {"customer-a", analysis.Production},
		"shop-CustomerA-web":    {"customer-a", analysis.Production},
		"customer_a1":           {"customer-a", analysis.Production},
		"customer-a-prod":       {"customer-a", analysis.Production},
		"customer-a-network":    {"customer-a", analysis.Production},
		"hub":                   {"hub", analysis.Shared},
		"hub-customer-a":        {"customer-a", analysis.Production}, // what all share yields
		"dev-hub":               {"", analysis.Development},
		"customer-a-lab":        {"customer-a-lab", analysis.Development},
		"acme-test":             {"acme-test", analysis.Production},
		"eu2":                   {"eu2", analysis.Test},
		"customer-a-dev":        {"", ""}, // two environments
		"customer-a-acme-test":  {"", ""},
		"customer-ab":           {"", ""},
		"customers-a":           {"", ""},
		"eu":                    {"", ""},
		"eu21":                  {"", ""},
		"acme-prod":             {"", analysis.Production},
		"customer-dev-a":        {"", analysis.Development},
		"acme-stage-x":          {"", analysis.Test},
		"customer-a-nonprod-eu": {"", ""},
	} {
		g := graphtest.Load(t, "-- main.tf --\nresource \"aws_vpc\" \"v\" {\n tags = { Environment = \""+text+"\" }\n}\n")
		if e := environment.New(g, settings).Of(graphtest.Node(t, g, "aws_vpc.v").ID); e.Environment != want.env || e.Name != want.name {
			t.Errorf("%s is %q (%q), want %q (%q): %s", text, e.Environment, e.Name, want.env, want.name, e.Fact.Text)
		}
	}
}

// Two names of the user's own contradict each other even if they are judged alike, and the
// evidence says where the name comes from.
func TestOwnNamesContradict(t *testing.T) {
	settings := &analysis.Settings{Own: []analysis.OwnEnvironment{
		{Name: "acme", Environment: analysis.Production, Where: "c:1"}, {Name: "globex", Environment: analysis.Production, Where: "c:2"}}}
	g := graphtest.Load(t, `
-- acme/main.tf --
resource "aws_sqs_queue" "globex" {
  name = "globex-jobs"
}
resource "aws_sqs_queue" "same" {
  name = "acme-jobs-prod"
}`)
	envs := environment.New(g, settings)
	n := graphtest.Node(t, g, "aws_sqs_queue.globex")
	if e, want := envs.Of(n.ID), "the folder is acme, and acme is production (c:1)"; e.Fact.Text != want || envs.EnvironmentNameOf(n.ID) != "acme" {
		t.Errorf("%q because %q, want %q", e.Name, e.Fact.Text, want)
	}
	if c := envs.Signs(n.ID).Contradictions(); len(c) != 1 || c[0].Name != "globex" {
		t.Errorf("%v contradict", c)
	}
	if c := envs.Signs(graphtest.Node(t, g, "aws_sqs_queue.same").ID).Contradictions(); len(c) != 0 {
		t.Errorf("%v contradict", c)
	}
}

// What counts as shared contradicts nothing, and yields to an environment around it.
func TestOwnSharedNames(t *testing.T) {
	settings := &analysis.Settings{Own: []analysis.OwnEnvironment{
		{Name: "acme", Environment: analysis.Production, Where: "c:1"}, {Name: "network", Environment: analysis.Shared, Where: "c:2"},
		{Name: "security", Environment: analysis.Shared, Where: "c:3"}}}
	g := graphtest.Load(t, `
-- acme/eu/security-base/main.tf --
terraform {
  backend "s3" {
    bucket = "states"
    key    = "acme/network/terraform.tfstate"
  }
}
resource "aws_vpc" "v" {
}
-- network/eu/main.tf --
terraform {
  backend "s3" {
    bucket = "states"
    key    = "network/security/terraform.tfstate"
  }
}
resource "aws_vpc" "n" {
}`)
	envs := environment.New(g, settings)
	for addr, want := range map[string][2]string{"aws_vpc.v": {"acme", "acme"}, "aws_vpc.n": {"network", "security"}} {
		s := envs.Signs(graphtest.Node(t, g, addr).ID)
		if s.Best().Name != want[0] || s.State.Name != want[1] || len(s.Contradictions()) > 0 {
			t.Errorf("%s is %q, its state %q, and %v contradict", addr, s.Best().Name, s.State.Name, s.Contradictions())
		}
	}
}
