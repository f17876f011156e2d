package datause

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// stores finds data stores by what they are called.
type stores struct {
	g *graph.Graph
	// named are stores by their name; unnamed are those whose name is not known, by
	// unit, and buckets of all units.
	named   map[string][]*graph.Node
	unnamed map[*graph.Unit][]*graph.Node
	buckets []*graph.Node
	data    map[graph.NodeID]tri.Bool
}

// mostUnnamed bounds the buckets of other units that a text may name.
const mostUnnamed = 200

func newStores(g *graph.Graph) *stores {
	s := &stores{g: g, named: map[string][]*graph.Node{}, unnamed: map[*graph.Unit][]*graph.Node{}, data: map[graph.NodeID]tri.Bool{}}
	for _, t := range aws.Shareable(aws.SharedStore) {
		for _, n := range g.OfType(t.Type) {
			if n.Mode != graph.Managed {
				continue
			}
			name := n.Body.Path(t.By[0])
			if text, ok := name.Str(); ok {
				s.named[text] = append(s.named[text], n)
			} else if name.IsUnknown() {
				s.unnamed[n.Unit] = append(s.unnamed[n.Unit], n)
				if aws.IsBucket(n.Type) && len(s.buckets) < mostUnnamed {
					s.buckets = append(s.buckets, n)
				}
			}
			s.data[n.ID] = keepsData(g, n, name)
		}
	}
	return s
}

func (s *stores) holdsData(n *graph.Node) tri.Bool { return s.data[n.ID] }

// common are words in the names of stores that all environments use on purpose.
var common = []string{"log", "logs", "logging", "backup", "backups", "artifact", "artifacts", "artefact", "artefacts", "replica", "replication", "replicated",
	"state", "states", "tfstate", "terraform", "trail", "cloudtrail", "audit", "deploy", "deployment", "deployments", "build", "builds", "release", "releases",
	"code", "package", "packages", "pipeline", "codepipeline", "lock", "locks", "shared", "common"}

// keepsData tells by the label and the name of a store whether it is one that all
// environments use. Where a part of the name is not known, that may say so.
func keepsData(g *graph.Graph, n *graph.Node, name value.Value) tri.Bool {
	if m := aws.Of[aws.Table](g, n); m != nil && m.IsStateLock().IsGood() {
		return tri.False
	}
	return Mentions(n, name, common...).Not()
}

// Mentions says whether the label or the name of a resource has one of some words.
// Where a part of the name is not known, that may have it.
func Mentions(n *graph.Node, name value.Value, these ...string) tri.Bool {
	none := tri.True
	texts := []string{n.Name}
	if text, ok := name.Str(); ok {
		texts = append(texts, text)
	} else if name.IsUnknown() {
		texts = append(texts, joined(name))
		if mayHoldWords(name) { // what other resources give is a number or a code
			none = tri.Unknown
		}
	}
	for _, text := range texts {
		for _, w := range words(text) {
			if slices.Contains(these, w) {
				return tri.True
			}
		}
	}
	return none.Not()
}

// mayHoldWords says whether a name that is not known may be any text. What a
// resource or the account gives to it is a number or a code.
func mayHoldWords(v value.Value) bool {
	if v.Parts() == nil {
		return len(v.Refs()) == 0
	}
	for _, p := range v.Parts() {
		if p.IsUnknown() && len(p.Refs()) == 0 {
			return true
		}
	}
	return false
}

var wordBreak = regexp.MustCompile(`[^a-z0-9]+`)

// words takes a name apart at all that is no letter or digit, and where small
// letters meet large ones.
func words(text string) []string {
	return wordBreak.Split(strings.ToLower(camel.ReplaceAllString(text, "$1-$2")), -1)
}

var camel = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// joined is a text with a mark for each part that is not known.
func joined(v value.Value) string {
	var b strings.Builder
	for _, p := range v.Parts() {
		if text, ok := p.Str(); ok {
			b.WriteString(text)
		} else {
			b.WriteByte(0)
		}
	}
	return b.String()
}

// forms are the texts by which programs and policies name data stores, with the
// name as the first group. Names of buckets are unique in all accounts.
var forms = []struct {
	pattern *regexp.Regexp
	is      func(string) bool
}{
	{regexp.MustCompile(`^arn:[^:]*:s3:::([^/*?\x00]+)(?:/|$)`), aws.IsBucket},
	{regexp.MustCompile(`s3a?://([a-z0-9.-]+)(?:/|$)`), aws.IsBucket},
	{regexp.MustCompile(`(?:^|//)([a-z0-9.-]+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com`), aws.IsBucket},
	{regexp.MustCompile(`^arn:[^:]*:dynamodb:[^:]*:[^:]*:table/([^/*?\x00]+)(?:/|$)`), aws.IsTable},
	{regexp.MustCompile(`(?:^|[/@])([a-z][a-z0-9-]*)\.(?:cluster-(?:ro-)?)?[a-z0-9]{12}\.[a-z0-9-]+\.(?:rds|docdb|neptune)\.amazonaws\.com`), isDatabase},
	{regexp.MustCompile(`(?:^|[/@])(?:master\.|replica\.|clustercfg\.)?([a-z][a-z0-9-]*)\.[a-z0-9]{6}\.(?:ng\.[0-9]+\.|clustercfg\.|[0-9]+\.)?[a-z0-9]+\.cache\.amazonaws\.com`), isCache},
	{regexp.MustCompile(`(?:^|//)(?:vpc|search)-([a-z][a-z0-9-]*)-[a-z0-9]{26}\.[a-z0-9-]+\.es\.amazonaws\.com`), isSearch},
}

func isDatabase(typ string) bool {
	return aws.IsStore(typ) && (strings.Contains(typ, "aws_db_") || strings.Contains(typ, "rds_cluster") || strings.Contains(typ, "docdb") || strings.Contains(typ, "neptune") ||
		strings.Contains(typ, "::RDS::") || strings.Contains(typ, "::DocDB::") || strings.Contains(typ, "::Neptune::"))
}

func isCache(typ string) bool {
	return aws.IsStore(typ) && (strings.Contains(typ, "elasticache") || strings.Contains(typ, "::ElastiCache::"))
}

func isSearch(typ string) bool {
	return aws.IsStore(typ) && (strings.Contains(typ, "search_domain") || strings.Contains(typ, "OpenSearchService") || strings.Contains(typ, "Elasticsearch"))
}

// literal finds the stores that a text names, in one of its forms or, in a variable
// that says so, as it stands. Names that are unique in an account only mean the
// store of the same unit.
func (c *collector) literal(at value.Value, text string, sure tri.Bool) {
	for _, f := range forms {
		if m := f.pattern.FindStringSubmatch(text); m != nil {
			c.named(at, m[1], f.is, sure)
		}
	}
	if strings.ContainsAny(text, "\x00:/ ") {
		return
	}
	for _, w := range words(c.variable) {
		switch w {
		case "bucket", "bucketname", "s3":
			c.named(at, text, aws.IsBucket, sure)
		case "table", "tablename", "dynamodb", "ddb":
			c.named(at, text, aws.IsTable, sure)
		}
	}
}

func (c *collector) named(at value.Value, name string, is func(string) bool, sure tri.Bool) {
	s := c.out.stores
	var found []*graph.Node
	for _, n := range s.named[name] {
		if is(n.Type) && (n.Unit == c.node.Unit || aws.IsBucket(n.Type)) {
			found = append(found, n)
		}
	}
	if len(found) > 1 {
		sure = tri.And(sure, tri.Unknown) // it is one of them
	}
	for _, n := range found {
		c.add(n, tri.And(sure, n.ExistsWith(c.user)), at, nil)
	}
	if len(found) > 0 {
		return
	}
	for _, n := range slices.Concat(s.unnamed[c.node.Unit], s.buckets) {
		if is(n.Type) && (n.Unit == c.node.Unit || aws.IsBucket(n.Type)) && strings.HasPrefix(name, n.Body.Path(aws.StoreName(n.Type)).Prefix()) {
			c.add(n, tri.Unknown, at, nil)
		}
	}
}
