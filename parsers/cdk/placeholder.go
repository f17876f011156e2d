package cdk

import "regexp"

// placeholder matches what the CDK puts where a look-up has not been made; see the
// dummy values of the fromLookup methods in aws-cdk-lib. They look like values, and
// say nothing.
var placeholder = regexp.MustCompile(`^(dummy1[a-f]|dummy-value-for-.*|vpc-12345|1\.2\.3\.4/5|[spi]-(12345|67890)|rtb-(12345|67890)[spi]|` +
	`DUMMY|ami-1234|sg-(12345|12345678)|subnet-12345|eni-12345|1234abcd-12ab-34cd-56ef-1234567890ab|` +
	`arn:[^:]*:elasticloadbalancing:.*:loadbalancer/(application|network)/my-load-balancer/50dc6c495c0c9188|` +
	`arn:[^:]*:elasticloadbalancing:.*:listener/(application|network)/my-load-balancer/.*|my-load-balancer-1234567890\.us-west-2\.elb\.amazonaws\.com)$`)

// IsPlaceholder reports a text of a stack that stands for a look-up which has not
// been made.
func (s *Stack) IsPlaceholder(text string) bool { return s.Missing && placeholder.MatchString(text) }
