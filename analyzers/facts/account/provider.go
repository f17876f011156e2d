package account

import (
	"strings"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// Account is the account that something is deployed to, as far as the code tells.
type Account struct {
	// ID is empty if nothing names it.
	ID string
	// Fact says by what it is known, or, if Open is set, what names it and is not
	// known.
	Fact value.Fact
	Open bool
	// OfUnit says that it is what the unit as a whole is told, and not what the
	// provider says: with several providers it need not hold for each.
	OfUnit bool
}

// accountInputs are the variables, parameters and inputs by which units are told
// their account.
var accountInputs = []string{"account_id", "aws_account_id", "AccountId", "AwsAccountId", "AWSAccountId", "target_account_id"}

// Of says which account a provider of a unit deploys to: by the accounts that
// it allows, by the role that it assumes, by the environment of a CDK stack, and last
// by the inputs of the unit. Without a provider it is that of the unit alone.
func Of(u *graph.Unit, p *graph.Provider) Account {
	if p != nil {
		if a := ofAllowed(p.AccountIDs); a.ID != "" || a.Open {
			return a
		}
		if a := ofRole(p.AssumeRole); a.ID != "" || a.Open {
			return a
		}
	}
	if id, ok := u.Account.Str(); ok && isAccount(id) {
		return Account{ID: id, Fact: value.Fact{Text: "the stack is deployed to account " + id, Span: u.Account.Span()}}
	}
	a := ofAccountInputs(u)
	if a.ID == "" && !a.Open && p != nil && p.Profile.IsUnknown() {
		return Account{Open: true, Fact: value.Fact{Text: "which profile the provider uses is not known", Span: p.Profile.Span(), Origin: p.Profile.Origin()}}
	}
	return a
}

// ofAllowed takes the only account that a provider allows.
func ofAllowed(v value.Value) Account {
	fact := value.Fact{Text: "the provider allows " + value.Show(v), Span: v.Span(), Origin: v.Origin()}
	elems := v.Elems()
	switch {
	case v.IsUnset():
	case v.IsUnknown() || v.IsOpen():
		return Account{Fact: fact, Open: true}
	case len(elems) == 1:
		if id, ok := elems[0].Str(); ok && isAccount(id) {
			return Account{ID: id, Fact: value.Fact{Text: "the provider allows account " + id + " alone", Span: elems[0].Span(), Origin: elems[0].Origin()}}
		}
		if elems[0].IsUnknown() {
			return Account{Fact: fact, Open: true}
		}
	}
	return Account{}
}

// ofRole takes the account of the role that a provider assumes.
func ofRole(v value.Value) Account {
	if id := accountIn(v); id != "" {
		return Account{ID: id, Fact: value.Fact{Text: "the provider assumes a role of account " + id, Span: v.Span(), Origin: v.Origin()}}
	}
	if v.IsUnknown() {
		return Account{Fact: value.Fact{Text: "which role the provider assumes is not known", Span: v.Span(), Origin: v.Origin()}, Open: true}
	}
	return Account{}
}

// accountIn is the account of an ARN, of which the end need not be known.
func accountIn(v value.Value) string {
	text, known := v.Str()
	if !known {
		text = v.Prefix()
	}
	if parts := strings.SplitN(text, ":", 6); len(parts) == 6 && parts[0] == "arn" && isAccount(parts[4]) {
		return parts[4]
	}
	return ""
}

func ofAccountInputs(u *graph.Unit) Account {
	for _, name := range accountInputs {
		v := u.Inputs.Get(name)
		if id, ok := v.Str(); ok && isAccount(id) {
			return Account{ID: id, OfUnit: true, Fact: value.Fact{Text: name + " is " + id, Span: v.Span(), Origin: v.Origin()}}
		}
		if v.IsUnknown() {
			return Account{Open: true, OfUnit: true, Fact: value.Fact{Text: name + " is not known", Span: v.Span(), Origin: v.Origin()}}
		}
	}
	return Account{}
}

func isAccount(id string) bool {
	return len(id) == 12 && strings.Trim(id, "0123456789") == ""
}
