package aws

import (
	"testing"

	"github.com/wacheck/wacheck/value"
)

func TestIsCode(t *testing.T) {
	for name, want := range map[string]bool{
		"data.aws_caller_identity.current.account_id":       true,
		"module.a.data.aws_caller_identity.x[0].account_id": true,
		"data.aws_region.current.name":                      true,
		"data.aws_caller_identity.current.arn":              false, // of whoever applies
		"data.aws_ssm_parameter.queue.id":                   false,
		"aws_region.current.name":                           false,
		"name":                                              false,
	} {
		if got := IsCode(value.Origin{Kind: value.DataSource, Name: name}); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	for name, want := range map[string]bool{"AWS::AccountId": true, "AWS::Region": true, "AWS::StackName": false, "AWS::StackId": false} {
		if got := IsCode(value.Origin{Kind: value.PseudoParameter, Name: name}); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if IsCode(value.Origin{Kind: value.NoValue, Name: "data.aws_region.current.name"}) {
		t.Error("a variable is no code")
	}
}
