// Package examples holds the projects that the documentation speaks of; the panel's first run makes one of them.
package examples

import _ "embed"

// Comments is the project file of the comment service, CommentRecords records of its table comments, as NDJSON.
var (
	//go:embed comments/project.yaml
	Comments []byte
	//go:embed comments/records.ndjson
	CommentRecords []byte
)
