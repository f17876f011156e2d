package security

import (
	"github.com/wacheck/wacheck/analysis"
	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/value"
	"github.com/wacheck/wacheck/value/tri"
)

var ebsNotEncrypted = &analysis.Rule{
	ID: "ebs-not-encrypted", Title: "EBS volume is not encrypted",
	Why:      "The volume and every snapshot of it hold data in plain text; a snapshot shared by mistake can be read by whoever it is shared with.",
	Fix:      "Set encrypted / Encrypted to true, or switch on encryption by default for the account and region.",
	Severity: analysis.High, Precision: analysis.VeryHigh, Pillar: analysis.Security, Practice: "SEC08-BP02", Effort: "M",
}

// EBS decides whether volumes are encrypted, wherever they are declared.
var EBS = &analysis.Analyzer{
	Name: "ebs", Doc: "checks that EBS volumes and block devices are encrypted",
	Rules: []*analysis.Rule{ebsNotEncrypted},
	Run: func(p *analysis.Pass) (any, error) {
		byDefault := encryptionByDefault(p.Graph)
		decide := func(n *graph.Node, subject string, v value.Verdict) {
			if d, ok := byDefault[providerKey{n.Unit, n.Provider}]; ok {
				v = v.Unless(d)
			}
			p.Decide(p.Analyzer.Rules[0], n, v, analysis.Subject(subject))
		}
		for m := range aws.Managed[aws.Volume](p.Graph) {
			decide(m.Node(), "", volumeEncrypted(p.Graph, m.Encrypted, &m.Snapshot, 0))
		}
		for m := range aws.Managed[aws.Instance](p.Graph) {
			devices(p.Graph, m.Node(), "root device", &m.Root, decide)
			devices(p.Graph, m.Node(), "device", &m.Devices, decide)
		}
		for m := range aws.Managed[aws.LaunchTemplate](p.Graph) {
			devices(p.Graph, m.Node(), "device", &m.Devices, decide)
		}
		for m := range aws.Managed[aws.LaunchConfiguration](p.Graph) {
			devices(p.Graph, m.Node(), "root device", &m.Root, decide)
			devices(p.Graph, m.Node(), "device", &m.Devices, decide)
		}
		return nil, nil
	},
}

// providerKey is an account and region, as far as the code tells them apart.
type providerKey struct {
	unit     *graph.Unit
	provider *graph.Provider
}

// encryptionByDefault says for which provider configurations new volumes are
// encrypted whatever they say.
func encryptionByDefault(g *graph.Graph) map[providerKey]value.Verdict {
	out := map[providerKey]value.Verdict{}
	for m := range aws.Managed[aws.EBSEncryptionByDefault](g) {
		n := m.Node()
		key := providerKey{n.Unit, n.Provider}
		on := value.That(n.Exists, value.Fact{Text: n.Addr + " may not exist", Span: n.Span.Head(), Origin: n.ExistsWhy}).And(m.Enabled.Is(true))
		if old, ok := out[key]; ok {
			on = old.Or(on)
		}
		out[key] = on
	}
	return out
}

// devices judges the block devices of one list.
func devices(g *graph.Graph, n *graph.Node, what string, list *aws.List[aws.BlockDevice], decide func(*graph.Node, string, value.Verdict)) {
	undecided := false
	for _, d := range list.Items {
		subject := what
		if name, ok := d.Device.Get(); ok {
			subject += " " + name
		}
		v, isVolume := deviceEncrypted(g, d)
		if !isVolume {
			continue
		}
		if v.IsBad() && d.Exists() != tri.True {
			v = value.Open(list.Fact()).With(v.Facts()...)
		}
		undecided = undecided || v.IsOpen()
		decide(n, subject, v)
	}
	if list.Open && !undecided {
		decide(n, what, value.Open(list.Fact()))
	}
}

// deviceEncrypted judges one mapping; isVolume is false for instance store and
// for mappings that only remove a device.
func deviceEncrypted(g *graph.Graph, d *aws.BlockDevice) (v value.Verdict, isVolume bool) {
	if d.NoDevice.NotEmpty().IsGood() || d.VirtualName.NotEmpty().IsGood() {
		return value.Verdict{}, false
	}
	enc, snapshot := d.Encrypted, &d.Snapshot
	if d.EBS.Name != "" { // the volume is nested in the mapping
		switch set := d.EBS.Set(); {
		case set.IsGood() && d.EBS.Get() != nil:
			enc, snapshot = d.EBS.Get().Encrypted, &d.EBS.Get().Snapshot
		case set.IsOpen():
			return value.Open(d.EBS.Fact()), true
		case d.Encrypted.V.IsAbsent() && !isFlat(d):
			return value.Verdict{}, false
		}
	}
	v = volumeEncrypted(g, enc, snapshot, 0)
	return v.Unless(d.NoDevice.NotEmpty()).Unless(d.VirtualName.NotEmpty()), true
}

// isFlat reports a block of aws_instance or aws_launch_configuration, where the
// block itself is the volume.
func isFlat(d *aws.BlockDevice) bool {
	return d.Encrypted.Name == "root_block_device.encrypted" || d.Encrypted.Name == "ebs_block_device.encrypted"
}

// volumeEncrypted judges a volume. Without a word, it takes the encryption of
// its snapshot, and without a snapshot it is not encrypted.
func volumeEncrypted(g *graph.Graph, enc value.Bool, snapshot *aws.Ref[aws.Snapshot], depth int) value.Verdict {
	if !enc.Set().IsBad() {
		return enc.Is(true)
	}
	from := snapshot.NotEmpty()
	if from.IsBad() {
		return enc.Is(true)
	}
	s := aws.Of[aws.Snapshot](g, snapshot.One())
	if s == nil || depth == mostCopies {
		return value.Open(snapshot.Fact())
	}
	hop := value.Fact{Text: "it is made from " + s.Node().Addr, Span: snapshot.Span(), Origin: snapshot.V.Origin()}
	of := aws.Of[aws.Volume](g, s.Volume.One())
	if of == nil {
		return value.Open(hop, s.Volume.Fact())
	}
	v := volumeEncrypted(g, of.Encrypted, &of.Snapshot, depth+1)
	return value.That(v.Result, hop, value.Fact{Text: "that is a copy of " + of.Node().Addr, Span: s.Volume.Span(), Hop: true}).With(v.Facts()...)
}

// mostCopies bounds the chain of volumes and snapshots that is followed; a
// broken configuration may have a circle.
const mostCopies = 8
