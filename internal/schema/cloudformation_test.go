package schema

import (
	"slices"
	"strings"
	"testing"
)

func cfn(t *testing.T, typ string) *CFNResource {
	t.Helper()
	r, ok := CloudFormation(typ)
	if !ok {
		t.Fatalf("no schema of %s", typ)
	}
	return r
}

func TestCloudFormationKind(t *testing.T) {
	tests := []struct {
		typ, path string
		want      Kind
	}{
		{"AWS::RDS::DBInstance", "StorageEncrypted", KindBoolean},
		{"AWS::RDS::DBInstance", "AllocatedStorage", KindString},
		{"AWS::RDS::DBInstance", "BackupRetentionPeriod", KindInteger},
		{"AWS::RDS::DBInstance", "Tags", KindList},
		{"AWS::RDS::DBInstance", "Tags.Key", KindString},
		{"AWS::RDS::DBInstance", "Endpoint.Address", KindString},
		{"AWS::RDS::DBInstance", "Encrypted", KindNone},
		{"AWS::RDS::DBInstance", "Tags.Name", KindNone},
		{"AWS::RDS::DBInstance", "StorageEncrypted.X", KindNone},
		{"AWS::RDS::DBInstance", "", KindNone},
		{"AWS::RDS::DBInstance", "Tags.", KindNone},
		{"AWS::OpenSearchService::Domain", "EncryptionAtRestOptions.Enabled", KindBoolean},
		{"AWS::Elasticsearch::Domain", "EncryptionAtRestOptions.Enabled", KindBoolean},
		{"AWS::S3::Bucket", "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault.SSEAlgorithm", KindString},
		{"AWS::S3::Bucket", "VersioningConfiguration", KindObject},
		{"AWS::S3::Bucket", "PublicAccessBlockConfiguration.BlockPublicAcls", KindBoolean},
		{"AWS::S3::BucketPolicy", "PolicyDocument", KindJSON},
		{"AWS::S3::BucketPolicy", "PolicyDocument.Statement", KindJSON},
		{"AWS::EC2::SecurityGroup", "SecurityGroupIngress.CidrIp", KindString},
		{"AWS::EC2::Instance", "BlockDeviceMappings.Ebs.Encrypted", KindBoolean},
		{"AWS::EC2::VPC", "CidrBlock", KindString},
		{"AWS::EC2::LaunchTemplate", "LaunchTemplateData.MetadataOptions.HttpTokens", KindString},
		{"AWS::Lambda::Function", "Environment.Variables", KindMap},
		{"AWS::Lambda::Function", "Environment.Variables.LEVEL", KindJSON}, // numbers are taken too
		{"AWS::ECS::TaskDefinition", "ContainerDefinitions.DockerLabels", KindMap},
		{"AWS::ECS::TaskDefinition", "ContainerDefinitions.DockerLabels.team", KindString},
		{"AWS::ECS::TaskDefinition", "ContainerDefinitions.DockerLabels.team.x", KindNone},
		{"AWS::DynamoDB::Table", "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", KindBoolean},
		{"AWS::KMS::Key", "EnableKeyRotation", KindBoolean},
		{"AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerAttributes.Key", KindString},
		{"AWS::ElasticLoadBalancingV2::Listener", "DefaultActions.RedirectConfig.StatusCode", KindString},
		{"AWS::CloudFront::Distribution", "DistributionConfig.ViewerCertificate.MinimumProtocolVersion", KindString},
		{"AWS::EKS::Cluster", "ResourcesVpcConfig.EndpointPublicAccess", KindBoolean},
		{"AWS::ECS::TaskDefinition", "ContainerDefinitions.LogConfiguration.LogDriver", KindString},
		{"AWS::IAM::Role", "AssumeRolePolicyDocument", KindJSON},
		{"AWS::WAFv2::WebACL", "Rules.Statement.NotStatement.Statement.AndStatement.Statements.GeoMatchStatement", KindObject},
		{"AWS::WAFv2::WebACL", "Rules.Statement.Nothing", KindNone},
		{"AWS::CloudFormation::Stack", "Parameters.Anything", KindJSON},
		{"Custom::Thing", "Anything.At.All", KindJSON},
		{"Custom::Thing", "ServiceToken", KindString},
	}
	for _, tt := range tests {
		r := cfn(t, tt.typ)
		if got := r.Kind(tt.path); got != tt.want {
			t.Errorf("%s: %s is %v, want %v", tt.typ, tt.path, got, tt.want)
		}
		if got := r.Lookup(tt.path); got != (tt.want != KindNone) {
			t.Errorf("%s: Lookup(%s) = %v", tt.typ, tt.path, got)
		}
	}
}

func TestIsGetAtt(t *testing.T) {
	tests := []struct {
		typ string
		yes []string
		not []string
	}{
		{typ: "AWS::RDS::DBInstance", yes: []string{"Endpoint.Address", "Endpoint.Port", "DBInstanceArn"}, not: []string{"", "Endpoint", "Endpoint.X", "Arn", "Tags.Key"}},
		{typ: "AWS::RDS::DBCluster", yes: []string{"Endpoint.Address", "ReadEndpoint.Address"}, not: []string{"Address", "MasterUsername"}},
		{typ: "AWS::S3::Bucket", yes: []string{"Arn", "DomainName", "RegionalDomainName"}, not: []string{"Name", "BucketName"}},
		{typ: "AWS::EC2::VPC", yes: []string{"VpcId", "DefaultSecurityGroup", "CidrBlock"}, not: []string{"Id"}},
		{typ: "AWS::EC2::SecurityGroup", yes: []string{"GroupId", "VpcId"}, not: []string{"SecurityGroupId"}},
		{typ: "AWS::Lambda::Function", yes: []string{"Arn", "SnapStartResponse.ApplyOn"}, not: []string{"Role"}},
		{typ: "AWS::ElasticLoadBalancingV2::LoadBalancer", yes: []string{"DNSName", "CanonicalHostedZoneID"}, not: []string{"DnsName"}},
		{typ: "AWS::IAM::Role", yes: []string{"Arn", "RoleId"}, not: []string{"RoleName"}},
		{typ: "AWS::SQS::Queue", yes: []string{"Arn", "QueueUrl", "QueueName"}, not: []string{"Url"}},
		{typ: "AWS::CloudFormation::Stack", yes: []string{"Outputs.Anything"}, not: []string{"Outputs", "Parameters"}},
		{typ: "Custom::Thing", yes: []string{"Anything", "A.B"}, not: []string{""}},
	}
	for _, tt := range tests {
		r := cfn(t, tt.typ)
		for _, name := range tt.yes {
			if !r.IsGetAtt(name) {
				t.Errorf("%s: %s is no attribute; there are %v", tt.typ, name, r.GetAtts)
			}
		}
		for _, name := range tt.not {
			if r.IsGetAtt(name) {
				t.Errorf("%s: %q is an attribute", tt.typ, name)
			}
		}
	}
}

func TestIsGetAttOfObjects(t *testing.T) {
	r, err := parseCFN("T", "{Info={Arn:s Size:{Height:i}} Items=L{Arn:s}}\tInfo Items")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"Info": true, "Info.Arn": true, "Info.Size.Height": true, "Info.X": false,
		"Items": true, "Items.Arn": false, "Info.": false, ".Info": false,
	} {
		if got := r.IsGetAtt(name); got != want {
			t.Errorf("IsGetAtt(%q) = %v", name, got)
		}
	}
}

func TestPropertyFlags(t *testing.T) {
	r := cfn(t, "AWS::EC2::Subnet")
	for name, want := range map[string][2]bool{"VpcId": {true, false}, "SubnetId": {false, true}, "CidrBlock": {false, false}} {
		p, ok := r.Shape.Property(name)
		if !ok || p.Required != want[0] || p.ReadOnly != want[1] {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if r, _ := CloudFormation("AWS::CDK::Metadata"); r == nil || !r.Shape.Open {
		t.Error("AWS::CDK::Metadata takes any property")
	}
}

// TestCloudFormationTable parses every line.
func TestCloudFormationTable(t *testing.T) {
	types := CloudFormationTypes()
	if cloudformationTable.err != nil {
		t.Fatal(cloudformationTable.err)
	}
	if got := CloudFormationSource(); got != "cfn-lint 1.51.0" {
		t.Errorf("source %q", got)
	}
	if len(types) < 1583 || !slices.IsSorted(types) {
		t.Errorf("%d types, sorted: %v", len(types), slices.IsSorted(types))
	}
	for _, line := range cloudformationTable.load() {
		key, text, _ := strings.Cut(line, "\t")
		r, err := parseCFN(key, text)
		if err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		if !slices.IsSorted(r.GetAtts) || slices.Contains(r.GetAtts, "") {
			t.Errorf("%s: attributes %q", key, r.GetAtts)
		}
		checkShape(t, key, r.Shape, map[*Shape]bool{})
	}
}

func checkShape(t *testing.T, where string, s *Shape, seen map[*Shape]bool) {
	t.Helper()
	if seen[s] {
		return
	}
	seen[s] = true
	list := map[*Shape]bool{}
	for e := s; e.Kind == KindList; e = e.Elem {
		if list[e] {
			t.Fatalf("%s is a list of itself", where) // paths through it would not end
		}
		list[e] = true
	}
	if (s.Elem != nil) != (s.Kind == KindList || s.Kind == KindMap) || s.Kind == KindNone {
		t.Errorf("%s: %+v", where, *s)
	}
	if s.Elem != nil {
		checkShape(t, where, s.Elem, seen)
	}
	for i, p := range s.Properties {
		if i > 0 && s.Properties[i-1].Name >= p.Name {
			t.Errorf("%s: %s is out of order", where, p.Name)
		}
		checkShape(t, where+"."+p.Name, p.Shape, seen)
	}
}
