package operations_test

import (
	"testing"

	"github.com/wacheck/wacheck/analysis/analysistest"
	"github.com/wacheck/wacheck/analyzers/all"
)

func TestRules(t *testing.T) { analysistest.Run(t, all.Suite(), "testdata") }
