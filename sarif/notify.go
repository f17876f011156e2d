package sarif

import (
	"fmt"
	"slices"

	gosarif "github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/wacheck/wacheck/source"
)

// maxNotes is the number of notes about the input that are written. Warnings and
// errors are all written.
const maxNotes = 200

// Ids of notifications of the writer itself.
const (
	limitNotice   = "results-limit"
	outsideNotice = "result-outside-repository"
	notesNotice   = "notes-limit"
)

// invocation adds what the run had to say about the input. It is not successful
// if something was broken, so that nobody takes a missing result for a mended one.
func (b *builder) invocation(run *gosarif.Run, limit int) {
	inv := run.AddInvocation(true)
	notes, hidden := 0, 0
	for _, d := range source.SortDiagnostics(b.result.Files, slices.Clone(b.result.Diagnostics)) {
		switch d.Level {
		case source.Error:
			*inv.ExecutionSuccessful = false
		case source.Note:
			if notes++; notes > maxNotes {
				hidden++
				continue
			}
		case source.Warning:
		}
		n := notification(d.Code, d.Level, firstOf(sentence(d.Message), d.Code, "unknown trouble"))
		n.Locations = b.diagnosticLocation(d)
		inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications, n)
	}
	add := func(id string, level source.Level, text string) {
		inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications, notification(id, level, text))
	}
	if hidden > 0 {
		add(notesNotice, source.Note, fmt.Sprintf("%d more notes about the input are left out.", hidden))
	}
	if b.lost > 0 {
		add(outsideNotice, source.Warning,
			fmt.Sprintf("%d findings are left out because their place is outside the repository.", b.lost))
	}
	if all := len(b.groups); limit < all {
		add(limitNotice, source.Warning,
			fmt.Sprintf("Only the %d gravest of %d results are written, so that GitHub can take them.", limit, all))
	}
}

// notification refers to its kind by id alone: GitHub wants every descriptor of the
// tool to have the texts of a rule.
func notification(id string, l source.Level, text string) *gosarif.Notification {
	n := &gosarif.Notification{Level: l.String(), Message: gosarif.NewTextMessage(text)}
	if id != "" {
		n.Descriptor = &gosarif.ReportingDescriptorReference{Id: &id}
	}
	return n
}

func (b *builder) diagnosticLocation(d source.Diagnostic) []*gosarif.Location {
	if at, ok := b.places.of(d.Span); ok {
		return []*gosarif.Location{gosarif.NewLocationWithPhysicalLocation(at.physical())}
	}
	repo, ok := b.places.inRepository(d.Path)
	if !ok || d.Span.IsValid() {
		return nil
	}
	file := gosarif.NewPhysicalLocation().WithArtifactLocation(gosarif.NewArtifactLocation().WithUri(encodePath(repo)))
	return []*gosarif.Location{gosarif.NewLocationWithPhysicalLocation(file)}
}
