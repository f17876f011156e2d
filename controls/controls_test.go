package controls

import (
	"regexp"
	"testing"
)

func TestPractices(t *testing.T) {
	var (
		label  = regexp.MustCompile(`^(OPS|SEC|REL|PERF|COST|SUS)\d\d-BP\d\d$`)
		choice = regexp.MustCompile(`^(ops|sec|rel|perf|cost|sus)_[a-z0-9_]{1,60}$`)
	)
	ids, choices := map[string]bool{}, map[string]bool{}
	for _, p := range Practices() {
		if !label.MatchString(p.ID) || !choice.MatchString(p.Choice) || !choice.MatchString(p.page) || p.Title == "" {
			t.Errorf("malformed: %+v", p)
		}
		if ids[p.ID] || choices[p.Choice] {
			t.Errorf("%s %s is there twice", p.ID, p.Choice)
		}
		ids[p.ID], choices[p.Choice] = true, true
	}
	if len(ids) != 307 { // that revision of the framework has so many
		t.Errorf("%d practices", len(ids))
	}
}

func TestURL(t *testing.T) {
	for id, want := range map[string]string{
		"SEC08-BP02": "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_protect_data_rest_encrypt.html",
		// the one whose page has another name
		"SEC05-BP04": "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_network_auto_protect.html",
	} {
		p, ok := PracticeByID(id)
		if !ok || p.URL() != want {
			t.Errorf("%s: %s, want %s", id, p.URL(), want)
		}
	}
	if _, ok := PracticeByID("SEC99-BP01"); ok {
		t.Error("found what is not there")
	}
}
