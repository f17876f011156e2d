package scale

import (
	"fmt"
	"strings"
)

// Network says what networks to make.
type Network struct {
	// VPCs, each with Subnets and Groups of its own, all in one root.
	VPCs, Subnets, Groups int
	Seed                  int64
}

// In each VPC there is this much to reach: subnets of which a tenth leads to the
// internet, and workloads that bear the security groups in turn.
const (
	publicShare    = 10
	instancesOfVPC = 20
	balancersOfVPC = 4
	storesOfVPC    = 3
)

// Terraform returns a root of networks as files by slash-separated path. Security
// groups admit each other, ranges of addresses and, some of them, the internet;
// there are routes, network ACLs, load balancers with targets, and roles.
func (n Network) Terraform() map[string]string {
	d := Options{Seed: n.Seed, Bad: DefaultBad}.dice()
	files := map[string]string{}
	for v := range n.VPCs {
		var b strings.Builder
		n.vpc(&b, d, v)
		files[fmt.Sprintf("vpc%03d.tf", v)] = b.String()
	}
	return files
}

func (n Network) vpc(b *strings.Builder, d *dice, v int) {
	p := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	p("resource \"aws_vpc\" \"v%d\" {\n  cidr_block = \"10.%d.0.0/16\"\n}", v, v%256)
	p("resource \"aws_internet_gateway\" \"v%d\" {\n  vpc_id = aws_vpc.v%d.id\n}", v, v)
	p("resource \"aws_route_table\" \"v%d\" {\n  vpc_id = aws_vpc.v%d.id\n  route {\n    cidr_block = \"0.0.0.0/0\"\n    gateway_id = aws_internet_gateway.v%d.id\n  }\n}", v, v, v)
	p("resource \"aws_network_acl\" \"v%d\" {\n  vpc_id = aws_vpc.v%d.id\n  subnet_ids = [aws_subnet.v%d_0.id]\n  ingress {\n    rule_no = 100\n    action = \"allow\"\n    protocol = \"-1\"\n    "+
		"cidr_block = \"0.0.0.0/0\"\n    from_port = 0\n    to_port = 0\n  }\n  egress {\n    rule_no = 100\n    action = \"allow\"\n    protocol = \"-1\"\n    cidr_block = \"0.0.0.0/0\"\n    from_port = 0\n    to_port = 0\n  }\n}", v, v, v)
	for s := range n.Subnets {
		p("resource \"aws_subnet\" \"v%d_%d\" {\n  vpc_id = aws_vpc.v%d.id\n  cidr_block = \"10.%d.%d.0/24\"\n}", v, s, v, v%256, s%256)
		if s%publicShare == 0 {
			p("resource \"aws_route_table_association\" \"v%d_%d\" {\n  subnet_id = aws_subnet.v%d_%d.id\n  route_table_id = aws_route_table.v%d.id\n}", v, s, v, s, v)
		}
	}
	for g := range n.Groups {
		p("resource \"aws_security_group\" \"v%d_%d\" {\n  vpc_id = aws_vpc.v%d.id\n  ingress {\n    protocol = \"tcp\"\n    from_port = %d\n    to_port = %d\n    cidr_blocks = [%q]\n  }", v, g, v, 80+g%400, 80+g%400,
			d.Bad(fmt.Sprintf("10.%d.0.0/16", v%256), "0.0.0.0/0"))
		if g > 0 {
			p("  ingress {\n    protocol = \"tcp\"\n    from_port = 8080\n    to_port = 8080\n    security_groups = [aws_security_group.v%d_%d.id]\n  }", v, d.between(0, g-1))
		}
		p("  egress {\n    protocol = \"-1\"\n    from_port = 0\n    to_port = 0\n    cidr_blocks = [\"0.0.0.0/0\"]\n  }\n}")
	}
	n.workloads(p, d, v)
}

func (n Network) workloads(p func(string, ...any), d *dice, v int) {
	p("resource \"aws_iam_role\" \"v%d\" {\n  name = \"app-%d\"\n  assume_role_policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = { Service = \"ec2.amazonaws.com\" } }] })\n}", v, v)
	p("resource \"aws_iam_role_policy\" \"v%d\" {\n  role = aws_iam_role.v%d.name\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = [\"s3:GetObject\", %q], Resource = \"*\" }] })\n}", v, v,
		d.Bad("s3:ListBucket", "sts:AssumeRole"))
	p("resource \"aws_iam_instance_profile\" \"v%d\" {\n  role = aws_iam_role.v%d.name\n}", v, v)
	p("resource \"aws_s3_bucket\" \"v%d\" {\n  bucket = \"data-of-app-%d\"\n}", v, v)
	group := func(i int) string { return fmt.Sprintf("aws_security_group.v%d_%d.id", v, i%n.Groups) }
	for i := range instancesOfVPC {
		p("resource \"aws_instance\" \"v%d_%d\" {\n  subnet_id = aws_subnet.v%d_%d.id\n  associate_public_ip_address = %s\n  iam_instance_profile = aws_iam_instance_profile.v%d.name\n  vpc_security_group_ids = [%s, %s]\n}", v, i, v, d.between(0, n.Subnets-1),
			d.Bad("false", "true"), v, group(2*i), group(2*i+1))
	}
	for i := range balancersOfVPC {
		p("resource \"aws_lb\" \"v%d_%d\" {\n  internal = %s\n  subnets = [aws_subnet.v%d_0.id]\n  security_groups = [%s]\n}", v, i, d.Bad("false", "true"), v, group(60+i))
		p("resource \"aws_lb_target_group\" \"v%d_%d\" {\n  port = 8080\n  protocol = \"HTTP\"\n}", v, i)
		p("resource \"aws_lb_listener\" \"v%d_%d\" {\n  load_balancer_arn = aws_lb.v%d_%d.arn\n  port = %d\n  default_action {\n    type = \"forward\"\n    target_group_arn = aws_lb_target_group.v%d_%d.arn\n  }\n}", v, i, v, i, 80+(60+i)%n.Groups%400, v, i)
		p("resource \"aws_lb_target_group_attachment\" \"v%d_%d\" {\n  target_group_arn = aws_lb_target_group.v%d_%d.arn\n  target_id = aws_instance.v%d_%d.id\n}", v, i, v, i, v, i)
	}
	p("resource \"aws_db_subnet_group\" \"v%d\" {\n  subnet_ids = [aws_subnet.v%d_0.id, aws_subnet.v%d_%d.id]\n}", v, v, v, n.Subnets-1)
	for i := range storesOfVPC {
		p("resource \"aws_db_instance\" \"v%d_%d\" {\n  engine = \"postgres\"\n  publicly_accessible = %s\n  db_subnet_group_name = aws_db_subnet_group.v%d.name\n  vpc_security_group_ids = [%s]\n}", v, i, d.Bad("false", "true"), v, group(90+i))
	}
}

// Resources is the number of resources that Terraform makes.
func (n Network) Resources() int {
	public := (n.Subnets + publicShare - 1) / publicShare
	return n.VPCs * (4 + n.Subnets + public + n.Groups + instancesOfVPC + 4*balancersOfVPC + 1 + storesOfVPC + 4)
}
