package identity_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/analyzers/facts/account"
	"github.com/wacheck/wacheck/analyzers/facts/identity"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/graphtest"
	"github.com/wacheck/wacheck/value/tri"
)

// hop is a condition of a way, with the code for which it holds, does not hold, and
// is not known.
type hop struct{ on, off, open string }

const people = `
-- main.tf --
variable "u" {}
data "aws_caller_identity" "me" {}
resource "aws_iam_role" "from" {
  name = "from"
  assume_role_policy = jsonencode({ Statement = [] })
  {boundary}
}
resource "aws_iam_role_policy" "from" {
  {given}
  policy = jsonencode({ Statement = [
    { Effect = "Allow", Action = {action}, Resource = {resource} {condition} },
    {also}
  ] })
}
resource "aws_iam_role" "to" {
  name = "to"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {trusted} }] })
}
resource "aws_iam_role" "other" {
  name = "other"
  assume_role_policy = jsonencode({ Statement = [] })
}
resource "aws_iam_user" "to" { name = "to" }
resource "aws_lambda_function" "f" {
  function_name = "f"
  {runs}
}
`

// ways are the ways from one role to another, each with its own conditions.
var ways = map[string]map[string]hop{
	"assume by ARN": {
		"action":   {`"sts:AssumeRole"`, `"sts:GetCallerIdentity"`, "var.u"},
		"resource": {"aws_iam_role.to.arn", "aws_iam_role.other.arn", "var.u"},
		"trusted":  {"{ AWS = aws_iam_role.from.arn }", "{ AWS = aws_iam_role.other.arn }", "{ AWS = var.u }"},
	},
	"assume by account": {
		"action":   {`"sts:*"`, `"s3:*"`, "var.u"},
		"resource": {`"arn:aws:iam::*:role/t*"`, `"arn:aws:iam::*:role/o*"`, `"arn:aws:iam::${var.u}:role/to"`},
		"trusted":  {`{ AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }`, `{ Service = "ec2.amazonaws.com" }`, `{ AWS = "123456789012" }`},
	},
	"assume by number": {
		"action":   {`"sts:AssumeRole"`, `"sts:GetCallerIdentity"`, "var.u"},
		"resource": {`"*"`, "aws_iam_role.other.arn", "var.u"},
		// The ARN of the caller is that of whoever applies the configuration.
		"trusted": {`{ AWS = data.aws_caller_identity.me.account_id }`, `{ Federated = data.aws_caller_identity.me.account_id }`, `{ AWS = data.aws_caller_identity.me.arn }`},
	},
	"pass to an instance": {
		"action":   {`["iam:PassRole", "ec2:RunInstances"]`, `["ec2:RunInstances"]`, `["ec2:RunInstances", var.u]`},
		"resource": {`"*"`, "aws_iam_role.other.arn", "var.u"},
		"trusted":  {`{ Service = "ec2.amazonaws.com" }`, `{ Service = "lambda.amazonaws.com" }`, "{ Service = var.u }"},
	},
	"pass to a function": {
		"action":   {`["iam:Pass*", "lambda:CreateFunction", "lambda:InvokeFunction"]`, `["iam:PassRole", "lambda:CreateFunction"]`, `["iam:PassRole", "lambda:CreateFunction", var.u]`},
		"resource": {`"*"`, `"arn:aws:iam::*:user/*"`, "var.u"},
		"trusted":  {`{ Service = "lambda.amazonaws.com" }`, `{ AWS = aws_iam_role.other.arn }`, "{ Service = var.u }"},
	},
	"change the code of a function": {
		"action":   {`"lambda:UpdateFunctionCode"`, `"lambda:GetFunction"`, "var.u"},
		"resource": {"aws_lambda_function.f.arn", `"arn:aws:lambda:*:*:function:g"`, "var.u"},
		"runs":     {"role = aws_iam_role.to.arn", "role = aws_iam_role.other.arn", "role = var.u"},
	},
}

// common are the conditions of all ways.
var common = map[string]hop{
	"given":     {"role = aws_iam_role.from.name", "role = aws_iam_role.other.name", "role = var.u"},
	"boundary":  {"", "", `permissions_boundary = "arn:aws:iam::123456789012:policy/b"`},
	"condition": {"", "", `, Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }`},
	"also":      {"", `{ Effect = "Deny", Action = "*", Resource = "*" }`, `{ Effect = "Deny", Action = var.u, Resource = "*" }`},
}

var silent = map[string]string{"trusted": `{ Service = "scheduler.amazonaws.com" }`, "runs": `role = aws_iam_role.other.arn`}

// TestWaysTruthTable toggles each condition of each way from one role to another alone.
func TestWaysTruthTable(t *testing.T) {
	cases := 0
	for way, own := range ways {
		hops := maps.Clone(common)
		maps.Copy(hops, own)
		check := func(name, changed, text string, want tri.Bool) {
			cases++
			t.Run(way+"/"+name, func(t *testing.T) {
				code := people
				for hop, h := range hops {
					on := h.on
					if hop == changed {
						on = text
					}
					code = strings.ReplaceAll(code, "{"+hop+"}", on)
				}
				for hop, on := range silent {
					code = strings.ReplaceAll(code, "{"+hop+"}", on)
				}
				if got := leads(t, code); got != want {
					t.Errorf("got %v, want %v\n%s", got, want, code)
				}
			})
		}
		check("all on", "", "", tri.True)
		for _, name := range slices.Sorted(maps.Keys(hops)) {
			h := hops[name]
			if h.off != "" {
				check(name+" off", name, h.off, tri.False)
			}
			check(name+" open", name, h.open, tri.Unknown)
		}
	}
	if cases < 60 {
		t.Errorf("only %d cases", cases)
	}
}

// leads says whether role from comes to act as role to.
func leads(t *testing.T, code string) tri.Bool {
	t.Helper()
	g := graphtest.Load(t, code)
	x := identity.New(g, account.New(g))
	from, to := x.Of(graphtest.Node(t, g, "aws_iam_role.from")), graphtest.Node(t, g, "aws_iam_role.to")
	out := tri.False
	for _, e := range x.EdgesFrom(from) {
		if e.To != nil && e.To.Node == to {
			if e.Sure == tri.Unknown && len(e.Missing) == 0 {
				t.Error("it does not say what is missing")
			}
			out = tri.Or(out, e.Sure)
		}
	}
	return out
}

// TestMayRead asks who may read a bucket.
func TestMayRead(t *testing.T) {
	const code = `
-- main.tf --
variable "u" {}
resource "aws_s3_bucket" "b" { bucket = "b" }
resource "aws_iam_role" "r" { name = "r" }
resource "aws_iam_role_policy_attachment" "r" {
  role = aws_iam_role.r.name
  policy_arn = "%s"
}
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Statement = [%s] })
}
`
	const s3 = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
	for name, tt := range map[string]struct {
		managed, statement string
		want               tri.Bool
	}{
		"allowed":                   {s3, "", tri.True},
		"not allowed":               {"arn:aws:iam::aws:policy/IAMFullAccess", "", tri.False},
		"by a policy for a service": {"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", "", tri.Unknown},
		"denied":                    {s3, `{ Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "*" }`, tri.False},
		"denied to somebody else":   {s3, `{ Effect = "Deny", Principal = { AWS = "arn:aws:iam::*:role/q" }, Action = "s3:*", Resource = "*" }`, tri.True},
		"denied without TLS":        {s3, `{ Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "*", Condition = { Bool = { "aws:SecureTransport" = "false" } } }`, tri.True},
		"denied from elsewhere":     {s3, `{ Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "*", Condition = { StringNotEquals = { "aws:SourceVpce" = "vpce-1" } } }`, tri.Unknown},
		"perhaps denied":            {s3, `{ Effect = "Deny", Principal = "*", Action = var.u, Resource = "*" }`, tri.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			g := graphtest.Load(t, fmt.Sprintf(code, tt.managed, tt.statement))
			x := identity.New(g, account.New(g))
			b := aws.Of[aws.Bucket](g, graphtest.Node(t, g, "aws_s3_bucket.b"))
			if a := x.MayRead(x.Of(graphtest.Node(t, g, "aws_iam_role.r")), b); a.Result != tt.want {
				t.Errorf("got %v, want %v: by %v, denied %v, missing %v", a.Result, tt.want, a.By, a.Denied, a.Missing)
			}
		})
	}
}

// TestHeldBy finds the roles of workloads, in both languages.
func TestHeldBy(t *testing.T) {
	terraform := graphtest.Load(t, `
-- main.tf --
resource "aws_iam_role" "r" { name = "r" }
resource "aws_iam_instance_profile" "p" { role = aws_iam_role.r.name }
resource "aws_instance" "own" { iam_instance_profile = aws_iam_instance_profile.p.name }
resource "aws_launch_template" "t" {
  iam_instance_profile {
    arn = aws_iam_instance_profile.p.arn
  }
}
resource "aws_autoscaling_group" "fleet" {
  launch_template {
    id = aws_launch_template.t.id
  }
}
resource "aws_ecs_task_definition" "d" {
  family = "d"
  task_role_arn = aws_iam_role.r.arn
}
resource "aws_ecs_service" "web" { task_definition = aws_ecs_task_definition.d.arn }
resource "aws_lambda_function" "f" { role = aws_iam_role.r.arn }
resource "aws_instance" "none" {}
`)
	cloudFormation := graphtest.Load(t, `
-- template.yaml --
Resources:
  R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  P: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref R]}}
  Own: {Type: AWS::EC2::Instance, Properties: {IamInstanceProfile: !Ref P}}
  T: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {IamInstanceProfile: {Arn: !GetAtt P.Arn}}}}
  Fleet: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {LaunchTemplate: {LaunchTemplateId: !Ref T, Version: "1"}}}
  D: {Type: AWS::ECS::TaskDefinition, Properties: {TaskRoleArn: !GetAtt R.Arn}}
  Web: {Type: AWS::ECS::Service, Properties: {TaskDefinition: !Ref D}}
  F: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt R.Arn}}
  None: {Type: AWS::EC2::Instance}
`)
	for g, want := range map[*graph.Graph]map[string]int{
		terraform:      {"aws_instance.own": 1, "aws_autoscaling_group.fleet": 1, "aws_ecs_service.web": 1, "aws_lambda_function.f": 1, "aws_instance.none": 0},
		cloudFormation: {"Own": 1, "Fleet": 1, "Web": 1, "F": 1, "None": 0},
	} {
		x := identity.New(g, account.New(g))
		for addr, n := range want {
			held, open := x.HeldBy(graphtest.Node(t, g, addr))
			if len(held) != n || len(open) > 0 || n == 1 && held[0].Sure != tri.True {
				t.Errorf("%s holds %v, open %v, want %d", addr, held, open, n)
			}
		}
	}
}

// TestCredentialsOfUsers asks who may make credentials for a user.
func TestCredentialsOfUsers(t *testing.T) {
	const code = `
-- main.tf --
resource "aws_iam_role" "from" {
  name = "from"
  assume_role_policy = jsonencode({ Statement = [] })
  inline_policy {
    name = "p"
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "%s", Resource = "arn:aws:iam::*:user/to" }] })
  }
}
resource "aws_iam_user" "to" { name = "to" }
%s
`
	const password = `resource "aws_iam_user_login_profile" "to" { user = aws_iam_user.to.name }`
	for name, tt := range map[string]struct {
		action, more string
		want         tri.Bool
	}{
		"a key":                             {"iam:CreateAccessKey", "", tri.True},
		"a password where there is none":    {"iam:CreateLoginProfile", "", tri.True},
		"a second password":                 {"iam:CreateLoginProfile", password, tri.False},
		"another password":                  {"iam:UpdateLoginProfile", password, tri.True},
		"another password where is none":    {"iam:UpdateLoginProfile", "", tri.False},
		"another password of somebody else": {"iam:UpdateLoginProfile", `resource "aws_iam_user_login_profile" "x" { user = "x" }`, tri.False},
		"nothing of the kind":               {"iam:GetUser", "", tri.False},
	} {
		t.Run(name, func(t *testing.T) {
			g := graphtest.Load(t, fmt.Sprintf(code, tt.action, tt.more))
			x := identity.New(g, account.New(g))
			got := tri.False
			for _, e := range x.EdgesFrom(x.Of(graphtest.Node(t, g, "aws_iam_role.from"))) {
				if e.To != nil && e.To.Node.Addr == "aws_iam_user.to" {
					got = e.Sure
				}
			}
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
