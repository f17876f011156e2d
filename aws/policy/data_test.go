package policy_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/wacheck/wacheck/aws/policy"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/driver"
)

// evaluated is the graph of one file.
func evaluated(t *testing.T, name, content string) *graph.Graph {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := driver.Run(context.Background(), driver.Options{Paths: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range out.Diagnostics {
		t.Errorf("%s: %s", d.Code, d.Message)
	}
	return out.Graph
}

// document reads the policy that the only node of a type holds.
func document(t *testing.T, g *graph.Graph, typ, attr string) policy.Document {
	t.Helper()
	nodes := g.OfType(typ)
	if len(nodes) != 1 {
		t.Fatalf("%d nodes of type %s", len(nodes), typ)
	}
	return policy.Decode(g, nodes[0], attr, nodes[0].Body.Path(attr))
}

// The documents that the cases put together.
const parts = `
variable "x" {}

data "aws_iam_policy_document" "a" {
  statement {
    sid       = "A"
    actions   = ["s3:Get*"]
    resources = ["*"]
  }
  statement {
    actions   = ["s3:List*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "b" {
  statement {
    sid       = "A"
    effect    = "Deny"
    actions   = ["s3:Put*"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "p" {
  policy = data.aws_iam_policy_document.p.json
}
`

func TestMergedDocuments(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"own statements", `
			statement {
			  actions   = ["s3:*"]
			  resources = ["*"]
			}`, "Allow s3:* on *"},
		{"nothing", ``, ""},
		{"a source document", `source_policy_documents = [data.aws_iam_policy_document.a.json]`, "A; Allow s3:List* on *"},
		{"a source document in the old way", `source_json = data.aws_iam_policy_document.a.json`, "A; Allow s3:List* on *"},
		{"own statements replace those of sources with the same sid", `
			source_policy_documents = [data.aws_iam_policy_document.a.json]
			statement {
			  sid       = "A"
			  actions   = ["s3:*"]
			  resources = ["*"]
			}`, "Allow s3:List* on *; A"},
		{"overrides replace own statements", `
			override_policy_documents = [data.aws_iam_policy_document.b.json]
			statement {
			  sid       = "A"
			  actions   = ["s3:*"]
			  resources = ["*"]
			}
			statement {
			  sid       = "B"
			  actions   = ["sns:*"]
			  resources = ["*"]
			}`, "B; A"},
		{"a document that is written as text", `source_policy_documents = [jsonencode({ Statement = [{ Sid = "J", Effect = "Allow" }] })]`, "J"},
		{"a source that is not known", `
			source_policy_documents = [var.x]
			statement {
			  sid       = "B"
			  actions   = ["sns:*"]
			  resources = ["*"]
			}`, "B; …"},
		{"an override that is not known may replace what has a sid", `
			override_policy_documents = [var.x]
			statement {
			  sid       = "B"
			  actions   = ["sns:*"]
			  resources = ["*"]
			}
			statement {
			  actions   = ["sqs:*"]
			  resources = ["*"]
			}`, "?B; Allow sqs:* on *; …"},
		{"a sid that is not known may be replaced", `
			override_policy_documents = [data.aws_iam_policy_document.b.json]
			statement {
			  sid       = var.x
			  actions   = ["sns:*"]
			  resources = ["*"]
			}`, "?Allow sns:* on *; A"},
		{"statements that may not be there", `
			dynamic "statement" {
			  for_each = var.x
			  content {
			    actions   = ["sns:*"]
			    resources = ["*"]
			  }
			}`, "?Allow sns:* on *; …"},
		{"one document twice", `source_policy_documents = [data.aws_iam_policy_document.b.json, data.aws_iam_policy_document.b.json]`, "A"},
		{"one of two documents", `source_policy_documents = [var.x == "a" ? data.aws_iam_policy_document.a.json : data.aws_iam_policy_document.b.json]`,
			"?A; ?Allow s3:List* on *; ?A"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := evaluated(t, "main.tf", parts+"data \"aws_iam_policy_document\" \"p\" {\n"+c.body+"\n}\n")
			if got := policy.Brief(document(t, g, "aws_iam_policy", "policy")); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A document can't be made of itself; Terraform would refuse it.
func TestDocumentOfItself(t *testing.T) {
	g := evaluated(t, "main.tf", parts+`
data "aws_iam_policy_document" "p" {
  source_policy_documents = [data.aws_iam_policy_document.q.json]
  statement {
    actions   = ["sns:*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "q" {
  source_policy_documents = [data.aws_iam_policy_document.p.json]
}
`)
	if got := policy.Brief(document(t, g, "aws_iam_policy", "policy")); got != "Allow sns:* on *; …" {
		t.Errorf("got %q", got)
	}
}

// The same policy, however it is written.
func TestFormsOfAPolicy(t *testing.T) {
	const want = "Read"
	for _, c := range []struct{ name, file, content, typ, attr string }{
		{"jsonencode", "main.tf", `
resource "aws_s3_bucket" "b" {}
resource "aws_iam_role_policy" "p" {
  role   = "r"
  policy = jsonencode({
    Statement = [{ Sid = "Read", Effect = "Allow", Action = "s3:Get*", Resource = "${aws_s3_bucket.b.arn}/*" }]
  })
}`, "aws_iam_role_policy", "policy"},
		{"a heredoc", "main.tf", `
resource "aws_s3_bucket" "b" {}
resource "aws_iam_role_policy" "p" {
  role   = "r"
  policy = <<-EOF
    {"Statement": [{"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "${aws_s3_bucket.b.arn}/*"}]}
  EOF
}`, "aws_iam_role_policy", "policy"},
		{"an object", "template.yaml", `
Resources:
  Bucket:
    Type: AWS::S3::Bucket
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement:
          - {Sid: Read, Effect: Allow, Action: "s3:Get*", Resource: !Sub "${Bucket.Arn}/*"}
`, "AWS::IAM::ManagedPolicy", "PolicyDocument"},
		{"a text of a template", "template.yaml", `
Resources:
  Bucket:
    Type: AWS::S3::Bucket
  P:
    Type: AWS::SSO::PermissionSet
    Properties:
      Name: p
      InstanceArn: arn:aws:sso:::instance/ssoins-1
      InlinePolicy: !Sub |
        {"Statement": [{"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "${Bucket.Arn}/*"}]}
`, "AWS::SSO::PermissionSet", "InlinePolicy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := evaluated(t, c.file, c.content)
			d := document(t, g, c.typ, c.attr)
			if got := policy.Brief(d); got != want {
				t.Fatalf("got %q, want %q", got, want)
			}
			s := &d.Statements[0]
			if every, _ := s.Resources.Has(policy.IsEveryResource, policy.MayBeEveryResource); every.String() != "false" {
				t.Errorf("whether it is about every resource: %v", every)
			}
			_, at := s.Actions.Has(func(a string) bool { return a == "s3:Get*" }, nil)
			f := g.Files.File(at.Span().Pos)
			if f == nil {
				t.Fatal("the action has no place")
			}
			if text := string(f.Content[f.Offset(at.Span().Pos):f.Offset(at.Span().End)]); text != `"s3:Get*"` {
				t.Errorf("the action is placed at %q", text)
			}
		})
	}
}
