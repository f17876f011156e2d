package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// addition puts attributes and blocks into a type that the provider schema
// lacks.
type addition struct {
	// target is a type, then blocks within it: "aws_wafv2_web_acl/rule".
	target string
	// why is told for the reader of the list.
	why string
	// body is what to add.
	body body
	// replace lets body stand in for what is there; otherwise what is there
	// stays, and the log says that the addition has become idle.
	replace bool
	// create makes the type if there is none.
	create bool
}

// body maps a name to a *attribute or a *nestedBlock.
type body map[string]any

func (a *addition) apply(types map[string]*block, log io.Writer) error {
	b, err := a.find(types)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(a.body)) {
		_, isAttribute := b.Attributes[name]
		_, isBlock := b.Blocks[name]
		if (isAttribute || isBlock) && !a.replace {
			_, _ = fmt.Fprintf(log, "addition %s %s: the provider has it\n", a.target, name)
			continue
		}
		delete(b.Attributes, name)
		delete(b.Blocks, name)
		b.put(name, a.body[name], !a.replace)
	}
	return nil
}

func (a *addition) find(types map[string]*block) (*block, error) {
	name, rest, _ := strings.Cut(a.target, "/")
	b, ok := types[name]
	if !ok {
		if !a.create {
			return nil, fmt.Errorf("addition %s: no such type", a.target)
		}
		b = &block{}
		types[name] = b
	}
	for rest != "" {
		name, rest, _ = strings.Cut(rest, "/")
		nb, ok := b.Blocks[name]
		if !ok {
			return nil, fmt.Errorf("addition %s: no block %q", a.target, name)
		}
		if nb.Block == nil {
			nb.Block = &block{}
		}
		b = nb.Block
	}
	return b, nil
}

// put adds a copy, since the same member may be added to several types.
func (b *block) put(name string, member any, extra bool) {
	switch m := member.(type) {
	case *attribute:
		if b.Attributes == nil {
			b.Attributes = map[string]*attribute{}
		}
		c := *m
		c.extra = extra
		b.Attributes[name] = &c
	case *nestedBlock:
		if b.Blocks == nil {
			b.Blocks = map[string]*nestedBlock{}
		}
		c := *m
		c.extra = extra
		b.Blocks[name] = &c
	}
}

// The following make up the list of additions.

func optional(t any) *attribute { return &attribute{Type: t, Optional: true} }
func required(t any) *attribute { return &attribute{Type: t, Required: true} }
func computed(t any) *attribute { return &attribute{Type: t, Computed: true} }

func list(t any) any  { return []any{"list", t} }
func setOf(t any) any { return []any{"set", t} }
func mapOf(t any) any { return []any{"map", t} }

// one is a block that may occur once; its value is a list nevertheless, as in
// all blocks of the provider that are as old as these.
func one(content body) *nestedBlock {
	return &nestedBlock{Nesting: "list", MaxItems: 1, Block: content.block()}
}

// many is a block that may be repeated; nesting is "list" or "set".
func many(nesting string, content body) *nestedBlock {
	return &nestedBlock{Nesting: nesting, Block: content.block()}
}

// open is a block that may occur once and that may hold anything.
func open() *nestedBlock { return &nestedBlock{Nesting: "list", MaxItems: 1, open: true} }

func (c body) block() *block {
	b := &block{}
	for name, m := range c {
		b.put(name, m, false)
	}
	return b
}
