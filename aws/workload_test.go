package aws

import (
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/graph"
)

func TestWorkloads(t *testing.T) {
	for _, typ := range slices.Concat(unplacedWorkloads, objectStores, templates) {
		lang := graph.Terraform
		if strings.HasPrefix(typ, "AWS::") {
			lang = graph.CloudFormation
		}
		if _, ok := lookup(lang, typ); !ok {
			t.Errorf("there is no resource type %s", typ)
		}
	}
	for typ, want := range map[string]bool{
		"aws_instance": true, "AWS::RDS::DBInstance": true, "aws_s3_bucket": true, "AWS::SQS::Queue": true,
		"aws_launch_template": false, "aws_vpc": false, "aws_organizations_account": false, "aws_ecr_repository": false, "aws_route53_zone": false,
		"AWS::IAM::Role": false, "AWS::CodePipeline::Pipeline": false,
	} {
		if IsWorkload(typ) != want {
			t.Errorf("%s: workload is not %v", typ, want)
		}
	}
}
