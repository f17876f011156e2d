package all_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wacheck/wacheck/analysis/analysistest"
	"github.com/wacheck/wacheck/analyzers/all"
)

const network = `
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}

resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_security_group" "closed" {
  vpc_id = aws_vpc.main.id
}
`

// TestPrecedence shows which rule speaks where several hold for one cause, and
// that each speaks where the causes are different. Each case looks at the rules
// that its lines name and at those that these cover.
func TestPrecedence(t *testing.T) {
	for name, c := range map[string]struct {
		code string
		// want are lines "rule address: covered rules"; only says which rules count.
		want, only []string
	}{
		"the ports of one ingress rule": {`
resource "aws_security_group" "all" {
  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
`, []string{"sg-open-ingress-all-ports aws_security_group.all: sg-open-ingress-admin sg-open-ingress-sensitive-port"},
			[]string{"sg-open-ingress-"}},
		"a range with both sorts of port": {`
resource "aws_security_group" "range" {
  ingress {
    protocol    = "tcp"
    from_port   = 3000
    to_port     = 4000
    cidr_blocks = ["0.0.0.0/0"]
  }
}
`, []string{"sg-open-ingress-admin aws_security_group.range: sg-open-ingress-sensitive-port"},
			[]string{"sg-open-ingress-"}},
		"two ingress rules of one group": {`
resource "aws_security_group" "two" {
  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }

  ingress {
    protocol         = "tcp"
    from_port        = 22
    to_port          = 22
    ipv6_cidr_blocks = ["::/0"]
  }
}

resource "aws_security_group_rule" "third" {
  type              = "ingress"
  security_group_id = aws_security_group.two.id
  protocol          = "tcp"
  from_port         = 5432
  to_port           = 5432
  cidr_blocks       = ["0.0.0.0/0"]
}
`, []string{
			"sg-open-ingress-admin aws_security_group.two:",
			"sg-open-ingress-all-ports aws_security_group.two: sg-open-ingress-admin sg-open-ingress-sensitive-port",
			"sg-open-ingress-sensitive-port aws_security_group_rule.third:",
		}, []string{"sg-open-ingress-"}},
		"a public database in a public subnet": {network + `
resource "aws_subnet" "other" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_db_subnet_group" "mixed" {
  subnet_ids = [aws_subnet.public.id, aws_subnet.other.id]
}

resource "aws_db_instance" "public" {
  engine                 = "postgres"
  publicly_accessible    = true
  db_subnet_group_name   = aws_db_subnet_group.mixed.name
  vpc_security_group_ids = [aws_security_group.closed.id]
}

resource "aws_db_instance" "hidden" {
  engine                 = "postgres"
  db_subnet_group_name   = aws_db_subnet_group.mixed.name
  vpc_security_group_ids = [aws_security_group.closed.id]
}
`, []string{
			"rds-in-public-subnet aws_db_instance.hidden: workload-in-public-subnet",
			"rds-publicly-accessible aws_db_instance.public: rds-in-public-subnet workload-in-public-subnet",
		}, []string{"rds-publicly-accessible", "rds-in-public-subnet", "workload-in-public-subnet"}},
		"public addresses in a public subnet": {network + `
resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_instance" "public" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.closed.id]
}

resource "aws_instance" "hidden" {
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.closed.id]
}

resource "aws_ecs_service" "public" {
  name = "public"

  network_configuration {
    subnets          = [aws_subnet.public.id]
    security_groups  = [aws_security_group.closed.id]
    assign_public_ip = true
  }
}
`, []string{
			"ec2-public-ip aws_instance.public: workload-in-public-subnet",
			"ecs-service-public-ip aws_ecs_service.public: workload-in-public-subnet",
			"workload-in-public-subnet aws_instance.hidden:",
		}, []string{"ec2-public-ip", "ecs-service-public-ip", "workload-in-public-subnet"}},
		"an instance that the internet reaches": {network + `
resource "aws_security_group" "open" {
  vpc_id = aws_vpc.main.id

  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "reached" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.open.id]
}
`, []string{"internet-reachable-instance aws_instance.reached: ec2-public-ip sg-open-ingress-admin workload-in-public-subnet"},
			[]string{"internet-reachable-", "ec2-public-ip", "sg-open-ingress-", "workload-in-public-subnet"}},
		"a database that the internet reaches, and another door": {network + `
resource "aws_security_group" "open" {
  vpc_id = aws_vpc.main.id

  ingress {
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = ["0.0.0.0/0"]
  }

  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_db_subnet_group" "public" {
  subnet_ids = [aws_subnet.public.id]
}

resource "aws_db_instance" "reached" {
  engine                 = "postgres"
  publicly_accessible    = true
  db_subnet_group_name   = aws_db_subnet_group.public.name
  vpc_security_group_ids = [aws_security_group.open.id]
}
`, []string{
			"internet-reachable-database aws_db_instance.reached: rds-in-public-subnet rds-publicly-accessible sg-open-ingress-sensitive-port vpc-no-private-subnet workload-in-public-subnet",
			"sg-open-ingress-admin aws_security_group.open:",
		}, []string{"internet-reachable-", "rds-publicly", "rds-in-public", "sg-open-ingress-", "workload-in-public-subnet", "vpc-no-private-subnet"}},
		"a network of which only a part is reached": {network + `
resource "aws_security_group" "open" {
  vpc_id = aws_vpc.main.id

  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "reached" {
  subnet_id                   = aws_subnet.public.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.open.id]
}

resource "aws_instance" "hidden" {
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.closed.id]
}
`, []string{
			"internet-reachable-instance aws_instance.reached: workload-in-public-subnet",
			"vpc-no-private-subnet aws_vpc.main: workload-in-public-subnet",
		}, []string{"internet-reachable-", "workload-in-public-subnet", "vpc-no-private-subnet"}},
		"environments that share": {network + `
resource "aws_subnet" "other" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_instance" "prod" {
  subnet_id = aws_subnet.public.id
  tags      = { Name = "shop-dev", Environment = "prod" }
}

resource "aws_instance" "dev" {
  subnet_id = aws_subnet.public.id
  tags      = { Environment = "dev" }
}

resource "aws_sqs_queue" "elsewhere" {
  name = "orders-prod"
  tags = { Environment = "dev" }
}
`, []string{
			"account-shared-across-environments aws_instance.prod: resource-name-environment-mismatch subnet-shared-across-environments vpc-shared-across-environments",
			"resource-name-environment-mismatch aws_sqs_queue.elsewhere:",
		}, []string{"account-shared-", "subnet-shared-", "vpc-shared-", "resource-name-"}},
		"modules that share": {`
resource "aws_ecs_cluster" "main" {
}

module "prod" {
  source  = "./app"
  cluster = aws_ecs_cluster.main.id
}

module "staging" {
  source  = "./app"
  cluster = aws_ecs_cluster.main.id
}
-- app/main.tf --
variable "cluster" {}

resource "aws_ecs_service" "web" {
  name    = "web"
  cluster = var.cluster
}
`, []string{
			"account-shared-across-environments module.prod.aws_ecs_service.web: cluster-shared-across-environments",
		}, []string{"account-shared-", "cluster-shared-"}},
		"roots that share": {`
-- prod/main.tf --
resource "aws_instance" "prod" {
  subnet_id = "subnet-0123456789abcdef0"
  tags      = { Name = "shop-dev", Environment = "prod" }
}
-- dev/main.tf --
resource "aws_instance" "dev" {
  subnet_id = "subnet-0123456789abcdef0"
}
`, []string{
			"subnet-shared-across-environments aws_instance.prod: resource-name-environment-mismatch",
		}, []string{"account-shared-", "subnet-shared-", "vpc-shared-", "resource-name-"}},
		"what programs of another environment are told of": {`
-- prod/main.tf --
terraform {
  backend "s3" {
    bucket = "states"
    key    = "prod.tfstate"
  }
}

resource "aws_dynamodb_table" "orders" {
  name     = "orders"
  hash_key = "id"
}

resource "aws_sqs_queue" "orders" {
  name = "orders"
}

output "table" {
  value = aws_dynamodb_table.orders.name
}

output "queue" {
  value = aws_sqs_queue.orders.url
}
-- dev/main.tf --
data "terraform_remote_state" "prod" {
  backend = "s3"
  config = {
    bucket = "states"
    key    = "prod.tfstate"
  }
}

resource "aws_lambda_function" "data" {
  function_name = "data"
  role          = "arn:aws:iam::111122223333:role/report"
  environment {
    variables = { TABLE = data.terraform_remote_state.prod.outputs.table }
  }
}

resource "aws_lambda_function" "both" {
  function_name = "both"
  role          = "arn:aws:iam::111122223333:role/report"
  environment {
    variables = {
      TABLE = data.terraform_remote_state.prod.outputs.table
      QUEUE = data.terraform_remote_state.prod.outputs.queue
    }
  }
}
`, []string{
			"datastore-shared-across-environments aws_dynamodb_table.orders: resource-cross-environment-reference",
			"resource-cross-environment-reference aws_lambda_function.both:",
		}, []string{"datastore-shared-", "resource-cross-"}},
		"networks that are connected": {`
-- prod/main.tf --
resource "aws_vpc" "prod" {
  cidr_block = "10.0.0.0/16"
}

output "vpc" {
  value = aws_vpc.prod.id
}
-- main.tf --
module "prod" {
  source = "./prod"
}

resource "aws_vpc" "dev" {
  cidr_block = "10.1.0.0/16"
  tags       = { Environment = "dev" }
}

resource "aws_vpc_peering_connection" "both" {
  vpc_id      = aws_vpc.dev.id
  peer_vpc_id = module.prod.vpc
}
`, []string{
			"vpc-peering-cross-environment aws_vpc_peering_connection.both: resource-cross-environment-reference",
		}, []string{"vpc-peering-", "resource-cross-"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range analysistest.Scan(t, all.Suite(), "-- main.tf --\n"+c.code).Findings {
				counts := func(id string) bool {
					return slices.ContainsFunc(c.only, func(prefix string) bool { return strings.HasPrefix(id, prefix) })
				}
				if counts(f.Rule.ID) {
					covers := slices.DeleteFunc(slices.Clone(f.Covers), func(id string) bool { return !counts(id) })
					got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s: %s", f.Rule.ID, f.Instances[0].Address, strings.Join(covers, " "))))
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
