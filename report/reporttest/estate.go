package reporttest

import (
	"testing"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
)

// Rules of the estate.
var (
	// Encrypted is a security rule that covers another one.
	Encrypted = &analysis.Rule{
		ID: "rds-not-encrypted", Title: "RDS storage is not encrypted",
		Why:      "Whoever gets hold of a disk or a snapshot reads the data.",
		Fix:      "Set storage_encrypted to true; an existing instance has to be restored from an encrypted copy of a snapshot.",
		Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security,
		Practice: "SEC08-BP02", Effort: "M", Covers: []string{"rds-default-key"}, Aliases: []string{"rds-plain-storage"},
	}
	// MultiAZ is a rule whose severity depends on the environment.
	MultiAZ = &analysis.Rule{
		ID: "rds-single-az", Title: "RDS instance runs in a single zone",
		Why: "The failure of a zone stops the database.", Fix: "Set multi_az to true.",
		Severity: analysis.High, Precision: analysis.HighPrecision, Pillar: analysis.Reliability,
		Practice: "REL10-BP01", Effort: "S", In: analysis.Minor(analysis.Low),
	}
	// PublicData is a rule about a path through the graph.
	PublicData = &analysis.Rule{
		ID: "public-database", Title: "A database can be reached from the internet",
		Why: "Anybody may try passwords and known weaknesses.", Fix: "Move the database to private subnets.",
		Severity: analysis.Critical, Precision: analysis.HighPrecision, Pillar: analysis.Security,
		Practice: "SEC05-BP01", Effort: "L",
	}
	// Versions is a rule of medium gravity.
	Versions = &analysis.Rule{
		ID: "s3-no-versioning", Title: "S3 bucket keeps no versions",
		Why: "Overwritten objects are lost.", Fix: "Enable versioning.",
		Severity: analysis.Medium, Precision: analysis.MediumPrecision, Pillar: analysis.Reliability, Practice: "REL09-BP01",
	}
	// Password is a rule whose evidence must not be shown.
	Password = &analysis.Rule{
		ID: "rds-password-in-code", Title: "A database password stands in the code",
		Why: "Everybody who reads the repository knows it.", Fix: "Let RDS manage the password in Secrets Manager.",
		Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC02-BP03",
	}
	// Quiet is a rule that finds nothing.
	Quiet = &analysis.Rule{
		ID: "ec2-old-generation", Title: "EC2 instance is of an old generation",
		Why: "Newer ones do more for less.", Fix: "Choose a current type.",
		Severity: analysis.Info, Precision: analysis.HighPrecision, Pillar: analysis.Cost, Practice: "COST06-BP01",
	}
)

const mainTF = `module "network" {
  source = "terraform-aws-modules/vpc/aws"
  public = true
}

resource "aws_db_instance" "main" {
	multi_az          = var.multi_az
	storage_encrypted = var.encrypted
	password          = "hunter2"
  tags = { "名前" = "データ", owner = "x" }
}

resource "aws_s3_bucket" "logs" {
  count  = 3
  bucket = "logs-${count.index}"
}
`

const variablesTF = `variable "encrypted" {
  type    = bool
  default = false
}

variable "multi_az" {}
`

const vpcTF = `resource "aws_subnet" "this" {
  map_public_ip_on_launch = var.public
}
`

// PublicIP is a rule about code of others.
var PublicIP = &analysis.Rule{
	ID: "subnet-public-ips", Title: "A subnet gives public addresses",
	Why: "Whatever starts in it can be reached.", Fix: "Set map_public_ip_on_launch to false.",
	Severity: analysis.Medium, Precision: analysis.HighPrecision, Pillar: analysis.Security, Practice: "SEC05-BP01",
}

// Estate is a result in which every part of the form is used.
func Estate(t testing.TB) *Build {
	t.Helper()
	const inner = ".terraform/modules/network/main.tf"
	b := New(t, map[string]string{
		"envs/prod/main.tf": mainTF, "envs/prod/variables.tf": variablesTF,
		"envs/prod/" + inner: vpcTF, "envs/prod/broken.tf": "resource {\n", "envs/dev/dev.tfvars": "multi_az = false\n",
	})
	main, vars := "envs/prod/main.tf", "envs/prod/variables.tf"
	db := b.At(main, mainTF[len("module \"network\" {\n  source = \"terraform-aws-modules/vpc/aws\"\n  public = true\n}\n\n"):len(mainTF)-len("\n\nresource \"aws_s3_bucket\" \"logs\" {\n  count  = 3\n  bucket = \"logs-${count.index}\"\n}\n")])
	prod := analysis.Instance{Address: "aws_db_instance.main", Unit: "envs/prod", World: "prod", Environment: analysis.Production}
	dev := analysis.Instance{Address: "aws_db_instance.main", Unit: "envs/prod", World: "dev", Environment: analysis.Development}
	b.Rule(Quiet)
	b.databases(main, vars, db, prod, dev)
	b.buckets(main)
	b.thirdParty(main, "envs/prod/"+inner)
	b.opens(main, vars, db)
	b.accepted(main)
	b.Diagnostics = []source.Diagnostic{
		{Level: source.Error, Code: "terraform-syntax", Span: b.At("envs/prod/broken.tf", "{"), Message: "a block needs a type and a closing brace"},
		{Level: source.Warning, Code: "module-not-found", Span: b.At(main, `"terraform-aws-modules/vpc/aws"`), Message: "the source is not here"},
		{Level: source.Note, Code: "file-too-large", Path: "envs/prod/huge.json", Message: "is larger than 16 MiB"},
	}
	b.Coverage = analysis.Coverage{
		Files: analysis.FileCounts{Found: 9, Terraform: 4, Skipped: map[string]int{"not infrastructure code": 3, "module not called": 1},
			Broken: []string{"envs/prod/broken.tf"}},
		Units: 2, Roots: 1, ModulesResolved: 1, ModulesMissing: 1, Resources: 6, Conditional: 1, Values: 40, KnownValues: 37,
		References: 8, ResolvedReferences: 8, UnmodelledTypes: map[string]int{"aws_foo": 2, "aws_bar": 1}, RulesRun: 7,
	}
	b.Decided[Quiet.ID] = analysis.Count{Good: 3}
	return b
}

func (b *Build) databases(main, vars string, db source.Span, prod, dev analysis.Instance) {
	b.Add(analysis.Finding{
		Rule: Encrypted, Lang: "terraform", Type: "aws_db_instance", Span: b.At(main, "var.encrypted"), Block: db,
		Covers: []string{"rds-default-key"}, Instances: []analysis.Instance{dev, prod},
		Steps: []analysis.Step{
			{Kind: analysis.StepFact, Text: "storage_encrypted is false", Span: b.At(main, "var.encrypted")},
			{Kind: analysis.StepOrigin, Text: "var.encrypted gets its default", Span: b.At(vars, "false")},
		},
	})
	b.Add(analysis.Finding{
		Rule: MultiAZ, Severity: analysis.Low, Lang: "terraform", Type: "aws_db_instance",
		Span: b.At(main, "var.multi_az"), Block: db, Instances: []analysis.Instance{dev},
		Steps: []analysis.Step{
			{Kind: analysis.StepFact, Text: "multi_az is false", Span: b.At(main, "var.multi_az")},
			{Kind: analysis.StepOrigin, Text: "var.multi_az is set in a variable file", Span: b.At("envs/dev/dev.tfvars", "false")},
		},
	})
	b.Add(analysis.Finding{
		Rule: PublicData, Lang: "terraform", Type: "aws_db_instance", Span: db.Head(), Block: db,
		Message:   "aws_db_instance.main can be reached from the internet on port 5432 through aws_internet_gateway.gw",
		Instances: []analysis.Instance{prod},
		Steps: []analysis.Step{
			{Kind: analysis.StepHop, Text: "the internet reaches module.network", Span: b.At(main, `module "network"`)},
			{Kind: analysis.StepHop, Text: "its public subnets hold the database", Span: b.At(main, `public = true`)},
			{Kind: analysis.StepHop, Text: "the database answers", Span: db.Head()},
			{Kind: analysis.StepRelated, Text: "publicly_accessible is not set", Span: db.Head()},
		},
	})
	b.Add(analysis.Finding{
		Rule: Password, Lang: "terraform", Type: "aws_db_instance", Span: b.At(main, `"hunter2"`), Block: db,
		Instances: []analysis.Instance{prod},
		Steps:     []analysis.Step{{Kind: analysis.StepFact, Text: "password is written out", Span: b.At(main, `"hunter2"`), Secret: true}},
	})
}

func (b *Build) buckets(main string) {
	head := b.At(main, `resource "aws_s3_bucket"`).Head()
	for _, key := range []string{"[0]", "[1]", "[2]"} {
		b.Add(analysis.Finding{
			Rule: Versions, Lang: "terraform", Type: "aws_s3_bucket", Span: head, Block: head,
			Instances: []analysis.Instance{{Address: "aws_s3_bucket.logs" + key, Unit: "envs/prod", World: "prod"}},
			Steps:     []analysis.Step{{Kind: analysis.StepFact, Text: "versioning is not set", Span: head}},
		})
	}
}

func (b *Build) thirdParty(main, inner string) {
	call := b.At(main, mainTF[:len("module \"network\" {\n  source = \"terraform-aws-modules/vpc/aws\"\n  public = true\n}")])
	b.Add(analysis.Finding{
		Rule: PublicIP, Lang: "terraform", Type: "aws_subnet", Span: b.At(inner, "var.public"), Block: b.At(inner, "resource"),
		Remote:    &analysis.RemoteModule{Call: call, Path: "module.network", Source: "terraform-aws-modules/vpc/aws", Version: "6.1.0"},
		Instances: []analysis.Instance{{Address: `module.network.aws_subnet.this["a.b"]`, Unit: "envs/prod"}},
		Steps: []analysis.Step{
			{Kind: analysis.StepFact, Text: "map_public_ip_on_launch is true", Span: b.At(inner, "var.public")},
			{Kind: analysis.StepOrigin, Text: "var.public is set by the module call", Span: b.At(main, "true")},
			{Kind: analysis.StepModule, Text: "module.network is called", Span: call},
		},
	})
}

// accepted adds a finding that a comment accepts, and one that the baseline does.
func (b *Build) accepted(main string) {
	head := b.At(main, `resource "aws_s3_bucket"`).Head()
	b.Add(analysis.Finding{
		Rule: Encrypted, Lang: "terraform", Type: "aws_db_instance", Span: b.At(main, "bucket ="), Block: head,
		Instances: []analysis.Instance{{Address: "aws_db_instance.replica", Unit: "envs/prod"}},
		Accepted: &analysis.Acceptance{Kind: analysis.InSource, By: "wacheck:ignore", Reason: "it holds public data", Expires: "2027-01-31",
			Span: b.At(main, "count")},
	})
	b.Add(analysis.Finding{
		Rule: Versions, Lang: "terraform", Type: "aws_s3_bucket", Span: b.At(main, "logs-"), Block: head,
		Instances: []analysis.Instance{{Address: "aws_s3_bucket.old", Unit: "envs/prod"}},
		Accepted:  &analysis.Acceptance{Kind: analysis.InBaseline, By: "baseline", Path: ".wacheck-baseline.json"},
	})
}

// Compare sets the findings against a base: the first one is new, because of a
// changed line, the second is worse, the others were there, and one is gone.
func (b *Build) Compare() {
	b.Comparison = &analysis.Comparison{Base: "main", Commit: "0123456789abcdef0123456789abcdef01234567", New: 1, Worse: 1,
		Unchanged: len(b.Findings) - 2,
		Fixed: []analysis.Past{{ID: "gone", Rule: Quiet, Severity: Quiet.Severity, Message: "EC2 instance is of an old generation in aws_instance.x",
			Address: "aws_instance.x", Unit: "envs/prod", Path: "envs/prod/old.tf", Line: 7}}}
	for i := range b.Findings {
		b.Findings[i].Change = analysis.Unchanged
	}
	b.Findings[0].Change, b.Findings[0].Fails = analysis.New, true
	b.Findings[0].Cause = &analysis.Cause{Text: "var.encrypted is set in a variable file", Path: "envs/prod/prod.tfvars", Line: 3, Source: "encrypted = false"}
	b.Findings[1].Change = analysis.Worse
}

func (b *Build) opens(main, vars string, db source.Span) {
	b.Add(analysis.Finding{
		Rule: MultiAZ, Open: true, Lang: "terraform", Type: "aws_db_instance", Span: b.At(main, "var.multi_az"), Block: db,
		Message:   "RDS instance runs in a single zone in aws_db_instance.main: multi_az is not known",
		Instances: []analysis.Instance{{Address: "aws_db_instance.main", Unit: "envs/prod", World: "prod"}},
		Reasons:   []analysis.Reason{{Kind: value.NoValue, Text: "var.multi_az has no value", Span: b.At(vars, `variable "multi_az"`)}},
		Steps: []analysis.Step{
			{Kind: analysis.StepMissing, Text: "multi_az is not known", Span: b.At(main, "var.multi_az")},
			{Kind: analysis.StepOrigin, Text: "var.multi_az has no value", Span: b.At(vars, `variable "multi_az"`)},
		},
	})
	for _, name := range []string{"a", "b"} {
		b.Add(analysis.Finding{
			Rule: Versions, Open: true, Conditional: true, Lang: "terraform", Type: "aws_s3_bucket", Span: b.At(main, "bucket ="),
			Instances: []analysis.Instance{{Address: "aws_s3_bucket." + name, Unit: "envs/prod"}},
			Reasons:   []analysis.Reason{{Kind: value.UndecidedCondition, Text: "local.enabled is not decided by the files", Span: b.At(main, "count")}},
		})
	}
}
