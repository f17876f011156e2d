package schema

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

func resource(t *testing.T, typ string) *Resource {
	t.Helper()
	data, ok := strings.CutPrefix(typ, dataPrefix)
	get := Terraform
	if ok {
		get = TerraformData
	}
	r, ok := get(data)
	if !ok {
		t.Fatalf("no schema of %s", typ)
	}
	return r
}

func TestTerraformLookup(t *testing.T) {
	tests := []struct {
		typ   string
		paths []string
		wrong []string
	}{
		{"aws_db_instance", []string{"storage_encrypted", "multi_az", "id", "restore_to_point_in_time.restore_time", "timeouts.create", "master_user_secret.secret_arn", "tags.Name", "upgrade_rollout_order", "name"},
			[]string{"encrypted", "", ".", "multi_az.x", "storage_encrypted.", "tags.a.b", "master_user_secret.arn", "timeouts.never"}},
		{"aws_elasticsearch_domain", []string{"encrypt_at_rest.enabled", "domain_endpoint_options.enforce_https", "cluster_config.zone_awareness_config.availability_zone_count"},
			[]string{"encrypt_at_rest.enable", "encrypt_at_rest.enabled.x", "node_to_node_encryption_options"}},
		{"aws_opensearch_domain", []string{"node_to_node_encryption.enabled", "kibana_endpoint"}, []string{"elasticsearch_version"}},
		{"aws_s3_bucket", []string{"bucket", "acl", "versioning.enabled", "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.sse_algorithm", "logging.target_bucket"}, []string{"encryption"}},
		{"aws_security_group", []string{"ingress.cidr_blocks", "egress.from_port"}, []string{"ingress.cidr"}},
		{"aws_instance", []string{"root_block_device.encrypted", "metadata_options.http_tokens", "ebs_block_device.kms_key_id", "cpu_core_count"}, []string{"root_block_device.encrypt"}},
		{"aws_eip", []string{"domain", "vpc"}, []string{"vpc_id"}},
		{"aws_vpc", []string{"cidr_block", "enable_classiclink"}, []string{"cidr"}},
		{"aws_lb", []string{"access_logs.enabled", "drop_invalid_header_fields"}, []string{"access_log"}},
		{"aws_lb_listener", []string{"default_action.redirect.status_code"}, []string{"default_action.redirect.code"}},
		{"aws_wafv2_web_acl", []string{"rule.statement.managed_rule_group_statement.name", "rule.override_action.none"}, []string{"rule.statements"}},
		{"aws_eks_cluster", []string{"vpc_config.endpoint_public_access", "encryption_config.provider.key_arn"}, []string{"vpc_config.public"}},
		{"aws_dynamodb_table", []string{"point_in_time_recovery.enabled", "server_side_encryption.kms_key_arn", "attribute.name"}, []string{"pitr"}},
		{"aws_lambda_function", []string{"environment.variables.LEVEL", "tracing_config.mode"}, []string{"environment.vars"}},
		{"aws_kms_key", []string{"enable_key_rotation"}, []string{"rotation"}},
		{"aws_cloudfront_distribution", []string{"viewer_certificate.minimum_protocol_version", "default_cache_behavior.forwarded_values.cookies.forward"}, []string{"certificate"}},
		{"aws_redshift_cluster", []string{"logging.bucket_name", "snapshot_copy.retention_period"}, []string{"logging.bucket"}},
		{"aws_autoscaling_group", []string{"tag.propagate_at_launch", "tags.key", "mixed_instances_policy.launch_template.override.instance_type"}, []string{"tag.name"}},
		{"aws_secretsmanager_secret", []string{"rotation_rules.automatically_after_days"}, []string{"rotation_rule"}},
		{"data.aws_vpc", []string{"cidr_block", "filter.values", "cidr_block_associations.state"}, []string{"filter.value"}},
		{"data.aws_iam_policy_document", []string{"json", "statement.principals.identifiers", "statement.condition.test", "source_json"}, []string{"statement.principal"}},
		{"data.aws_subnet_ids", []string{"ids", "vpc_id"}, []string{"cidr_block"}},
	}
	for _, tt := range tests {
		r := resource(t, tt.typ)
		for _, p := range tt.paths {
			if !r.Lookup(p) {
				t.Errorf("%s: %s not found", tt.typ, p)
			}
		}
		for _, p := range tt.wrong {
			if r.Lookup(p) {
				t.Errorf("%s: %s found", tt.typ, p)
			}
		}
	}
}

func TestUnknownTypes(t *testing.T) {
	for _, typ := range []string{"", "aws", "aws_", "aws_db_instanc", "aws_db_instance2", "AWS_VPC", "data.aws_vpc", "zzz", "#", "# hashicorp/aws 6.25.0", "aws_db_security_group"} {
		if r, ok := Terraform(typ); ok {
			t.Errorf("Terraform(%q) = %v", typ, r)
		}
	}
	if _, ok := TerraformData("aws_db_cluster_snapshots_of_mine"); ok {
		t.Error("a data source that does not exist was found")
	}
	if _, ok := TerraformData("aws_iam_policy_attachment"); ok {
		t.Error("a resource was found among the data sources")
	}
	for _, typ := range []string{"", "AWS::", "AWS::RDS::DBInstances", "aws::rds::dbinstance", "AWS::Serverless::Function", "Module"} {
		if r, ok := CloudFormation(typ); ok {
			t.Errorf("CloudFormation(%q) = %v", typ, r)
		}
	}
}

func TestAttributes(t *testing.T) {
	tests := []struct {
		typ, name                 string
		want                      cty.Type
		required, computed, extra bool
	}{
		{"aws_db_instance", "instance_class", cty.String, true, false, false},
		{"aws_db_instance", "allocated_storage", cty.Number, false, false, false},
		{"aws_db_instance", "arn", cty.String, false, true, false},
		{"aws_db_instance", "upgrade_rollout_order", cty.String, false, true, true},
		{"aws_db_instance", "vpc_security_group_ids", cty.Set(cty.String), false, false, false},
		{"aws_db_instance", "tags", cty.Map(cty.String), false, false, false},
		{"aws_lb", "subnets", cty.Set(cty.String), false, false, false},
		{"aws_eip", "vpc", cty.Bool, false, false, true},
		{"data.aws_availability_zones", "names", cty.List(cty.String), false, true, false},
		{"data.aws_vpc", "cidr_block_associations", cty.List(cty.Object(map[string]cty.Type{
			"association_id": cty.String, "cidr_block": cty.String, "state": cty.String,
		})), false, true, false},
	}
	for _, tt := range tests {
		a, ok := resource(t, tt.typ).Attribute(tt.name)
		if !ok {
			t.Errorf("%s has no %s", tt.typ, tt.name)
			continue
		}
		if !a.Type.Equals(tt.want) || a.Required != tt.required || a.Computed != tt.computed || a.Extra != tt.extra {
			t.Errorf("%s.%s = %#v", tt.typ, tt.name, *a)
		}
	}
}

func TestBlocks(t *testing.T) {
	r := resource(t, "aws_instance")
	tests := []struct {
		r                *Resource
		name             string
		isBlock, takesIt bool
		nesting          Nesting
		min, max         int
	}{
		{r, "root_block_device", true, true, NestingList, 0, 1},
		{r, "ebs_block_device", true, true, NestingSet, 0, 0},
		{r, "timeouts", true, true, NestingSingle, 0, 0},
		{r, "ami", false, false, 0, 0, 0},
		{r, "vpc_security_group_ids", false, false, 0, 0, 0},
		{r, "nothing", false, false, 0, 0, 0},
		{resource(t, "aws_security_group"), "ingress", false, true, 0, 0, 0},
		{resource(t, "aws_db_instance"), "master_user_secret", false, false, 0, 0, 0},
		{resource(t, "aws_lb_listener"), "default_action", true, true, NestingList, 1, 0},
		{resource(t, "aws_cloudfront_distribution"), "viewer_certificate", true, true, NestingList, 1, 1},
	}
	for _, tt := range tests {
		if got := tt.r.IsBlock(tt.name); got != tt.isBlock {
			t.Errorf("%s: IsBlock(%s) = %v", tt.r.Type, tt.name, got)
		}
		if got := tt.r.TakesBlockSyntax(tt.name); got != tt.takesIt {
			t.Errorf("%s: TakesBlockSyntax(%s) = %v", tt.r.Type, tt.name, got)
		}
		if !tt.isBlock {
			continue
		}
		b, _ := tt.r.Block(tt.name)
		if b.Nesting != tt.nesting || b.MinItems != tt.min || b.MaxItems != tt.max {
			t.Errorf("%s: %s is %v, %d to %d", tt.r.Type, tt.name, b.Nesting, b.MinItems, b.MaxItems)
		}
	}
}

func TestImpliedType(t *testing.T) {
	instance := resource(t, "aws_instance").ImpliedType()
	for name, want := range map[string]string{
		"ami":               "string",
		"root_block_device": "list of object",
		"ebs_block_device":  "set of object",
		"timeouts":          "object",
	} {
		if got := instance.AttributeType(name).FriendlyName(); got != want {
			t.Errorf("aws_instance.%s is a %s, want %s", name, got, want)
		}
	}
	root := instance.AttributeType("root_block_device").ElementType()
	if !root.HasAttribute("encrypted") || root.AttributeType("encrypted") != cty.Bool {
		t.Errorf("root_block_device is %#v", root)
	}
	deep := resource(t, "aws_s3_bucket").ImpliedType().AttributeType("server_side_encryption_configuration").ElementType().
		AttributeType("rule").ElementType().AttributeType("apply_server_side_encryption_by_default").ElementType()
	if deep.AttributeType("sse_algorithm") != cty.String {
		t.Errorf("apply_server_side_encryption_by_default is %#v", deep)
	}
	// A set whose elements need not agree in type can't be a set.
	if got := resource(t, "aws_wafv2_web_acl").ImpliedType().AttributeType("rule"); got != cty.DynamicPseudoType {
		t.Errorf("aws_wafv2_web_acl.rule is %#v", got)
	}
}

// TestImpliedTypeHasValues makes a value of every type: cty panics at types
// that nothing can have.
func TestImpliedTypeHasValues(t *testing.T) {
	for _, typ := range TerraformTypes() {
		ty := resource(t, typ).ImpliedType()
		if v := cty.UnknownVal(ty); !v.Type().Equals(ty) {
			t.Errorf("%s: %#v", typ, ty)
		}
	}
}

// TestTerraformTable parses every line.
func TestTerraformTable(t *testing.T) {
	lines := terraformTable.load()
	if terraformTable.err != nil {
		t.Fatal(terraformTable.err)
	}
	if got := TerraformSource(); got != "hashicorp/aws 6.25.0" {
		t.Errorf("source %q", got)
	}
	if !slices.IsSorted(terraformTable.keys()) {
		t.Error("the table is not sorted")
	}
	if n := len(TerraformTypes()); n < 1581 {
		t.Errorf("%d resources", n)
	}
	if n := len(TerraformDataTypes()); n < 630 {
		t.Errorf("%d data sources", n)
	}
	if len(TerraformTypes())+len(TerraformDataTypes()) != len(lines) {
		t.Error("some lines are neither resource nor data source")
	}
	for _, line := range lines {
		key, text, ok := strings.Cut(line, "\t")
		b, err := parseBody(text)
		if !ok || err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		checkBody(t, key, b)
	}
}

func checkBody(t *testing.T, where string, b *Body) {
	t.Helper()
	for i, a := range b.Attributes {
		if i > 0 && b.Attributes[i-1].Name >= a.Name {
			t.Errorf("%s: %s is out of order", where, a.Name)
		}
		if b.IsBlock(a.Name) {
			t.Errorf("%s: %s is a block as well as an attribute", where, a.Name)
		}
	}
	for i, blk := range b.Blocks {
		if i > 0 && b.Blocks[i-1].Name >= blk.Name {
			t.Errorf("%s: %s is out of order", where, blk.Name)
		}
		checkBody(t, where+"."+blk.Name, &blk.Body)
	}
}

func TestConcurrentUse(t *testing.T) {
	fresh := &table{packed: terraformGzip}
	var wg sync.WaitGroup
	got := make([]*Resource, 8)
	for i := range got {
		wg.Go(func() {
			if _, ok := fresh.find("aws_vpc"); !ok {
				t.Error("aws_vpc not found")
			}
			r, _ := Terraform("aws_vpc_endpoint")
			r.ImpliedType()
			got[i] = r
			if c, ok := CloudFormation("AWS::EC2::VPCEndpoint"); !ok || !c.Lookup("VpcId") {
				t.Error("AWS::EC2::VPCEndpoint.VpcId not found")
			}
		})
	}
	wg.Wait()
	for _, r := range got {
		if r != got[0] {
			t.Error("one type was handed out as two objects")
		}
	}
}

func TestBrokenTables(t *testing.T) {
	for _, packed := range [][]byte{nil, []byte("plain text"), terraformGzip[:1000]} {
		tb := &table{packed: packed}
		if _, ok := tb.find("aws_vpc"); ok || tb.err == nil {
			t.Errorf("a table of %d bytes was read", len(packed))
		}
	}
	for _, line := range []string{"a", "a:", "a:q", "a:s ", "a@", "a@L", "a@L0", "a@L00", "a@L00(", "a@X00()", "a:s)", "a:{b", "a:{b:s", "a:L", " ", "a@L00(b:s"} {
		if b, err := parseBody(line); err == nil {
			t.Errorf("parseBody(%q) = %v", line, b)
		}
	}
	for _, line := range []string{"", "s s", "{A", "{A:", "{A?s}", "{A:#0}", "{A:s}\t\tL", "{A:L}", "{A:#}"} {
		if r, err := parseCFN("T", line); err == nil {
			t.Errorf("parseCFN(%q) = %v", line, r)
		}
	}
}

func BenchmarkUnpackTerraform(b *testing.B) {
	for b.Loop() {
		if _, ok := (&table{packed: terraformGzip}).find("aws_db_instance"); !ok {
			b.Fatal("not found")
		}
	}
}

func BenchmarkUnpackCloudFormation(b *testing.B) {
	for b.Loop() {
		if _, ok := (&table{packed: cloudformationGzip}).find("AWS::RDS::DBInstance"); !ok {
			b.Fatal("not found")
		}
	}
}

func BenchmarkParseDBInstance(b *testing.B) {
	line, _ := terraformTable.find("aws_db_instance")
	for b.Loop() {
		if _, err := parseBody(line); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTerraformDBInstance(b *testing.B) {
	for b.Loop() {
		r, _ := Terraform("aws_db_instance")
		r.ImpliedType()
	}
}
