// Package graph is the evaluated configuration: nodes (resources, data
// sources, modules that could not be read, things outside the scan), the edges
// between them, and queries over both. Parsers fill a [Builder]; once it is
// frozen, the [Graph] never changes and is read in parallel.
package graph

import (
	"sync"

	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// Lang is the language in which a node is written.
type Lang uint8

const (
	// Terraform is HCL or its JSON form.
	Terraform Lang = iota
	// CloudFormation is a template.
	CloudFormation
)

// String returns the lower-case name.
func (l Lang) String() string {
	if l == CloudFormation {
		return "cloudformation"
	}
	return "terraform"
}

// Mode says what a node stands for.
type Mode uint8

const (
	// Managed is a resource that the configuration creates.
	Managed Mode = iota
	// Data is something that exists elsewhere and is looked up.
	Data
	// Opaque is a module or nested stack whose source is not here: anything may
	// be inside it. Its body holds the arguments that it is given.
	Opaque
	// External is something known only by its identity: a literal "sg-123", an
	// import, a data source of that id. Units that name the same thing meet there.
	External
)

// String returns the lower-case name.
func (m Mode) String() string {
	return [...]string{"managed", "data", "opaque", "external"}[m]
}

// NodeID is the index of a node in its graph.
type NodeID uint32

// Node is one resource instance, or what stands in for one.
type Node struct {
	ID   NodeID
	Mode Mode
	Lang Lang
	// Type is the resource type of the language: "aws_db_instance",
	// "AWS::RDS::DBInstance". Data sources have the type of what they read.
	Type string
	// Addr is the address within the unit: "module.db.aws_db_instance.this[0]",
	// "data.aws_vpc.main", a logical id. With "[*]", the node stands for all
	// instances of a block whose count or for_each is not known. For external
	// nodes it is what the configuration calls them: "sg-123", "aws_vpc.gone".
	Addr string
	// Name is the last part of the address without index: label or logical id. For
	// external nodes it is their identity, which is unique among them.
	Name string
	// Unit is what the node is deployed with. External nodes have none.
	Unit *Unit
	// Module is the call that the node is in; nil in a root module or stack.
	Module *Module
	// Provider is the provider configuration of a Terraform node, or nil.
	Provider *Provider
	// MadeOf names the resource of the template that SAM made this one of; empty for
	// what is written.
	MadeOf string
	// Construct is what a resource of a CDK program comes from; nil for all others.
	Construct *Construct
	// Exists says whether the node is created at all; ExistsWhy why that is unknown, or
	// through what it is created.
	Exists    tri.Bool
	ExistsWhy value.OriginID
	// When says for which deployments a node exists that is in some only, as far
	// as that can be told.
	When value.When
	// Span is the whole block or resource.
	Span source.Span
	// Body is an object of the attributes and blocks (Terraform) or properties.
	Body value.Value
	// Meta is an object of what governs the node without being part of it:
	// depends_on, lifecycle; DependsOn, DeletionPolicy, Metadata.
	Meta value.Value
}

// UnitKind says what sort of unit it is.
type UnitKind uint8

const (
	// Root is a root module or a template that is deployed on its own.
	Root UnitKind = iota
	// Example is a root under an examples, test or fixtures directory: it shows
	// how something is used, and is not deployed.
	Example
)

// ExistsWith says whether n exists in every deployment in which o does: whether
// one that holds o holds n, too.
func (n *Node) ExistsWith(o *Node) tri.Bool {
	if n.Exists == tri.Unknown && o.Exists == tri.Unknown && !n.When.IsAlways() && o.When.Implies(n.When) {
		return tri.True
	}
	return n.Exists
}

// Undecided says of a node whose existence is not known that this is so, and why.
func (n *Node) Undecided() value.Fact {
	return value.Fact{Text: "whether " + n.Addr + " exists is not known", Span: n.Span.Head(), Origin: n.ExistsWhy}
}

// Unit is a root module or stack deployed together, in one world.
type Unit struct {
	// ID orders units; Key names one: directory or template path, and the world
	// if there is one.
	ID   int
	Key  string
	Lang Lang
	Kind UnitKind
	// Dir is the directory, slash-separated, relative to the root of the scan.
	Dir string
	// Path is the template of a stack; empty for Terraform.
	Path string
	// World names the set of inputs; empty for the default one.
	World string
	// Workspace is the Terraform workspace, if it is known.
	Workspace string
	// Inputs are the variables or parameters of the unit as an object of their values.
	Inputs value.Value
	// Tags are the tags of a stack, which its resources get, as an object; absent if none
	// are known.
	Tags value.Value
	// Backend is the type of the backend that keeps the state of a root, empty if none
	// is written, and State its arguments. Workspaced says that the configuration
	// reads the name of the workspace: it then has a state for each.
	Backend    string
	State      value.Value
	Workspaced bool
	// Account is the account that a stack is deployed to; absent where nothing says so.
	Account value.Value
	// Anchor is where findings about the whole unit are shown.
	Anchor source.Span
	// Broken says that part of the unit could not be read, so that what seems to
	// be missing may stand there.
	Broken bool
}

// Module is one instance of a module call.
type Module struct {
	// Path is "module.vpc" or "module.env[\"prod\"].module.vpc".
	Path string
	// Name is the label of the call.
	Name   string
	Parent *Module
	// Call is the module block.
	Call source.Span
	// Args are the arguments of the call that are texts, as an object.
	Args value.Value
	// Source and Version are as written in the call.
	Source, Version string
	// Dir is where the module's files are.
	Dir string
	// Remote says that the files are not the user's own: a registry or git module.
	Remote bool
}

// Construct is the construct of a CDK program that a resource comes from.
type Construct struct {
	// App is the directory of the program, or that of its assembly; Path is that of
	// the construct in it: "Prod/Data/Orders/Resource".
	App, Path string
	// Source is the line of the program that creates it, and How says how that was
	// found. It is invalid where the line is not known.
	Source source.Span
	How    string
	// Generated says that the CDK made the construct as a helper of others: it is
	// not the user's to configure.
	Generated bool
}

// Provider is the configuration of an AWS provider as it holds for a node.
type Provider struct {
	// Addr is "aws" or "aws.alias" with the module path before it.
	Addr string
	// Region, Profile, AccessKey, AssumeRole (the role ARN), AccountIDs
	// (allowed_account_ids) and DefaultTags (an object) are absent where the block
	// does not give them; CredentialFiles are the lists of files with credentials
	// and settings that it does give.
	Region, Profile, AccessKey, AssumeRole, AccountIDs, DefaultTags value.Value
	CredentialFiles                                                 []value.Value
	// Constraint is the version constraint of required_providers, and Locked the
	// version of the lock file; both may be empty.
	Constraint, Locked string
	Span               source.Span
}

// Edge says that From refers to To.
type Edge struct {
	From, To NodeID
	// Label is the attribute of From that holds the reference, without indices:
	// "vpc_security_group_ids", "ingress.security_groups".
	Label string
	// Attr is the attribute of To that is read, or empty.
	Attr string
	// Span is where the reference is written.
	Span source.Span
	// Exists is unknown where the value is one of several, or the list open. It is
	// told of deployments in which From exists.
	Exists tri.Bool
	// When says for which deployments the value is this reference and To exists,
	// as far as that can be told.
	When value.When
}

// Graph is the frozen result. All its methods are safe for concurrent use.
type Graph struct {
	Files   *source.FileSet
	Origins *value.Origins

	nodes    []*Node
	units    []*Unit
	edges    []Edge
	out, in  [][]int32
	byType   map[string][]*Node
	byAddr   map[addrKey]*Node
	external map[string]*Node
	fold     foldIndex
	linker   *linker
	memo     sync.Map
}

type addrKey struct {
	unit *Unit
	addr string
}

// Nodes returns all nodes by id. The slice must not be changed.
func (g *Graph) Nodes() []*Node { return g.nodes }

// Node returns the node of that id.
func (g *Graph) Node(id NodeID) *Node { return g.nodes[id] }

// Units returns all units in order. The slice must not be changed.
func (g *Graph) Units() []*Unit { return g.units }

// OfType returns the nodes of a resource type in order of id, data sources and
// externals included: look at Mode. The slice must not be changed.
func (g *Graph) OfType(t string) []*Node { return g.byType[t] }

// Lookup returns the node at an address of a unit, or nil.
func (g *Graph) Lookup(u *Unit, addr string) *Node { return g.byAddr[addrKey{u, addr}] }

// Edges returns all edges. The slice must not be changed.
func (g *Graph) Edges() []Edge { return g.edges }

// Out calls yield for each edge that starts at a node, in source order.
func (g *Graph) Out(id NodeID) func(yield func(Edge) bool) { return g.walk(g.out[id]) }

// In calls yield for each edge that ends at a node.
func (g *Graph) In(id NodeID) func(yield func(Edge) bool) { return g.walk(g.in[id]) }

func (g *Graph) walk(list []int32) func(yield func(Edge) bool) {
	return func(yield func(Edge) bool) {
		for _, i := range list {
			if !yield(g.edges[i]) {
				return
			}
		}
	}
}

// memoEntry makes a product once. If that panics, it does so for everybody who asks.
type memoEntry struct{ get func() any }

// Memo returns the product stored under key, making it at the first call. Keys
// are values of types private to the caller's package, as for context.
func (g *Graph) Memo(key any, build func() any) any {
	if e, ok := g.memo.Load(key); ok {
		return e.(*memoEntry).get()
	}
	e, _ := g.memo.LoadOrStore(key, &memoEntry{sync.OnceValue(build)})
	return e.(*memoEntry).get()
}
