package syntax

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Class is what a file seems to be.
type Class uint8

const (
	// Other is no CloudFormation template.
	Other Class = iota
	// Template is a CloudFormation template.
	Template
	// SAMTemplate is a template with the transform of the Serverless Application Model.
	SAMTemplate
	// Kubernetes is a Kubernetes manifest.
	Kubernetes
	// Helm is a text for a template engine that makes YAML, such as a Helm chart.
	Helm
	// Plan is a plan of Terraform, as "terraform show -json" writes it.
	Plan
)

// IsTemplate reports whether the class is one that this package's users analyse.
func (c Class) IsTemplate() bool { return c == Template || c == SAMTemplate }

// String returns the lower-case name of the class.
func (c Class) String() string {
	switch c {
	case Other:
		return "other"
	case Template:
		return "template"
	case SAMTemplate:
		return "sam template"
	case Kubernetes:
		return "kubernetes"
	case Helm:
		return "helm"
	case Plan:
		return "plan"
	}
	return "other"
}

// LooksLikeTemplate says what a file is, without parsing it. A template has
// AWSTemplateFormatVersion at its top level, a transform of AWS, or a mapping
// Resources in which something has the type of a resource, with "::" in it. Of
// several YAML documents, one is enough.
//
// The name counts only for Terraform in JSON syntax, which is never a template:
// templates have any name.
func LooksLikeTemplate(path string, content []byte) Class {
	if strings.HasSuffix(path, ".tf.json") || strings.HasSuffix(path, ".tofu.json") {
		return Other
	}
	content = bytes.TrimPrefix(content, bom)
	if !mentionsTemplate(content) && !mentionsPlan(content) {
		content = content[:min(len(content), 16<<10)] // for the reason only
	}
	switch text := bytes.TrimLeft(content, " \t\r\n"); {
	case bytes.HasPrefix(text, []byte("{{")) || bytes.HasPrefix(text, []byte("{%")):
		return sniffYAML(content)
	case len(text) == 0 || text[0] == '[':
		return Other
	case text[0] == '{':
		if class := sniffJSON(text); class != Other || !brokenTemplate(content) {
			return class
		}
		return Template
	case text[0] == '"' && strings.HasSuffix(path, ".json") && brokenTemplate(content):
		return Template
	}
	return sniffYAML(content)
}

// brokenTemplate reports JSON with the words of a template and a mistake so early that
// its top level cannot be told. It is better to say so than to take it for something else.
func brokenTemplate(content []byte) bool {
	return bytes.Contains(content, []byte(nameVersion)) && bytes.Contains(content, []byte(nameResources)) && !json.Valid(content)
}

// The names that tell a template.
const (
	nameVersion   = "AWSTemplateFormatVersion"
	nameResources = "Resources"
	nameTransform = "Transform"
	transformSAM  = "AWS::Serverless-"
	transformExt  = "AWS::LanguageExtensions"
)

// mentionsTemplate rules out most files by looking for a few words.
func mentionsTemplate(content []byte) bool {
	for _, word := range []string{nameVersion, nameResources, transformSAM, transformExt} {
		if bytes.Contains(content, []byte(word)) {
			return true
		}
	}
	return false
}

// The names that tell a plan: a state has a version of its format, too.
const (
	nameFormat  = "format_version"
	namePlanned = "planned_values"
	nameChanges = "resource_changes"
)

// mentionsPlan rules out what can't be a plan, most files by the first word.
func mentionsPlan(content []byte) bool {
	return bytes.Contains(content, []byte(nameFormat)) &&
		(bytes.Contains(content, []byte(namePlanned)) || bytes.Contains(content, []byte(nameChanges)))
}

// traits are what was seen at the top level of a document.
type traits struct {
	version, resources, sam, ext, apiVersion, kind, engine bool
	format, planned                                        bool
}

func (t traits) class() Class {
	switch {
	case t.sam:
		return SAMTemplate
	case t.version || t.ext:
		return Template
	case t.apiVersion && t.kind && t.engine:
		return Helm
	case t.apiVersion && t.kind:
		return Kubernetes
	case t.resources:
		return Template
	case t.format && t.planned:
		return Plan
	case t.engine:
		return Helm
	}
	return Other
}

// note takes in a top-level entry: its key, and the text of its value.
func (t *traits) note(key string, value []byte) {
	switch key {
	case nameVersion:
		t.version = true
	case nameTransform:
		t.sam = t.sam || bytes.Contains(value, []byte(transformSAM))
		t.ext = t.ext || bytes.Contains(value, []byte(transformExt))
	case nameResources:
		t.resources = t.resources || isMappingText(value) && hasTypedEntry(value)
	case "apiVersion":
		t.apiVersion = true
	case "kind":
		t.kind = true
	case nameFormat:
		t.format = true
	case namePlanned, nameChanges:
		t.planned = true
	}
}

// isMappingText reports whether the text of a value is that of a mapping, which
// may have a tag or anchor, but not that of a list or string.
func isMappingText(value []byte) bool {
	i := skipSpace(value, 0, "")
	for i < len(value) && (value[i] == '&' || value[i] == '!') {
		i = skipSpace(value, tagEnd(value, i), "")
	}
	if i == len(value) || isAny(value[i], "[|>") {
		return false
	}
	return value[i] != '-' || i+1 < len(value) && !isBlank(value[i+1]) && breakLen(value[i+1:]) == 0
}

// hasTypedEntry looks for the type of a resource: Type: A::B.
func hasTypedEntry(text []byte) bool {
	for {
		i := bytes.Index(text, []byte("Type"))
		if i < 0 {
			return false
		}
		bounded := i == 0 || isAny(text[i-1], " \t\r\n\"'{,")
		text = text[i+len("Type"):]
		if bounded && isTypeValue(text) {
			return true
		}
	}
}

// isTypeValue reports whether text goes on, behind a key, with a colon and
// the type of a resource.
func isTypeValue(text []byte) bool {
	i := 0
	if len(text) > 0 && isAny(text[0], `"'`) {
		i++
	}
	i += blankLen(text[i:])
	if i >= len(text) || text[i] != ':' {
		return false
	}
	i = skipSpace(text, i+1, `"'`)
	start := i
	for i < len(text) && isAlphanumeric(text[i]) {
		i++
	}
	return i > start && bytes.HasPrefix(text[i:], []byte("::"))
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// sniffJSON looks at the keys of an object, walking over all else.
func sniffJSON(text []byte) Class {
	var t traits
	var key string
	start, depth := -1, 0 // where the value of key starts
	done := func(end int) {
		if start >= 0 {
			t.note(key, text[start:end])
		}
		start = -1
	}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			end := quotedEnd(text, i, styleDouble)
			if depth == 1 && start < 0 {
				if colon := skipSpace(text, end, ""); colon < len(text) && text[colon] == ':' {
					key, start = string(text[i+1:end-1]), colon+1
				}
			}
			i = end - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				done(i)
				return t.class()
			}
		case ',':
			if depth == 1 {
				done(i)
			}
		}
	}
	done(len(text))
	return t.class()
}

// sniffYAML looks at the lines that are not indented.
func sniffYAML(text []byte) Class {
	var t traits
	var first Class // of the documents before
	var key string
	value := -1 // where the value of key starts
	for i := 0; i < len(text); {
		end := i + lineFeed(text[i:])
		line := text[i:end]
		t.engine = t.engine || isEngineLine(line)
		if line[0] == ' ' {
			i = end
			continue
		}
		indent, kind := lineKind(line)
		if kind == lineMarker || kind == lineContent && indent == 0 {
			if value >= 0 {
				t.note(key, text[value:i])
			}
			key, value = keyOf(line)
			if value >= 0 {
				value += i
			}
		}
		if kind == lineMarker {
			if c := t.class(); c.IsTemplate() {
				return c
			} else if first == Other {
				first = c
			}
			t = traits{}
		}
		i = end
	}
	if value >= 0 {
		t.note(key, text[value:])
	}
	if c := t.class(); c.IsTemplate() || first == Other {
		return c
	}
	return first
}

// lineFeed is the length of the first line of b with its line feed.
func lineFeed(b []byte) int {
	if n := bytes.IndexByte(b, '\n'); n >= 0 {
		return n + 1
	}
	return len(b)
}

// keyOf returns the key at the start of a line and the offset of its value, or -1.
func keyOf(line []byte) (key string, value int) {
	colon := bytes.IndexByte(line, ':')
	for colon >= 0 && colon+1 < len(line) && !isAny(line[colon+1], " \t\r\n") {
		next := bytes.IndexByte(line[colon+1:], ':')
		if next < 0 {
			return "", -1
		}
		colon += 1 + next
	}
	if colon < 0 {
		return "", -1
	}
	return string(bytes.Trim(line[:colon], "\"' \t")), colon + 1
}

// isEngineLine reports whether a line is a directive of a template engine: Helm
// and other Go templates, or Jinja. CloudFormation has {{resolve:…}} in values only.
func isEngineLine(line []byte) bool {
	if bytes.IndexByte(line, '{') < 0 {
		return false
	}
	line = line[blankLen(line):]
	return bytes.HasPrefix(line, []byte("{{")) || bytes.HasPrefix(line, []byte("{%")) ||
		bytes.Contains(line, []byte(": {{ ")) || bytes.Contains(line, []byte(": {{- "))
}
