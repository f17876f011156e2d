package cdk

import (
	"regexp"
	"strings"
)

// generatedID matches the ids of constructs that the CDK adds to a stack on its
// own: the functions behind its custom resources, and what goes with them. The
// constructs are singletons, with ids that users can't choose.
var generatedID = regexp.MustCompile(`^(` +
	`Custom::.+|` + // CustomResourceProvider: Custom::S3AutoDeleteObjectsCustomResourceProvider
	`(?i:(LogRetention|BucketNotificationsHandler|CDKBucketDeployment|AWS|SingletonLambda|ReplicaProvider)[0-9a-f]{32})|` +
	`@aws-cdk--aws-.+|` + // nested stacks of providers: @aws-cdk--aws-eks.KubectlProvider
	`framework-(onEvent|isComplete|onTimeout)|` + // the provider framework of custom_resources
	`CDKMetadata|BootstrapVersion|CheckBootstrapVersion)$`)

// generatedClass are the classes of such constructs, for those that have ids of
// their own.
var generatedClass = map[string]bool{
	"CustomResourceProvider": true, "CustomResourceProviderBase": true, "KubectlProvider": true, "ClusterResourceProvider": true,
	"ReplicaProvider": true, "LogRetentionFunction": true, "NotificationsResourceHandler": true, "CrossRegionSupportStack": true,
	"ExportWriter": true, "ExportReader": true,
}

// generated reports a construct that the CDK made as a helper: neither its class
// nor its settings are the user's to choose.
func (a *Assembly) generated(construct string) bool {
	at := ""
	for segment := range strings.SplitSeq(construct, "/") {
		at = strings.TrimPrefix(at+"/"+segment, "/")
		if generatedID.MatchString(segment) {
			return true
		}
		fqn := a.tree[at]
		if class := fqn[strings.LastIndexByte(fqn, '.')+1:]; generatedClass[class] && isCDK(fqn) {
			return true
		}
	}
	return false
}

// isCDK reports a class of the CDK itself.
func isCDK(fqn string) bool {
	return strings.HasPrefix(fqn, "aws-cdk-lib.") || strings.HasPrefix(fqn, "@aws-cdk/")
}
