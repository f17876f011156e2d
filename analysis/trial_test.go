package analysis

import "testing"

func TestOnTrial(t *testing.T) {
	for _, c := range []struct {
		since, version string
		want           bool
	}{
		{"", "1.4.0", false}, {"1.4", "1.4.0", true}, {"1.4", "v1.12.7", true}, {"1.4", "2.0.0", false},
		{"1.4", "dev", false}, {"1.4", "2.0.0-rc.1", false}, {"0.3", "0.3.1", true},
	} {
		if got := (&Rule{Since: c.since}).OnTrial(c.version); got != c.want {
			t.Errorf("since %q, in version %q: %v", c.since, c.version, got)
		}
	}
}
