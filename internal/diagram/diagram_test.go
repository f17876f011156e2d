package diagram_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/wacheck/wacheck/graph"
	"github.com/wacheck/wacheck/internal/diagram"
	"github.com/wacheck/wacheck/internal/graphtest"
)

func load(t *testing.T, code string) *graph.Graph {
	t.Helper()
	return graphtest.Load(t, "-- main.tf --\n"+code)
}

func TestAroundFollowsBothDirections(t *testing.T) {
	g := load(t, `
resource "aws_vpc" "v" {}
resource "aws_subnet" "s" { vpc_id = aws_vpc.v.id }
resource "aws_instance" "i" { subnet_id = aws_subnet.s.id }
resource "aws_eip" "e" { instance = aws_instance.i.id }
resource "aws_sns_topic" "t" {}
`)
	d := diagram.Around(g, []graph.NodeID{graphtest.Node(t, g, "aws_instance.i").ID}, 1)
	var got []string
	for _, b := range d.Boxes {
		got = append(got, fmt.Sprintf("%+d %s", b.Step, b.Node.Addr))
	}
	if want := "-1 aws_eip.e, +0 aws_instance.i, +1 aws_subnet.s"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
	if len(d.Lines) != 2 {
		t.Errorf("%d lines, want 2", len(d.Lines))
	}
}

// A picture is XML whatever the addresses hold, and no picture is too large to be
// looked at.
func TestSVG(t *testing.T) {
	var code strings.Builder
	code.WriteString("resource \"aws_vpc\" \"v\" {}\nresource \"aws_subnet\" \"s\" {\n  for_each = toset([")
	for i := range 400 {
		fmt.Fprintf(&code, "\"<a & %d>\", ", i)
	}
	code.WriteString("])\n  vpc_id = aws_vpc.v.id\n}\n")
	g := load(t, code.String())
	d := diagram.Around(g, []graph.NodeID{graphtest.Node(t, g, "aws_vpc.v").ID}, 2)
	if len(d.Boxes)+d.Left != 401 || d.Left == 0 {
		t.Errorf("%d boxes and %d left out, want 401 in all", len(d.Boxes), d.Left)
	}
	var b bytes.Buffer
	if err := d.WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	dec := xml.NewDecoder(&b)
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
