package checker

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/source"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

// builder makes findings of decisions.
type builder struct {
	g    *graph.Graph
	envs Environments
	out  *Outcome
	// speaks says which variants are wanted; nil means all.
	speaks func(*analysis.Rule, string) bool
	// judge is the gate; nil means that nobody judges.
	judge func(findings, opens []analysis.Finding)
	// items are all verdicts that are not good, in order of decision.
	items []*item
}

// item is a decision on its way to a finding.
type item struct {
	analysis.Decision
	env      analysis.Environment
	envName  string
	severity analysis.Severity
	open     bool
	// conditional: a defect, if the node exists or an input is chosen so; when
	// says which deployments that is, as far as it can be told.
	conditional bool
	when        value.When
	// defect is the verdict about these deployments.
	defect   value.Verdict
	silencer *item
	covers   []string
}

func (b *builder) add(ds []analysis.Decision) {
	for _, d := range ds {
		if b.speaks != nil && d.Verdict.IsBad() && !b.speaks(d.Rule, d.Verdict.Variant) {
			continue
		}
		c := b.out.Decided[d.Rule.ID]
		it := &item{Decision: d, defect: d.Verdict}
		switch {
		case d.Verdict.IsGood():
			c.Good++
		case d.Verdict.IsBad() && d.Node.Exists == tri.True:
			c.Bad++
		default:
			c.Open++
			it.open = true
			b.condition(it)
		}
		b.out.Decided[d.Rule.ID] = c
		if d.Verdict.IsGood() {
			continue
		}
		if b.envs != nil {
			it.env, it.envName = b.envs.EnvironmentOf(d.Node.ID), b.envs.EnvironmentNameOf(d.Node.ID)
		}
		it.severity = d.Rule.SeverityIn(it.env, it.defect.Variant)
		if d.Severity != nil {
			it.severity = *d.Severity
		}
		if it.conditional && it.severity > analysis.Info {
			it.severity--
		}
		b.items = append(b.items, it)
	}
}

// condition finds out for which deployments an item that is not decided is a
// defect all the same.
func (b *builder) condition(it *item) {
	if it.Verdict.IsBad() {
		it.conditional, it.when = true, it.Node.When
		return
	}
	defect, when := it.Verdict.Defect()
	if !when.IsPossible() || b.speaks != nil && !b.speaks(it.Rule, defect.Variant) {
		return
	}
	it.conditional, it.when, it.defect = true, when, defect
}

func (b *builder) finish() {
	b.silence()
	var findings, opens []analysis.Finding
	for _, it := range b.items {
		switch {
		case it.silencer != nil:
		case it.open:
			opens = append(opens, b.finding(it))
		default:
			findings = append(findings, b.finding(it))
		}
	}
	if b.judge != nil {
		b.judge(findings, opens)
	}
	for _, f := range append(group(findings), group(opens)...) {
		switch {
		case f.Accepted != nil:
			b.out.Accepted = append(b.out.Accepted, f)
		case f.Open:
			b.out.Opens = append(b.out.Opens, f)
		default:
			b.out.Findings = append(b.out.Findings, f)
		}
	}
	b.sort(b.out.Findings)
	b.sort(b.out.Opens)
	b.sort(b.out.Accepted)
}

// group makes one finding of those about instances of one block.
func group(atoms []analysis.Finding) []analysis.Finding {
	groups := make(map[groupKey]int, len(atoms))
	var out []analysis.Finding
	var ways []worldWays
	for _, f := range atoms {
		k := keyOf(&f)
		if i, ok := groups[k]; ok {
			ways[i].note(f)
			merge(&out[i], f)
			continue
		}
		groups[k] = len(out)
		out, ways = append(out, f), append(ways, worldWays{})
		ways[len(ways)-1].note(f)
	}
	for i := range out {
		f := &out[i]
		ways[i].tell(f)
		sort.Slice(f.Instances, func(i, j int) bool { return instanceLess(f.Instances[i], f.Instances[j]) })
		f.Instances = slices.Compact(f.Instances)
		f.Covers = sortedUnique(f.Covers)
	}
	return out
}

// groupKey is what several instances of one block share.
type groupKey struct {
	rule     string
	span     source.Span
	block    source.Span
	subject  string
	id       string
	accepted analysis.Acceptance
	change   analysis.Change
}

func keyOf(f *analysis.Finding) groupKey {
	k := groupKey{rule: f.Rule.ID, span: f.Span, block: f.Block, subject: f.Subject, id: f.ID, change: f.Change}
	if f.Construct != nil && f.Construct.Source.IsValid() {
		k.span, k.block, k.id = f.Construct.Source, f.Construct.Source, "" // one line of the program, many stacks
	}
	if f.Accepted != nil {
		k.accepted = *f.Accepted
	}
	return k
}

func merge(into *analysis.Finding, f analysis.Finding) {
	if f.Severity > into.Severity {
		into.Severity, into.Variant, into.Message, into.Steps, into.Cause = f.Severity, f.Variant, f.Message, f.Steps, f.Cause
	}
	into.Fails = into.Fails || f.Fails
	into.Conditional = into.Conditional && f.Conditional
	if into.When != f.When {
		into.When = "" // they differ, and the first one's message stands
	}
	into.Example = into.Example && f.Example
	into.Instances = append(into.Instances, f.Instances...)
	into.Covers = append(into.Covers, f.Covers...)
	for _, r := range f.Remarks {
		if !slices.Contains(into.Remarks, r) {
			into.Remarks = append(into.Remarks, r)
		}
	}
	for _, r := range f.Reasons {
		known := false
		for _, o := range into.Reasons {
			known = known || o == r
		}
		if !known {
			into.Reasons = append(into.Reasons, r)
		}
	}
}

// at is a node with a rule that speaks about it.
type at struct {
	node graph.NodeID
	rule string
}

// silence applies precedence: where a stronger rule speaks of a node, or of a part
// of it, the rules that it covers are silent about that, and named in its finding.
func (b *builder) silence() {
	index := map[at][]*item{}
	for _, it := range b.items {
		for _, n := range append([]graph.NodeID{it.Node.ID}, it.Concerns...) {
			index[at{n, it.Rule.ID}] = append(index[at{n, it.Rule.ID}], it)
		}
	}
	together := map[*item]map[graph.NodeID]bool{}
	// The gravest of several that cover a verdict is to name it.
	gravest := slices.DeleteFunc(slices.Clone(b.items), func(it *item) bool { return it.open })
	slices.SortStableFunc(gravest, func(x, y *item) int { return int(y.severity) - int(x.severity) })
	for _, strong := range gravest {
		for _, id := range strong.Rule.Covers {
			for _, weak := range covered(strong, index, id) {
				if weak == strong || weak.silencer != nil {
					continue
				}
				if weak.Together && !isComplete(together, weak, strong) {
					continue
				}
				weak.silencer = strong
			}
		}
	}
	for _, it := range b.items {
		if it.silencer == nil || it.open {
			continue
		}
		root := it.silencer
		for hops := 0; root.silencer != nil && hops < len(b.items); hops++ {
			root = root.silencer
		}
		root.covers = append(root.covers, it.Rule.ID)
	}
}

// covered are the verdicts of a rule that have the cause of a stronger one.
func covered(strong *item, index map[at][]*item, rule string) []*item {
	var out []*item
	for _, n := range append([]graph.NodeID{strong.Node.ID}, strong.Concerns...) {
		for _, weak := range index[at{n, rule}] {
			if sameSubject(strong, weak) {
				out = append(out, weak)
			}
		}
	}
	for _, p := range strong.Parts {
		for _, weak := range index[at{p.Node, rule}] {
			if weak.Node.ID == p.Node && (weak.Subject == "" || weak.Subject == p.Subject) {
				out = append(out, weak)
			}
		}
	}
	return out
}

// isComplete notes that a stronger verdict speaks of one of the nodes that a weaker
// one concerns, and reports that now one does of each.
func isComplete(together map[*item]map[graph.NodeID]bool, weak, strong *item) bool {
	if together[weak] == nil {
		together[weak] = map[graph.NodeID]bool{}
	}
	together[weak][strong.Node.ID] = true
	for _, n := range weak.Concerns {
		if !together[weak][n] {
			return false
		}
	}
	return true
}

// sameSubject reports that two verdicts may be about the same thing. Verdicts
// about different nodes that merely concern each other have unrelated subjects.
func sameSubject(a, b *item) bool {
	return a.Subject == "" || b.Subject == "" || a.Subject == b.Subject || a.Node != b.Node
}

func (b *builder) finding(it *item) analysis.Finding {
	n := it.Node
	f := analysis.Finding{
		Rule: it.Rule, Severity: it.severity, Variant: it.defect.Variant, Open: it.open, Conditional: it.conditional,
		Lang: n.Lang.String(), Type: n.Type, Subject: it.Subject, Block: n.Span, Covers: it.covers,
		Remote: remote(n), Construct: n.Construct,
	}
	f.Span = b.place(it)
	if it.Whole && it.At.IsValid() {
		f.Block = it.At
	}
	inst := analysis.Instance{Address: n.Addr, Environment: it.env, EnvironmentName: it.envName}
	if n.Unit != nil {
		inst.Unit, inst.World = n.Unit.Key, n.Unit.World
		f.Example = n.Unit.Kind == graph.Example
	}
	if n.Construct != nil {
		inst.Construct = n.Construct.Path
	}
	f.Instances = []analysis.Instance{inst}
	f.Steps = b.steps(it)
	f.Message = it.Message
	if f.Message == "" {
		f.Message = sentence(it)
	}
	if !it.Whole {
		f.Message = named(f.Message, n)
	}
	if it.conditional {
		f.When = it.when.String()
	}
	if f.When != "" {
		f.Message += ", when " + f.When
	}
	if it.open {
		f.Reasons = b.reasons(it)
	}
	f.ID = b.identity(f, n)
	if it.Whole && n.Unit != nil {
		f.ID = analysis.Identity(f.Rule.ID, cmp.Or(n.Unit.Path, n.Unit.Dir), "", f.Subject)
	}
	return f
}

// place is where the finding is shown: what the analyzer chose, else the first
// fact that has a place within what the verdict is about, else the head of the
// resource.
func (b *builder) place(it *item) source.Span {
	if it.At.IsValid() {
		return it.At
	}
	about := b.about(it)
	for _, f := range it.defect.Facts() {
		if !f.Hop && slices.ContainsFunc(about, func(s source.Span) bool { return s.Contains(f.Span) }) {
			return f.Span
		}
	}
	return it.Node.Span.Head()
}

// about lists the blocks within which a verdict may be shown: those of the
// resource, its parts, and what the analyzer names as concerned.
func (b *builder) about(it *item) []source.Span {
	out := []source.Span{it.Node.Span}
	for _, p := range b.g.Parts(it.Node.ID) {
		out = append(out, p.Span)
	}
	for _, id := range it.Concerns {
		out = append(out, b.g.Node(id).Span)
	}
	for _, p := range it.Parts {
		out = append(out, b.g.Node(p.Node).Span)
	}
	return out
}

// sentence names the resource and the fact on which the verdict rests.
func sentence(it *item) string {
	var facts []string
	for _, f := range it.defect.Facts() {
		if len(facts) < 3 && f.Text != "" && !f.Hop && !slices.Contains(facts, f.Text) {
			facts = append(facts, f.Text)
		}
	}
	where := " in "
	if strings.HasSuffix(it.Rule.Title, where[:3]) {
		where = ", in "
	}
	s := it.Rule.Title + where + it.Node.Addr
	if len(facts) > 0 {
		s += ": " + strings.Join(facts, ", ")
	}
	return s
}

// named puts the path of a construct before the logical id that was made of it, and
// what is written in a template behind that which SAM made of it: the user has
// written the one and never seen the other.
func named(message string, n *graph.Node) string {
	if n.MadeOf != "" && n.Construct == nil {
		if before, after, ok := strings.Cut(message, n.Addr); ok {
			return before + n.Addr + " (that SAM makes of " + n.MadeOf + ")" + after
		}
		return message
	}
	if n.Construct == nil {
		return message
	}
	if before, after, ok := strings.Cut(message, n.Addr); ok {
		return before + n.Construct.Path + " (" + n.Addr + ")" + after
	}
	return message + ", in " + n.Construct.Path
}

// remote finds the outermost call of third-party code that leads to a node.
func remote(n *graph.Node) *analysis.RemoteModule {
	var out *analysis.RemoteModule
	for m := n.Module; m != nil; m = m.Parent {
		if m.Remote {
			out = &analysis.RemoteModule{Call: m.Call, Path: m.Path, Source: m.Source, Version: m.Version}
		}
	}
	return out
}

// identity is a hash of what names a defect for good: the rule, the file, the
// block in it, and the part of the block. Templates of the CDK and the logical ids
// in them have names that are made up, and change with versions of the CDK; those
// of constructs are the user's, and hold the stack.
func (b *builder) identity(f analysis.Finding, n *graph.Node) string {
	if n.Construct != nil {
		return analysis.Identity(f.Rule.ID, n.Construct.App, n.Type+"."+n.Construct.Path, f.Subject)
	}
	file := ""
	if src := b.g.Files.File(n.Span.Pos); src != nil {
		file = src.Path
	}
	block := n.Type + "." + n.Name
	if n.Mode == graph.Data {
		block = "data." + block
	}
	return analysis.Identity(f.Rule.ID, file, block, f.Subject)
}

// sort orders by place, then rule, then subject and address.
func (b *builder) sort(fs []analysis.Finding) {
	sort.SliceStable(fs, func(i, j int) bool {
		x, y := fs[i], fs[j]
		if x.Span != y.Span {
			return b.g.Files.Less(x.Span, y.Span)
		}
		if x.Rule.ID != y.Rule.ID {
			return x.Rule.ID < y.Rule.ID
		}
		if x.Subject != y.Subject {
			return x.Subject < y.Subject
		}
		return instanceLess(x.Instances[0], y.Instances[0])
	})
}

func instanceLess(a, b analysis.Instance) bool {
	if a.Unit != b.Unit {
		return a.Unit < b.Unit
	}
	if len(a.Address) != len(b.Address) && strings.TrimRight(a.Address, "0123456789]") == strings.TrimRight(b.Address, "0123456789]") {
		return len(a.Address) < len(b.Address) // x[2] before x[10]
	}
	return a.Address < b.Address
}

func sortedUnique(list []string) []string {
	sort.Strings(list)
	out := list[:0]
	for i, s := range list {
		if i == 0 || s != list[i-1] {
			out = append(out, s)
		}
	}
	return out
}
