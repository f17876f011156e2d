package cli

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/internal/demo"
)

// why runs the command on the demo estate.
func why(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	if err := demo.Write(dir); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code = Main(append(append([]string{"why"}, args...), dir), &out, &errs)
	return out.String(), errs.String(), code
}

func TestWhyShowsThePath(t *testing.T) {
	out, _, code := why(t, "aws_ecs_service.shop")
	if code != ExitClean {
		t.Errorf("exit status %d", code)
	}
	for _, want := range []string{"reachable from the internet", "tcp 22, 443 from 0.0.0.0/0", "route 0.0.0.0/0 goes to module.network.aws_internet_gateway.this",
		"assign_public_ip is true", "service.tf:"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

func TestWhyShowsTheCut(t *testing.T) {
	out, _, _ := why(t, "module.database*.aws_db_instance.this")
	for _, want := range []string{`module.database["shop-prod"].aws_db_instance.this`, `module.database["shop-dev"].aws_db_instance.this`,
		"not reachable from the internet", "publicly_accessible is not set (default false)"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

func TestWhyJSON(t *testing.T) {
	out, _, _ := why(t, "aws_ecs_service.shop", "--format", "json")
	var answers []whyAnswer
	if err := json.Unmarshal([]byte(out), &answers); err != nil {
		t.Fatal(err)
	}
	if len(answers) != 1 || answers[0].Result != "reachable" || len(answers[0].Paths) != 2 || len(answers[0].Paths[0].Hops) < 5 {
		t.Errorf("got %+v", answers)
	}
}

func TestWhyUnknownAddress(t *testing.T) {
	_, errs, code := why(t, "aws_ecs_service.shp")
	if code != ExitFailed || !strings.Contains(errs, `did you mean "aws_ecs_service.shop"`) {
		t.Errorf("exit status %d, %s", code, errs)
	}
	if _, errs, code = why(t, "module.network.aws_vpc.this"); code != ExitFailed || !strings.Contains(errs, "no network interface") {
		t.Errorf("exit status %d, %s", code, errs)
	}
}
