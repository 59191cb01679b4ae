package record

import (
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
)

// A precondition is what If-Match and If-None-Match want of the record that a write would change (RFC 9110 sections 13.1.1 and
// 13.1.2). An ETag is "<version>-<hash>", of which the version alone counts.
type precondition struct {
	versions versions // one of them is the record's; nil: any will do
	there    bool     // a record must be there
	absent   bool     // no record may be there
}

// versions are record versions in digits.
type versions []string

func (v versions) allow(version string) bool { return v == nil || slices.Contains(v, version) }

// array gives the literal of a bigint[].
func (v versions) array() []byte { return []byte("{" + strings.Join(v, ",") + "}") }

// precondition reads the headers. It refuses tags of which none can be a record's.
func (r *run) precondition() (p precondition, err error) {
	if r.env.Request == nil {
		return p, nil
	}
	header := func(name string) string {
		text, _ := r.env.Request.Value([]string{"headers", name}).Text()
		return text
	}
	whatever := false
	for tag := range engine.ETags(header("if-match")) {
		p.there = true
		if whatever = whatever || tag == "*"; whatever {
			p.versions = nil
		} else if v := versionOf(tag); v != "" {
			p.versions = append(p.versions, v)
		}
	}
	if p.there && !whatever && p.versions == nil {
		return p, r.sentence(engine.Precondition, "precondition")
	}
	for tag := range engine.ETags(header("if-none-match")) {
		p.absent = p.absent || tag == "*"
	}
	return p, nil
}

// versionOf gives the version in a tag, or "" where it is none of ours.
func versionOf(tag string) string {
	n := 0
	for n < len(tag) && tag[n] >= '0' && tag[n] <= '9' {
		n++
	}
	if n == 0 || n > 18 || n < len(tag) && tag[n] != '-' {
		return ""
	}
	return tag[:n]
}
