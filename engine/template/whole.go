package template

import "github.com/sayrud/sayrud/engine"

// Default gives the program of an endpoint without a template: for LIST {"items": […]} and, where paged, "page", "size", "total" and
// "next" as far as they exist; for the others the record.
func Default(kind engine.EndpointKind, record Record, paged bool) *Program { return nil }

// AppendRecord appends the default representation of row to dst.
func AppendRecord(dst []byte, record Record, row *Row) []byte { return dst }
