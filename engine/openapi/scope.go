package openapi

import (
	"maps"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
)

// A scope tells what the names of a template stand for.
type scope struct {
	document *document
	names    map[string]node // with the dollar sign
}

// with gives the scope inside which name stands for n.
func (s *scope) with(name string, n node) *scope {
	inner := &scope{document: s.document, names: maps.Clone(s.names)}
	inner.names[name] = n
	return inner
}

// path gives what a path without its dollar sign leads to.
func (s *scope) path(text string) node {
	names := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".[] ", r) })
	if len(names) == 0 {
		return plain(object{})
	}
	if len(names) > 1 { // $sources.x is a node of its own
		if n, known := s.names["$"+names[0]+"."+names[1]]; known {
			return n.at(s.document, names[2:])
		}
	}
	n, known := s.names["$"+names[0]]
	if !known {
		return plain(object{})
	}
	return n.at(s.document, names[1:])
}

// scopeOf gives what the response template of a plan sees.
func (d *document) scopeOf(p *plan.Plan) *scope {
	ep := p.Endpoint
	paged, counted := typed("integer"), typed("null")
	if ep.Page != nil && ep.Page.Total {
		counted = paged
	}
	s := &scope{document: d, names: map[string]node{
		"$request": plain(requestSchema()), "$params": plain(d.paramsSchema(p)), "$auth": plain(authSchema()),
		"$total": plain(counted), "$page": plain(paged), "$pages": plain(counted), "$size": plain(paged), "$next": plain(nullable(typed("string"))),
		"$index": plain(typed("integer")),
	}}
	if p.Table != nil {
		one := node{table: p.Table.Def, include: ep.Include, reveal: ep.Reveal}
		if len(ep.Group) > 0 || ep.Aggregate.Len() > 0 {
			one = plain(d.aggregates(p.Table.Def, ep.Group, ep.Aggregate))
		}
		s.names["$record"] = one
		s.names["$records"] = listOf(one)
	}
	sources := object{}
	for name, source := range ep.Sources.All() {
		n := d.source(source)
		sources[name] = n.schema(d)
		s.names["$sources."+name] = n
	}
	s.names["$sources"] = plain(object{"type": "object", "properties": sources})
	return s
}

func listOf(n node) node {
	if n.table == nil {
		return plain(array(n.known))
	}
	n.list = true
	return n
}

func (d *document) source(source *engine.Source) node {
	t, found := d.project.Tables.Get(source.Table)
	switch {
	case !found:
		return plain(object{})
	case len(source.Group) > 0:
		return plain(array(d.aggregates(t, source.Group, source.Aggregate)))
	case source.Aggregate.Len() > 0:
		return plain(d.aggregates(t, nil, source.Aggregate))
	}
	return node{table: t, list: true, include: source.Include}
}

// errorScope gives what the template of errors sees.
func (d *document) errorScope(p *plan.Plan) *scope {
	text := typed("string")
	item := object{"type": "object", "required": []string{"param", "label", "code", "message"}, "properties": object{
		"param": text, "label": text, "code": text, "message": text}}
	failure := object{"type": "object", "required": []string{"code", "status", "message", "errors"}, "properties": object{
		"code": text, "status": typed("integer"), "message": text, "errors": array(item)}}
	return &scope{document: d, names: map[string]node{"$error": plain(failure), "$request": plain(requestSchema()),
		"$params": plain(d.paramsSchema(p)), "$auth": plain(authSchema()), "$index": plain(typed("integer"))}}
}

// paramsSchema describes $params: what is not required may be null.
func (d *document) paramsSchema(p *plan.Plan) object {
	properties := object{}
	for _, param := range p.Params {
		s := inputSchema(param)
		if !isRequired(p, param) && param.Default == nil {
			s = nullable(s)
		}
		properties[param.Name] = s
	}
	return object{"type": "object", "properties": properties}
}

func requestSchema() object {
	text, open := typed("string"), object{}
	return object{"type": "object", "properties": object{"method": text, "path": text, "ip": text, "origin": nullable(text),
		"headers": open, "query": open, "params": open, "body": open}}
}

func authSchema() object {
	text := nullable(typed("string"))
	return nullable(object{"type": "object", "properties": object{"kind": text, "id": text, "email": text,
		"roles": array(typed("string")), "claims": object{}}})
}
