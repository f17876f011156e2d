package account_test

import (
	"testing"

	"github.com/wacheck/wacheck/analyzers/facts/account"
	"github.com/wacheck/wacheck/internal/graphtest"
)

// The account of a unit, by what names it first.
func TestOf(t *testing.T) {
	for name, tt := range map[string]struct {
		code, id string
		open     bool
	}{
		"allowed":                               {`allowed_account_ids = ["111122223333"]`, "111122223333", false},
		"several allowed":                       {`allowed_account_ids = ["111122223333", "444455556666"]`, "", false},
		"a role":                                {"assume_role {\n role_arn = \"arn:aws:iam::444455556666:role/x\"\n}", "444455556666", false},
		"a role of which the name is not known": {"assume_role {\n role_arn = \"arn:aws:iam::444455556666:role/${var.u}\"\n}", "444455556666", false},
		"an unknown role":                       {"assume_role {\n role_arn = var.u\n}", "", true},
		"unknown allowed":                       {"allowed_account_ids = [var.u]", "", true},
		"nothing":                               {"", "", false},
		"an input":                              {"}\nvariable \"account_id\" {\n default = \"111122223333\"\n", "111122223333", false},
		"no account":                            {"}\nvariable \"account_id\" {\n default = \"main\"\n", "", false},
	} {
		g := graphtest.Load(t, "-- main.tf --\nvariable \"u\" {}\nprovider \"aws\" {\n"+tt.code+"\n}\nresource \"aws_vpc\" \"v\" {\n}\n")
		n := graphtest.Node(t, g, "aws_vpc.v")
		if a := account.Of(n.Unit, n.Provider); a.ID != tt.id || a.Open != tt.open {
			t.Errorf("%s: %+v", name, a)
		}
	}
}
