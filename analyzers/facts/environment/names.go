package environment

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// nameAttributes are the attributes that name a resource, most telling first.
var nameAttributes = map[graph.Lang][]string{
	graph.Terraform: {"name", "identifier", "cluster_identifier", "replication_group_id", "cluster_id", "bucket", "function_name",
		"domain_name", "family"},
	graph.CloudFormation: {"Name", "DBInstanceIdentifier", "DBClusterIdentifier", "BucketName", "FunctionName", "ClusterName",
		"ServiceName", "TableName", "QueueName", "TopicName", "RoleName", "ReplicationGroupId", "GroupName", "LoadBalancerName", "DomainName"},
}

// ofName takes the first name that names an environment. One that is not known
// may name any, so that those behind it do not count.
func (v vocabulary) ofName(g *graph.Graph, n *graph.Node, tags aws.Tags) (e Evidence, unknown bool) {
	for _, f := range namesOf(n, tags) {
		text, ok := settled(g, f.Value)
		if f.Value.IsUnknown() && !ok {
			return Evidence{}, true
		}
		if ok {
			fact := value.Fact{Text: f.Name + " is " + value.Show(f.Value), Span: f.Value.Span(), Origin: f.Value.Origin()}
			if e := v.evidence(text, fromName, Weak, fact); e.Confidence != None {
				return e, false
			}
		}
	}
	return Evidence{}, false
}

// settled is a text, with a zero for each piece that is but a number or a code of the
// place of deployment and stands apart from words: that names no environment.
func settled(g *graph.Graph, v value.Value) (string, bool) {
	if text, ok := v.Str(); ok {
		return text, true
	}
	var b strings.Builder
	apart := true
	for _, p := range v.Parts() {
		text, known := p.Str()
		if !known && isCode(g, p) {
			text = "0"
		} else if !known {
			return "", false
		}
		if text == "" {
			continue
		}
		apart = apart && (b.Len() == 0 || !endsInWord(b.String()) || !isWord([]rune(text)[0]))
		b.WriteString(text)
	}
	return b.String(), apart && b.Len() > 0
}

func endsInWord(text string) bool { r, _ := utf8.DecodeLastRuneInString(text); return isWord(r) }

// isCode reports that nothing but codes of the place make a value unknown.
func isCode(g *graph.Graph, v value.Value) bool {
	why := g.Origins.Reasons(v.Origin())
	return len(why) > 0 && !slices.ContainsFunc(why, func(o value.Origin) bool { return !aws.IsCode(o) })
}

// namesOf lists the Name tag and the attributes that name a resource. What
// only refers to another resource is that one's name: the cluster of an
// instance, the bucket of an object.
func namesOf(n *graph.Node, tags aws.Tags) []value.Field {
	names := []value.Field{{Name: "its Name tag", Value: tags.Get("Name")}}
	for _, attr := range nameAttributes[n.Lang] {
		if v := n.Body.Get(attr); !v.IsUnknown() || len(v.Refs()) == 0 || v.Parts() != nil {
			names = append(names, value.Field{Name: attr, Value: v})
		}
	}
	return names
}

// WordsInNames returns the environment that the names of a resource speak of as far
// as they are known: those whose value is known, and the known pieces of others.
// All says that each of the names that are not known holds such a word, so that
// it can name no other environment alone.
func (e *Environments) WordsInNames(n *graph.Node) (found analysis.Environment, all bool) {
	all = true
	for _, f := range namesOf(n, aws.TagsOf(n)) {
		word := analysis.UnknownEnvironment
		if text, ok := f.Value.Str(); ok {
			word = e.configured.role(e.vocabulary.read(text, fromName))
		} else if f.Value.IsUnknown() {
			word = e.configured.role(e.vocabulary.read(certain(f.Value), fromName))
			all = all && word != analysis.UnknownEnvironment && (found == analysis.UnknownEnvironment || found == word)
		}
		if found == analysis.UnknownEnvironment {
			found = word
		}
	}
	return found, all
}

// WritesUnknown reports that a name or a tag is written whose value is not known. What
// may merely be added to a resource is not written.
func WritesUnknown(n *graph.Node) bool {
	attrs := append([]string{"tags", "tags_all", "Tags"}, nameAttributes[n.Lang]...)
	for _, f := range n.Body.Fields() {
		if slices.Contains(attrs, f.Name) && !isWhollyKnown(f.Value) {
			return true
		}
	}
	return false
}

// isWhollyKnown reports that nothing of a value is missing.
func isWhollyKnown(v value.Value) bool {
	if v.IsOpen() || v.MayBeMissing() {
		return false
	}
	for _, e := range v.Elems() {
		if !isWhollyKnown(e) {
			return false
		}
	}
	for _, f := range v.Fields() {
		if !isWhollyKnown(f.Value) {
			return false
		}
	}
	return true
}

// certain are the words of a text that stand in its known pieces, whatever the others
// are: none that an unknown piece may go on with, nor production behind one, which
// may be "non".
func certain(v value.Value) string {
	parts := v.Parts()
	var words []string
	for i, p := range parts {
		text, ok := p.Str()
		if !ok {
			continue
		}
		before, after := i > 0, i < len(parts)-1 // known pieces next to each other are one
		if before {
			text = strings.TrimLeftFunc(text, isWord)
		}
		if after {
			text = strings.TrimRightFunc(text, isWord)
		}
		list := tokens(text)
		if before && len(list) > 0 && meaning(strings.TrimRight(list[0], digits), fromName) == analysis.Production {
			list = list[1:]
		}
		words = append(words, list...)
	}
	return strings.Join(words, " ")
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// UnknownNames says which names of a resource have a value that is not known.
func UnknownNames(n *graph.Node) []value.Fact {
	var out []value.Fact
	for _, f := range namesOf(n, aws.TagsOf(n)) {
		if f.Value.IsUnknown() {
			span := f.Value.Span()
			if !span.IsValid() {
				span = n.Span.Head()
			}
			out = append(out, value.Fact{Text: f.Name + " is not known", Span: span, Origin: f.Value.Origin()})
		}
	}
	return out
}
