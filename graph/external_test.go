package graph

import "testing"

func TestExternalAddr(t *testing.T) {
	for _, tt := range []struct{ typ, identity, want string }{
		{"", "infra//aws_vpc.gone", "aws_vpc.gone"},
		{"AWS::EC2::Subnet", "a/b.yaml//AWS::EC2::Subnet/s-1", "s-1"},
		{"aws_vpc", "vpc-0123456789abcdef0", "vpc-0123456789abcdef0"},
		{"aws_s3_bucket", "arn:aws:s3:::bucket//key", "arn:aws:s3:::bucket//key"},
		{"", "a.yaml//import net-Vpc", "import net-Vpc"},
	} {
		if got := externalAddr(tt.typ, tt.identity); got != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.typ, tt.identity, got, tt.want)
		}
	}
}
