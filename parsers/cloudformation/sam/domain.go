package sam

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// domain is a custom domain of an API.
type domain struct {
	r    resource
	node *syntax.Node
	at   maker
	// stage is the id of the stage that it leads to.
	stage string
}

// domainOf is the custom domain of an API, if it has one.
func domainOf(r resource, stage string) (domain, bool) {
	d := r.prop("Domain")
	if d == nil || d.Kind != syntax.Mapping || isFunction(d) {
		return domain{}, false
	}
	return domain{r, d, r.at.of(d), stage}, true
}

// endpoint is the kind of endpoint that a domain has.
func (e *expander) endpoint(d domain) string {
	if text := e.text(d.node.Get("EndpointConfiguration")); text != "" {
		return text
	}
	return "REGIONAL"
}

// restDomain makes the domain name of a REST API, its mappings, and its records.
func (e *expander) restDomain(r resource, stage string) {
	d, ok := domainOf(r, stage)
	if !ok {
		return
	}
	at, endpoint := d.at, e.endpoint(d)
	private := endpoint == "PRIVATE"
	id, typ := "ApiGatewayDomainName", "AWS::ApiGateway::DomainName"
	if private {
		id, typ = "ApiGatewayDomainNameV2", "AWS::ApiGateway::DomainNameV2"
	}
	id += domainKey(e, d.node.Get("DomainName"))
	pairs := at.copyProps(resource{props: d.node}, "DomainName", "MutualTlsAuthentication", "OwnershipVerificationCertificateArn", "SecurityPolicy", "EndpointAccessMode", "Policy")
	cert := "RegionalCertificateArn"
	if endpoint == "EDGE" || private {
		cert = "CertificateArn"
	}
	pairs = append(pairs, at.pair(cert, d.node.Get("CertificateArn")),
		at.pair("EndpointConfiguration", at.obj(at.pair("Types", at.strs(endpoint)), at.pair("IpAddressType", d.node.Get("IpAddressType")))))
	e.add(r, id, typ, at.obj(pairs...), at)
	e.eachPath(d, alnum, func(suffix string, path *syntax.Node) {
		if path != nil && !e.isFalse(d.node.Get("NormalizeBasePath")) {
			path = at.of(path).str(suffix)
		}
		mapping := at.obj(at.pair("RestApiId", at.ref(r.id)), at.pair("Stage", at.ref(stage)), at.pair("BasePath", path))
		typ, name := "AWS::ApiGateway::BasePathMapping", at.pair("DomainName", at.ref(id))
		if private {
			typ, name = "AWS::ApiGateway::BasePathMappingV2", at.pair("DomainNameArn", at.ref(id))
		}
		mapping.Pairs = append(mapping.Pairs, name)
		e.add(r, r.id+suffix+"BasePathMapping", typ, mapping, at)
	})
	if a := d.node.Get("AccessAssociation"); a != nil && private {
		e.accessAssociation(d, id, a)
	}
	e.records(d, id, endpoint)
}

// accessAssociation lets an endpoint of a VPC reach a private domain.
func (e *expander) accessAssociation(d domain, id string, a *syntax.Node) {
	at := d.at.of(a)
	source := a.Get("VpcEndpointId")
	e.add(d.r, "DomainNameAccessAssociation"+domainKey(e, source)+domainKey(e, d.node.Get("DomainName")), "AWS::ApiGateway::DomainNameAccessAssociation",
		at.obj(at.pair("AccessAssociationSource", source), at.pair("AccessAssociationSourceType", at.str("VPCE")), at.pair("DomainNameArn", at.ref(id))), at)
}

// domainV2 makes the domain name of an HTTP or WebSocket API.
func (e *expander) domainV2(r resource, stage string, tags *syntax.Node) {
	d, ok := domainOf(r, stage)
	if !ok {
		return
	}
	at := d.at
	id := "ApiGatewayDomainNameV2" + domainKey(e, d.node.Get("DomainName"))
	config := at.obj(append(at.copyProps(resource{props: d.node}, "CertificateArn", "SecurityPolicy", "OwnershipVerificationCertificateArn", "IpAddressType"), at.pair("EndpointType", d.node.Get("EndpointConfiguration")))...)
	if d.node.Get("EndpointConfiguration") == nil {
		config.Pairs = append(config.Pairs, at.pair("EndpointType", at.str("REGIONAL")))
	}
	e.add(r, id, "AWS::ApiGatewayV2::DomainName", at.obj(append(at.copyProps(resource{props: d.node}, "DomainName", "MutualTlsAuthentication"), at.pair("DomainNameConfigurations", at.list(config)),
		at.pair("Tags", tags))...), at)
	e.eachPath(d, func(s string) string { return strings.NewReplacer("-", "", "_", "", "/", "").Replace(s) }, func(suffix string, path *syntax.Node) {
		if text := e.text(path); text != "" {
			path = at.of(path).str(strings.Trim(text, "/"))
		}
		e.add(r, r.id+suffix+"ApiMapping", "AWS::ApiGatewayV2::ApiMapping", at.obj(at.pair("ApiId", at.ref(r.id)), at.pair("DomainName", at.ref(id)), at.pair("Stage", at.ref(stage)),
			at.pair("ApiMappingKey", path)), at)
	})
	e.records(d, id, "REGIONAL")
}

// eachPath visits the base paths of a domain, with what they add to logical ids; nil if
// the API is all of the domain.
func (e *expander) eachPath(d domain, idOf func(string) string, visit func(suffix string, path *syntax.Node)) {
	paths := items(d.node.Get("BasePath"))
	if len(paths) == 0 {
		visit("", nil)
	}
	for _, p := range paths {
		visit(idOf(e.text(p)), p)
	}
}

// domainKey tells domains and zones of a template apart, by what is written. The
// transform takes a hash.
func domainKey(e *expander, n *syntax.Node) string {
	if n == nil {
		return ""
	}
	if s := e.text(n); s != "" && !isFunction(n) {
		return alnum(s)
	}
	if id := refersTo(n); id != "" {
		return "Ref" + alnum(id)
	}
	var text strings.Builder
	writeNode(&text, n)
	h := fnv.New32a()
	_, _ = h.Write([]byte(text.String())) // never fails
	return strconv.FormatUint(uint64(h.Sum32()), 16)
}

// writeNode writes a node such that those that say the same are the same text.
func writeNode(to *strings.Builder, n *syntax.Node) {
	if n == nil {
		return
	}
	if n.Tag != "" { // the same as its long form
		name := strings.TrimPrefix(n.Tag, "!")
		if name != "Ref" && name != "Condition" {
			name = "Fn::" + name
		}
		plain := *n
		plain.Tag = ""
		n = &syntax.Node{Pairs: []syntax.Pair{{Key: name, Value: &plain}}}
	}
	fmt.Fprintf(to, "%q(", n.Text)
	for _, p := range n.Pairs {
		fmt.Fprintf(to, "%q:", p.Key)
		writeNode(to, p.Value)
	}
	for _, item := range n.Items {
		writeNode(to, item)
	}
	to.WriteString(")")
}

// records makes the records of a domain name. Those of one zone are in one group.
func (e *expander) records(d domain, id, endpoint string) {
	route := d.node.Get("Route53")
	if route == nil || route.Kind != syntax.Mapping || isFunction(route) {
		return
	}
	at := d.at.of(route)
	name := "HostedZoneId"
	if route.Get(name) == nil {
		name = "HostedZoneName"
	}
	zone := route.Get(name)
	group := "RecordSetGroup" + domainKey(e, zone)
	if e.isTrue(route.Get("SeparateRecordSetGroup")) {
		group = "RecordSetGroup" + domainKey(e, d.node.Get("DomainName"))
	}
	record := func(typ string) *syntax.Node {
		return at.obj(append(at.copyProps(resource{props: route}, "Region", "SetIdentifier"), at.pair("Name", d.node.Get("DomainName")), at.pair("Type", at.str(typ)),
			at.pair("AliasTarget", at.alias(route, id, endpoint)))...)
	}
	list := []*syntax.Node{record("A")}
	if e.isTrue(route.Get("IpV6")) {
		list = append(list, record("AAAA"))
	}
	if made := e.made(group); made != nil {
		e.setProperty(group, "RecordSets", at.list(append(slices.Clone(items(made.Get("Properties").Get("RecordSets"))), list...)...))
		return
	}
	e.add(d.r, group, "AWS::Route53::RecordSetGroup", at.obj(append(at.copyProps(resource{props: route}, name), at.pair("RecordSets", at.list(list...)))...), at)
}

// edgeZone is the hosted zone of all distributions of CloudFront.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-route53-aliastarget.html
const edgeZone = "Z2FDTNDATAQYW2"

// alias is what the record of a domain leads to.
func (m maker) alias(route *syntax.Node, id, endpoint string) *syntax.Node {
	health := m.pair("EvaluateTargetHealth", route.Get("EvaluateTargetHealth"))
	switch endpoint {
	case "REGIONAL":
		return m.obj(health, m.pair("HostedZoneId", m.getAtt(id, "RegionalHostedZoneId")), m.pair("DNSName", m.getAtt(id, "RegionalDomainName")))
	case "EDGE":
		name := route.Get("DistributionDomainName")
		if name == nil {
			name = m.getAtt(id, "DistributionDomainName")
		}
		return m.obj(health, m.pair("HostedZoneId", m.str(edgeZone)), m.pair("DNSName", name))
	}
	return m.obj(health, m.pair("HostedZoneId", route.Get("VpcEndpointHostedZoneId")), m.pair("DNSName", route.Get("VpcEndpointDomainName")))
}
