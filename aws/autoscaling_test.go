package aws_test

import (
	"strings"
	"testing"

	"github.com/wacheck/wacheck/aws"
	"github.com/wacheck/wacheck/internal/graphtest"
)

// A target of another unit may be meant if it bears the name; one of the same unit
// may be in any case.
func TestTargetCandidates(t *testing.T) {
	g := graphtest.Load(t, `
-- a/main.tf --
variable "path" {}
resource "aws_ecs_service" "shop" {
  name = "shop"
}
resource "aws_appautoscaling_target" "own" {
  resource_id = "service/main/${aws_ecs_service.shop.name}"
}
resource "aws_appautoscaling_target" "other" {
  resource_id = "service/main/blog"
}
resource "aws_appautoscaling_target" "unknown" {
  resource_id = var.path
}
-- b/main.tf --
resource "aws_appautoscaling_target" "shop" {
  resource_id = "service/main/shop"
}
resource "aws_appautoscaling_target" "blog" {
  resource_id = "service/main/blog"
}
`)
	s := of[aws.ECSService](t, g, "aws_ecs_service.shop")
	var got []string
	for _, c := range aws.TargetCandidates(g, s.Node(), s.Name) {
		got = append(got, c.Node().Unit.Key+"/"+c.Node().Name)
	}
	if s := strings.Join(got, " "); s != "a/own a/other a/unknown b/shop" {
		t.Errorf("candidates are %s", s)
	}
}
