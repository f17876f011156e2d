package sam

import (
	"fmt"
	"strings"

	"github.com/wacheck/wacheck/parsers/cloudformation/syntax"
)

// graphQL expands AWS::Serverless::GraphQLApi.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-graphqlapi.html
func (e *expander) graphQL(r resource) {
	g := &graph{e, r, map[string]string{}}
	at := r.at
	pairs := at.copyProps(r, "Name", "XrayEnabled", "Visibility", "OwnerContact", "IntrospectionConfig", "QueryDepthLimit", "ResolverCountLimit")
	if r.prop("Name") == nil {
		pairs = append(pairs, at.pair("Name", at.str(r.id)))
	}
	pairs = append(pairs, g.auth()...)
	if log := g.logging(); log != nil {
		pairs = append(pairs, at.pair("LogConfig", log))
	}
	tags := at.list(append(items(at.tags(r.prop("Tags"), "")), at.obj(at.pair("Key", at.str("graphqlapi:createdBy")), at.pair("Value", at.str("SAM"))))...)
	e.add(r, r.id, "AWS::AppSync::GraphQLApi", at.obj(append(pairs, at.pair("Tags", tags))...), at)
	schema := at.obj(g.api(), at.pair("Definition", r.prop("SchemaInline")))
	if uri := r.prop("SchemaUri"); uri != nil {
		schema.Pairs = append(schema.Pairs, at.of(uri).pair("DefinitionS3Location", uri))
	}
	e.add(r, r.id+"Schema", "AWS::AppSync::GraphQLSchema", schema, at)
	g.keys()
	g.cacheAndDomain()
	g.dataSources()
	g.functions()
	g.resolvers()
}

// graph is a GraphQL API under expansion.
type graph struct {
	*expander
	r resource
	// sources are the ids of its data sources, by name.
	sources map[string]string
}

// api is the property with which all parts name their API.
func (g *graph) api() syntax.Pair { return g.r.at.pair("ApiId", g.r.at.getAtt(g.r.id, "ApiId")) }

// auth are the ways to authenticate: the first one, and more.
func (g *graph) auth() []syntax.Pair {
	auth := g.r.prop("Auth")
	if auth == nil || auth.Kind != syntax.Mapping {
		return nil
	}
	at := g.r.at.of(auth)
	config := func(n *syntax.Node) []syntax.Pair {
		out := []syntax.Pair{at.pair("AuthenticationType", n.Get("Type"))}
		for from, to := range map[string]string{"LambdaAuthorizer": "LambdaAuthorizerConfig", "UserPool": "UserPoolConfig", "OpenIDConnect": "OpenIDConnectConfig"} {
			if v := n.Get(from); v != nil {
				out = append(out, at.of(v).pair(to, v))
			}
		}
		return out
	}
	out := config(auth)
	var more []*syntax.Node
	for _, a := range items(auth.Get("Additional")) {
		more = append(more, at.of(a).obj(config(a)...))
	}
	if len(more) > 0 {
		out = append(out, at.pair("AdditionalAuthenticationProviders", at.list(more...)))
	}
	number := 0
	for _, p := range append([]*syntax.Node{auth}, items(auth.Get("Additional"))...) {
		fn := p.Get("LambdaAuthorizer").Get("AuthorizerUri")
		if fn == nil {
			continue
		}
		number++
		in := at.of(p.Get("LambdaAuthorizer"))
		g.add(g.r, fmt.Sprintf("%sToLambdaAuthConnector%dWriteLambdaPermission", g.r.id, number), "AWS::Lambda::Permission", in.obj(in.pair("Action", in.str("lambda:InvokeFunction")),
			in.pair("FunctionName", fn), in.pair("Principal", in.str("appsync.amazonaws.com")),
			in.pair("SourceArn", in.sub("arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/${SourceResourceId}", in.pair("SourceResourceId", in.getAtt(g.r.id, "ApiId"))))), in)
	}
	return out
}

// logging is on unless it is switched off, with a role of its own if none is given.
func (g *graph) logging() *syntax.Node {
	at, l := g.r.at, g.r.prop("Logging")
	if g.isFalse(l) {
		return nil
	}
	if l != nil && l.Kind == syntax.Mapping {
		at = at.of(l)
	}
	role := l.Get("CloudWatchLogsRoleArn")
	if role == nil {
		id := g.r.id + "CloudWatchRole"
		g.add(g.r, id, "AWS::IAM::Role", at.obj(at.pair("AssumeRolePolicyDocument", at.trust("appsync.amazonaws.com")),
			at.pair("ManagedPolicyArns", at.list(at.sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs")))), at)
		role = at.getAtt(id, "Arn")
	}
	level := l.Get("FieldLogLevel")
	if level == nil {
		level = at.str("ALL")
	}
	return at.obj(at.pair("CloudWatchLogsRoleArn", role), at.pair("FieldLogLevel", level), at.pair("ExcludeVerboseContent", l.Get("ExcludeVerboseContent")))
}

// named are the entries of a mapping.
func named(n *syntax.Node) []syntax.Pair {
	if n == nil || n.Kind != syntax.Mapping || isFunction(n) {
		return nil
	}
	return n.Pairs
}

func (g *graph) keys() {
	for _, p := range named(g.r.prop("ApiKeys")) {
		at := maker{p.KeySpan}
		g.add(g.r, g.r.id+p.Key, "AWS::AppSync::ApiKey", at.obj(append(at.copyProps(resource{props: p.Value}, "ApiKeyId", "Description"), g.api(), at.pair("Expires", p.Value.Get("ExpiresOn")))...), at)
	}
}

func (g *graph) cacheAndDomain() {
	if c := g.r.prop("Cache"); c != nil {
		at := g.r.at.of(c)
		g.add(g.r, g.r.id+"ApiCache", "AWS::AppSync::ApiCache", at.obj(append(at.copyProps(resource{props: c}, "ApiCachingBehavior", "Ttl", "Type", "AtRestEncryptionEnabled", "TransitEncryptionEnabled"), g.api())...), at)
	}
	if d := g.r.prop("DomainName"); d != nil {
		at := g.r.at.of(d)
		id := g.r.id + "DomainName"
		g.add(g.r, id, "AWS::AppSync::DomainName", at.obj(at.copyProps(resource{props: d}, "CertificateArn", "Description", "DomainName")...), at)
		g.add(g.r, id+"ApiAssociation", "AWS::AppSync::DomainNameApiAssociation", at.obj(at.pair("ApiId", at.getAtt(g.r.id, "ApiId")), at.pair("DomainName", d.Get("DomainName"))), at)
	}
}

// dataSources makes the data sources, each with a role that may use it if none is given.
func (g *graph) dataSources() {
	section := g.r.prop("DataSources")
	for _, p := range named(section.Get("DynamoDb")) {
		at := maker{p.KeySpan}
		id := g.r.id + p.Key + "DynamoDBDataSource"
		g.sources[p.Key] = id
		config := at.obj(append(at.copyProps(resource{props: p.Value}, "TableName", "UseCallerCredentials", "Versioned"), at.pair("DeltaSyncConfig", p.Value.Get("DeltaSync")))...)
		if region := p.Value.Get("Region"); region != nil {
			config.Pairs = append(config.Pairs, at.pair("AwsRegion", region))
		} else {
			config.Pairs = append(config.Pairs, at.pair("AwsRegion", at.ref("AWS::Region")))
		}
		table := p.Value.Get("TableArn")
		if table == nil {
			table = at.sub("arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${__TableName__}", at.pair("__TableName__", p.Value.Get("TableName")))
		}
		g.dataSource(p, id, "AMAZON_DYNAMODB", at.pair("DynamoDBConfig", config), at.obj(at.pair("Type", at.str("AWS::DynamoDB::Table")), at.pair("Arn", table)), id+"ToTableConnector", []string{"Read", "Write"})
	}
	for _, p := range named(section.Get("Lambda")) {
		at := maker{p.KeySpan}
		id := g.r.id + p.Key + "LambdaDataSource"
		g.sources[p.Key] = id
		fn := p.Value.Get("FunctionArn")
		g.dataSource(p, id, "AWS_LAMBDA", at.pair("LambdaConfig", at.obj(at.pair("LambdaFunctionArn", fn))),
			at.obj(at.pair("Type", at.str("AWS::Lambda::Function")), at.pair("Arn", fn)), id+"ToLambdaConnector", []string{"Write"})
	}
}

func (g *graph) dataSource(p syntax.Pair, id, typ string, config syntax.Pair, target *syntax.Node, link0 string, access []string) {
	at := maker{p.KeySpan}
	name := p.Value.Get("Name")
	if name == nil {
		name = at.str(p.Key)
	}
	role := p.Value.Get("ServiceRoleArn")
	if role == nil {
		g.add(g.r, id+"Role", "AWS::IAM::Role", at.obj(at.pair("AssumeRolePolicyDocument", at.trust("appsync.amazonaws.com"))), at)
		role = at.getAtt(id+"Role", "Arn")
		if own := p.Value.Get("Permissions"); own != nil {
			access = nil
			for _, a := range items(own) {
				access = append(access, g.text(a))
			}
		}
		g.links = append(g.links, link{link0, g.r, at.obj(at.pair("Id", at.str(id))), target, at.strs(access...)})
	}
	g.add(g.r, id, "AWS::AppSync::DataSource", at.obj(append(at.copyProps(resource{props: p.Value}, "Description"), g.api(), at.pair("Name", name), at.pair("Type", at.str(typ)),
		at.pair("ServiceRoleArn", role), config)...), at)
}

// runtime is the runtime of a function or resolver.
func (g *graph) runtime(n *syntax.Node) *syntax.Node {
	if n == nil {
		return nil
	}
	at := maker{n.Extent()}
	return at.obj(at.pair("Name", n.Get("Name")), at.pair("RuntimeVersion", n.Get("Version")))
}

// source is the name of a data source, given one that is made here or another; for
// "NONE", one is made that leads nowhere.
func (g *graph) source(at maker, from *syntax.Node) *syntax.Node {
	if isFunction(from) {
		return from
	}
	name := g.text(from)
	id := g.sources[name]
	if id == "" && strings.EqualFold(name, "none") {
		id = g.r.id + "NoneDataSource"
		g.add(g.r, id, "AWS::AppSync::DataSource", at.obj(g.api(), at.pair("Name", at.str(id)), at.pair("Type", at.str("NONE"))), at)
	}
	if id == "" {
		return from
	}
	return at.getAtt(id, "Name")
}

func (g *graph) functions() {
	for _, p := range named(g.r.prop("Functions")) {
		if p.Value.Get("Id") != nil {
			continue // one that is there already
		}
		at := maker{p.KeySpan}
		name := p.Value.Get("Name")
		if name == nil {
			name = at.str(p.Key)
		}
		from := g.source(at, p.Value.Get("DataSource"))
		g.add(g.r, g.r.id+p.Key, "AWS::AppSync::FunctionConfiguration", at.obj(append(at.copyProps(resource{props: p.Value}, "Description", "MaxBatchSize"), g.api(), at.pair("Name", name),
			at.pair("DataSourceName", from), at.pair("Code", p.Value.Get("InlineCode")), at.pair("CodeS3Location", p.Value.Get("CodeUri")), at.pair("Runtime", g.runtime(p.Value.Get("Runtime"))),
			at.pair("SyncConfig", p.Value.Get("Sync")))...), at)
	}
}

func (g *graph) resolvers() {
	for _, typ := range named(g.r.prop("Resolvers")) {
		for _, p := range named(typ.Value) {
			at := maker{p.KeySpan}
			field := p.Value.Get("FieldName")
			if field == nil {
				field = at.str(p.Key)
			}
			var steps []*syntax.Node
			for _, f := range items(p.Value.Get("Pipeline")) {
				steps = append(steps, at.getAtt(g.r.id+g.text(f), "FunctionId"))
			}
			props := at.obj(append(at.copyProps(resource{props: p.Value}, "MaxBatchSize"), g.api(), at.pair("TypeName", at.str(typ.Key)), at.pair("FieldName", field),
				at.pair("Kind", at.str("PIPELINE")), at.pair("Code", p.Value.Get("InlineCode")), at.pair("CodeS3Location", p.Value.Get("CodeUri")), at.pair("Runtime", g.runtime(p.Value.Get("Runtime"))),
				at.pair("CachingConfig", p.Value.Get("Caching")), at.pair("SyncConfig", p.Value.Get("Sync")))...)
			if len(steps) > 0 {
				props.Pairs = append(props.Pairs, at.pair("PipelineConfig", at.obj(at.pair("Functions", at.list(steps...)))))
			}
			g.add(g.r, g.r.id+typ.Key+p.Key, "AWS::AppSync::Resolver", props, at)
		}
	}
}
