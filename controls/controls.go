// Package controls maps rules to the requirements of external frameworks: so
// far, to the best practices of the AWS Well-Architected Framework.
package controls

import (
	_ "embed" // for the table of practices
	"strings"
	"sync"
)

// Revision is the date of the revision of the Well-Architected Framework whose
// numbers and choices the table holds.
const Revision = "2024-11-06"

const documentation = "https://docs.aws.amazon.com/wellarchitected/latest/framework/"

// practicesTable has a practice a line: id, choice, title, and the name of the
// page of the documentation where that is not the choice. Tabs separate them.
//
//go:embed practices.tsv
var practicesTable string

// Practice is a best practice of the Well-Architected Framework.
type Practice struct {
	// ID is the label of the documentation, such as "SEC08-BP02". Labels are an
	// order of display, and change between revisions of the framework.
	ID string
	// Choice is the id of the practice in the Well-Architected Tool, which stays.
	Choice string
	// Title says in our words what the practice is.
	Title string

	page string
}

// URL is the address of the practice in the documentation of AWS.
func (p Practice) URL() string { return documentation + p.page + ".html" }

// String is the label and the title.
func (p Practice) String() string { return p.ID + " " + p.Title }

var parsed = sync.OnceValues(func() ([]Practice, map[string]Practice) {
	var list []Practice
	byID := map[string]Practice{}
	for line := range strings.Lines(practicesTable) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		p := Practice{ID: cells[0], Choice: cells[1], Title: cells[2], page: cells[len(cells)-1]}
		if len(cells) == 3 {
			p.page = p.Choice
		}
		list = append(list, p)
		byID[p.ID] = p
	}
	return list, byID
})

// Practices returns all best practices, pillar by pillar.
func Practices() []Practice {
	list, _ := parsed()
	return append([]Practice(nil), list...)
}

// PracticeByID returns the practice of a label, and whether there is one.
func PracticeByID(id string) (Practice, bool) {
	_, byID := parsed()
	p, ok := byID[id]
	return p, ok
}
