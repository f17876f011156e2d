package environment

import (
	"path"
	"slices"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
)

// inputs are the names under which units and modules are told their environment.
var inputs = []string{"environment", "env", "stage", "env_name", "environment_name", "deployment_environment", "deploy_env",
	"Environment", "Env", "Stage", "EnvironmentName", "EnvName", "DeploymentEnvironment", "EnvironmentType"}

func (v vocabulary) ofUnit(u *graph.Unit) Signs {
	var s Signs
	s.World = v.ofWorld(u)
	if s.World.Confidence == None {
		s.World, s.InputUnknown = v.ofInputs(u.Inputs, Strong)
	}
	if s.World.Confidence == None {
		s.World = v.ofStackTags(u)
	}
	if u.Dir != "." && u.Dir != "" && !isLeaf(u) {
		s.Folder = v.ofPath(u.Dir, value.Fact{Text: "the folder is " + u.Dir, Span: u.Anchor})
	}
	s.State = v.ofState(u)
	if u.Path != "" {
		base := strings.TrimSuffix(path.Base(u.Path), path.Ext(u.Path))
		s.Stack = v.evidence(base, fromStack, Weak, value.Fact{Text: "the template is " + path.Base(u.Path), Span: u.Anchor})
	}
	return s
}

// isLeaf reports a unit of Terragrunt whose module lies elsewhere: its world is the
// directory that it is deployed from, and that of the module says nothing.
func isLeaf(u *graph.Unit) bool { return u.Lang == graph.Terraform && strings.Contains(u.World, "/") }

// ofWorld takes the name of the world or workspace. That of a unit of Terragrunt is a
// directory, and that of a stack of the CDK the path of its stage.
func (v vocabulary) ofWorld(u *graph.Unit) Evidence {
	what := "the stage is "
	if isLeaf(u) {
		what = "it is deployed from "
	}
	if strings.Contains(u.World, "/") {
		if e := v.ofPath(u.World, value.Fact{Text: what + u.World, Span: u.Anchor}); e.Confidence != None {
			return e
		}
	} else if e := v.evidence(u.World, fromWorld, Strong, value.Fact{Text: "the inputs are " + u.World, Span: u.Anchor}); e.Confidence != None {
		return e
	}
	return v.evidence(u.Workspace, fromWorld, Strong, value.Fact{Text: "the workspace is " + u.Workspace, Span: u.Anchor})
}

// ofInputs looks for a variable, parameter or argument that names the
// environment; unknown says that one of them may, and its value is not known.
func (v vocabulary) ofInputs(inputsOf value.Value, c Confidence) (e Evidence, unknown bool) {
	for _, name := range inputs {
		for _, f := range inputsOf.Fields() {
			if f.Name != name {
				continue
			}
			if text, ok := f.Value.Str(); ok {
				fact := value.Fact{Text: name + " is " + value.Show(f.Value), Span: f.Value.Span(), Origin: f.Value.Origin()}
				if e := v.evidence(text, fromWorld, c, fact); e.Confidence != None {
					return e, false
				}
			}
			unknown = unknown || f.Value.IsUnknown()
		}
	}
	return Evidence{}, unknown
}

// ofStackTags reads the tags that a stack is deployed with: CloudFormation gives
// them to all that it makes.
func (v vocabulary) ofStackTags(u *graph.Unit) Evidence {
	for _, key := range tagKeys {
		for _, f := range u.Tags.Fields() {
			if !strings.EqualFold(f.Name, key) {
				continue
			}
			if text, ok := f.Value.Str(); ok {
				fact := value.Fact{Text: "the stack is tagged " + f.Name + " " + value.Show(f.Value), Span: f.Value.Span(), Origin: f.Value.Origin()}
				if e := v.evidence(text, fromTag, Strong, fact); e.Confidence != None {
					return e
				}
			}
		}
	}
	return Evidence{}
}

// ofPath takes the innermost folder that names an environment. One that is only
// called after what all share, or after a test among other words, says less:
// prod/network is production, and dev/performance-test development.
func (v vocabulary) ofPath(dir string, fact value.Fact) Evidence {
	lesser := Evidence{}
	segments := strings.Split(dir, "/")
	for i, segment := range slices.Backward(segments) {
		switch e := v.evidence(segment, fromFolder, Strong, fact); {
		case e.Confidence == None:
		case e.Environment == analysis.Shared && !saysShared(segment) && !v.layout[strings.Join(segments[:i], "/")]:
		case e.Environment != analysis.Shared && (e.Environment != analysis.Test || len(split(segment)) == 1):
			return e
		case lesser.Confidence == None:
			lesser = e
		}
	}
	return lesser
}

// ofState reads the name of the state: the key of S3 and the like, which people
// lay out like folders. Buckets hold the states of all environments.
func (v vocabulary) ofState(u *graph.Unit) Evidence {
	for _, name := range []string{"key", "prefix", "path"} {
		at := u.State.Get(name)
		text, ok := at.Str()
		if !ok || u.Backend == "local" {
			continue
		}
		fact := value.Fact{Text: "the state is kept as " + value.Show(at), Span: at.Span(), Origin: at.Origin()}
		lesser := Evidence{}
		for _, segment := range slices.Backward(strings.Split(strings.TrimSuffix(text, path.Ext(text)), "/")) {
			switch e := v.evidence(segment, fromState, Strong, fact); {
			case e.Environment != analysis.UnknownEnvironment && e.Environment != analysis.Shared:
				return e
			case lesser.Confidence == None:
				lesser = e
			}
		}
		if lesser.Confidence != None {
			return lesser
		}
	}
	return Evidence{}
}

// ofProvider reads the profile and the role of a provider: people name them after
// the account, and the account after the environment.
func (v vocabulary) ofProvider(p *graph.Provider) Evidence {
	if text, ok := p.Profile.Str(); ok {
		if e := v.evidence(text, fromName, Weak, value.Fact{Text: "the profile of the provider is " + value.Show(p.Profile), Span: p.Profile.Span(), Origin: p.Profile.Origin()}); e.Confidence != None {
			return e
		}
	}
	if text, ok := p.AssumeRole.Str(); ok {
		name := text[strings.LastIndex(text, ":")+1:]
		return v.evidence(name, fromName, Weak, value.Fact{Text: "the provider assumes " + value.Show(p.AssumeRole), Span: p.AssumeRole.Span(), Origin: p.AssumeRole.Origin()})
	}
	return Evidence{}
}

// modules remembers what the calls of modules say.
type modules struct {
	vocabulary
	names map[*graph.Module]Evidence
	args  map[*graph.Module]argument
}

// argument is what the arguments of a call say, or may say.
type argument struct {
	Evidence
	unknown bool
}

// argument takes the innermost call that is told an environment.
func (s *modules) argument(m *graph.Module) argument {
	if m == nil {
		return argument{}
	}
	if a, ok := s.args[m]; ok {
		return a
	}
	var a argument
	if a.Evidence, a.unknown = s.ofInputs(m.Args, Strong); a.Confidence == None {
		outer := s.argument(m.Parent)
		a.Evidence, a.unknown = outer.Evidence, a.unknown || outer.unknown
	} else {
		a.Fact.Text += " for " + m.Path
	}
	s.args[m] = a
	return a
}

// name takes the innermost call that names an environment.
func (s *modules) name(m *graph.Module) Evidence {
	if m == nil {
		return Evidence{}
	}
	if e, ok := s.names[m]; ok {
		return e
	}
	// The path holds the for_each key: module.env["prod"].
	last := strings.TrimPrefix(m.Path, parentPath(m.Parent))
	e := s.evidence(strings.TrimPrefix(last, "module."), fromModule, Weak, value.Fact{Text: "it is in " + m.Path, Span: m.Call})
	e.Keyed = e.Confidence != None && s.read(keyOf(last), fromModule) == e.Environment
	if e.Confidence == None {
		e = s.name(m.Parent)
	}
	s.names[m] = e
	return e
}

// ofKey reads the key of a resource with for_each: aws_instance.web["prod"]. That of a
// connection may be the other end.
func (v vocabulary) ofKey(n *graph.Node) Evidence {
	if isConnection(split(n.Name)) {
		return Evidence{}
	}
	e := v.evidence(keyOf(n.Addr), fromModule, Weak, value.Fact{Text: "it is " + n.Addr, Span: n.Span.Head()})
	e.Keyed = e.Confidence != None
	return e
}

// keyOf is the text in the brackets at the end of an address, or empty.
func keyOf(addr string) string {
	i := strings.LastIndex(addr, `["`)
	if i < 0 || !strings.HasSuffix(addr, `"]`) {
		return ""
	}
	return addr[i+2 : len(addr)-2]
}

func parentPath(m *graph.Module) string {
	if m == nil {
		return ""
	}
	return m.Path + "."
}
