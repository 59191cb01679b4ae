package definition

import "github.com/sayrud/sayrud/engine"

func projectShape() *shape {
	return &shape{kind: objectValue, doc: "a Sayrud project", keys: []key{
		{name: "project", shape: text(), doc: "its name: endpoints are under /api/<name>/, SQL views in the schema p_<name>", required: true},
		{name: "timezone", shape: text(), doc: "IANA name, for date functions and inputs without offset; UTC where absent"},
		{name: "language", shape: only("en", "zh-CN", "auto"), doc: "of error sentences; auto follows Accept-Language"},
		{name: "public", shape: boolean(), doc: "anybody can read openapi.json and its page"},
		{name: "defaults", shape: &shape{kind: objectValue, keys: []key{
			{name: "middlewares", shape: stepsShape(), doc: "of endpoints that say nothing"},
			{name: "errors", shape: responseShape(), doc: "of endpoints that say nothing, and of 404, 405, bad JSON"},
		}}, doc: "for every endpoint that does not say otherwise"},
		{name: "tables", shape: &shape{kind: mapValue, item: tableShape}, doc: "by name"},
		{name: "endpoints", shape: &shape{kind: mapValue, item: endpointShape}, doc: "by name"},
	}, others: map[string]string{"name": "project", "table": "tables", "collections": "tables", "routes": "endpoints", "endpoint": "endpoints",
		"middlewares": "defaults: {middlewares: […]}", "errors": "defaults: {errors: …}", "tz": "timezone", "lang": "language"}}
}

func paramShape() *shape {
	kinds := only(writtenParamTypes...)
	kinds.hints = map[string]string{"integer": "integer"}
	for wrong, right := range otherTypes {
		kinds.hints[wrong] = right
	}
	kinds.hints["int"], kinds.hints["bigint"], kinds.hints["long"] = "integer", "integer", "integer"
	for _, wrong := range []string{"reference", "relation", "ref", "foreign", "pointer"} {
		kinds.hints[wrong] = "text, or leave the type out: a parameter with a field's name inherits it"
	}
	kinds.hints["array"], kinds.hints["list"] = "the type of an item with list: true", "the type of an item with list: true"
	keys := []key{
		{name: "in", shape: &shape{kind: textValue, values: []string{"path", "query", "body", "header", "cookie"},
			hints: map[string]string{"headers": "header", "cookies": "cookie", "form": "body", "json": "body", "params": "path", "url": "query"}},
			doc: "where it comes from: by default the path if it is in the route, the query for GET and DELETE, else the body"},
		{name: "as", shape: text(), doc: "its name in the request, where it is another one: data.title and search[value] lead into a JSON body, $ is the whole body"},
		{name: "type", shape: kinds, doc: "what it is; a parameter with a field's name inherits type, label and rules"},
	}
	keys = append(keys, rules()...)
	keys = append(keys,
		key{name: "trim", shape: boolean(), doc: "surrounding white space goes away before any rule"},
		key{name: "split", shape: text(), doc: "one text becomes a list"},
		key{name: "list", shape: boolean(), doc: "repeated keys, or a JSON array"},
		key{name: "by", shape: text(), doc: "of a parameter with a reference's name: id, or the unique field by which it names the record"},
		key{name: "format", shape: only(engine.FormatEpoch, engine.FormatEpochMillis), doc: "of a datetime: what its numbers count since 1970, seconds or milliseconds"},
	)
	return &shape{kind: objectValue, doc: "a parameter", keys: keys, others: otherRules, nullable: true, hint: "{in: query, type: text}"}
}

func filterShape() *shape { return &shape{kind: filterValue} }
func sortShape() *shape   { return &shape{kind: sortValue} }

func includeShape() *shape {
	return &shape{kind: objectValue, doc: "a list joined to each record", keys: []key{
		{name: "table", shape: text(), doc: "whose records are joined", required: true},
		{name: "by", shape: &shape{kind: mapValue, item: text, hint: "by: {parent: uid}"}, doc: "field of the included table: field of the outer record", required: true},
		{name: "filter", shape: filterShape(), doc: "which of them"},
		{name: "sort", shape: sortShape(), doc: "in which order"},
		{name: "limit", shape: whole(1, 1000), doc: "for each outer record; 20 where absent"},
		{name: "include", shape: named(includeShape), doc: "lists joined to each of them"},
	}}
}

func aggregateShape() *shape {
	return named(func() *shape {
		return either(&shape{kind: textValue, values: []string{"count"}}, &shape{kind: mapValue, item: text, hint: "{max: created_at}"})
	})
}

func sourceShape() *shape {
	return &shape{kind: objectValue, doc: "a further named result", keys: []key{
		{name: "table", shape: text(), doc: "whose records", required: true},
		{name: "filter", shape: filterShape(), doc: "which of them"},
		{name: "sort", shape: sortShape(), doc: "in which order"},
		{name: "limit", shape: whole(1, 1000), doc: "how many; 100 where absent"},
		{name: "group", shape: list(text()), doc: "fields whose values make a group"},
		{name: "aggregate", shape: aggregateShape(), doc: "name: count, or {max: field}"},
		{name: "keys", shape: &shape{kind: mapValue, item: slot, hint: "keys: {uid: $params.ids}"}, doc: "one field: the values to answer for, in their order; a group that is missing counts 0, a record that is missing is left out"},
		{name: "include", shape: named(includeShape), doc: "lists joined to each of them"},
	}}
}

func guardShape() *shape {
	query := func(further ...key) *shape {
		return &shape{kind: objectValue, keys: append([]key{
			{name: "table", shape: text(), doc: "where it looks", required: true},
			{name: "filter", shape: filterShape(), doc: "for what"},
		}, further...)}
	}
	return &shape{kind: objectValue, doc: "refuses a request", others: map[string]string{"exist": "exists", "not_exist": "not_exists", "if": "when", "error": "message"}, keys: []key{
		{name: "exists", shape: query(), doc: "refuses where there is such a record"},
		{name: "not_exists", shape: query(), doc: "refuses where there is none"},
		{name: "count", shape: query(key{name: "over", shape: slot(), doc: "refuses above it", required: true}), doc: "refuses where there are too many"},
		{name: "when", shape: slot(), doc: "refuses where it is true"},
		{name: "lock", shape: slot(), doc: "requests with the same value wait for one another"},
		{name: "status", shape: whole(400, 599), doc: "422 where absent"},
		{name: "message", shape: text(), doc: "the sentence; a slot"},
	}}
}

func responseShape() *shape {
	return &shape{kind: objectValue, doc: "a template: JSON by example", hint: "{body: …}", others: map[string]string{"header": "headers", "content_type": "type",
		"content-type": "type", "code": "status", "json": "body", "data": "body", "template": "body"}, keys: []key{
		{name: "status", shape: slot(), doc: "HTTP status; a slot"},
		{name: "headers", shape: slots(), doc: "slots"},
		{name: "type", shape: text(), doc: "content type of a body that is text"},
		{name: "nulls", shape: only("drop"), doc: "drop leaves out members that are null"},
		{name: "body", shape: &shape{kind: anyValue}, doc: "any JSON; its texts may be expressions"},
	}}
}

func pageShape() *shape {
	return &shape{kind: objectValue, hint: "{number: $params.page, size: $params.size}", others: map[string]string{"page": "number", "per_page": "size", "count": "total"}, keys: []key{
		{name: "number", shape: slot(), doc: "of the page, from 1"},
		{name: "size", shape: slot(), doc: "records a page, at most 1,000"},
		{name: "offset", shape: slot(), doc: "records skipped"},
		{name: "limit", shape: slot(), doc: "records, at most 1,000"},
		{name: "cursor", shape: slot(), doc: "$next of the page before"},
		{name: "total", shape: boolean(), doc: "also count all matches"},
	}}
}

func endpointShape() *shape {
	return &shape{kind: objectValue, doc: "an endpoint", hint: "{route: GET /path}", others: map[string]string{"path": "route", "url": "route", "method": "route", "type": "kind",
		"action": "kind", "where": "filter", "filters": "filter", "order": "sort", "order_by": "sort", "orderBy": "sort", "paging": "page", "pagination": "page",
		"parameters": "params", "middleware": "middlewares", "use": "middlewares", "body": "response: {body: …}", "template": "response: {body: …}",
		"includes": "include", "expand": "include", "data": "set", "values": "set", "guard": "guards", "description": "help", "title": "label", "error": "errors",
		"from": "table", "disabled": "enabled: false", "auth": "middlewares: [{auth: {}}, main]", "groupBy": "group", "group_by": "group"}, keys: []key{
		{name: "was", shape: &shape{kind: nameText}, doc: "the former name"},
		{name: "label", shape: text(), doc: "what people call it"},
		{name: "help", shape: text(), doc: "what it is for; part of the OpenAPI document"},
		{name: "kind", shape: &shape{kind: textValue, values: kinds, hints: map[string]string{"GET": "VIEW or LIST", "READ": "VIEW or LIST", "SELECT": "LIST", "INSERT": "CREATE",
			"POST": "CREATE", "PUT": "UPDATE", "PATCH": "UPDATE", "REMOVE": "DELETE", "UPSERT": "CREATE with upsert", "FIND": "LIST", "ALL": "LIST"}}, doc: "what main does; without table and kind nothing"},
		{name: "route", shape: &shape{kind: routeText, hint: "GET /path"}, doc: "method and path; {name} is a path parameter", required: true},
		{name: "match", shape: named(slot), doc: "also chosen by query.x, header.x or body.x: a value, a list, \"*\" present, \"\" absent or empty"},
		{name: "table", shape: text(), doc: "whose records"},
		{name: "params", shape: &shape{kind: mapValue, item: paramShape, hint: "params: {page: {in: query, type: integer}}"}, doc: "inputs; what is not declared is ignored"},
		{name: "filter", shape: filterShape(), doc: "which records"},
		{name: "narrow", shape: &shape{kind: objectValue, hint: "{by: $params.filter, allow: [title, status]}", keys: []key{
			{name: "by", shape: slot(), doc: "the filter of a request: a text such as status = 'open' && likes > 3, or an object in the shorthand of filters", required: true},
			{name: "allow", shape: list(either(text(), &shape{kind: mapValue, item: text, hint: "{created: created_at}"})), doc: "fields it may name, or {name: field}", required: true},
		}}, doc: "LIST: a request filters further, by the fields that are allowed"},
		{name: "sort", shape: sortShape(), doc: "[-created_at], or {by: slot, allow: {name: keys}}, or {by: slot, allow: [fields in both directions]}"},
		{name: "page", shape: pageShape(), doc: "LIST: by number and size, offset and limit, or cursor and size"},
		{name: "include", shape: named(includeShape), doc: "lists joined to each record"},
		{name: "sources", shape: named(sourceShape), doc: "further named results"},
		{name: "group", shape: list(text()), doc: "LIST: fields whose values make a group"},
		{name: "aggregate", shape: aggregateShape(), doc: "LIST: name: count, or {max: field}"},
		{name: "keys", shape: &shape{kind: mapValue, item: slot, hint: "keys: {uid: $params.ids}"}, doc: "LIST: one field: the values to answer for, in their order; a group that is missing counts 0, a record that is missing is left out"},
		{name: "set", shape: &shape{kind: mapValue, item: slot, hint: "set: {likes: {increment: 1}}"}, doc: "CREATE, UPDATE: field: a slot, or {increment}, {append}, {remove}"},
		{name: "upsert", shape: &shape{kind: objectValue, hint: "{key: [path]}", keys: []key{
			{name: "key", shape: &shape{kind: listValue, item: text, nonEmpty: true}, doc: "fields that are unique together", required: true},
			{name: "set", shape: slots(), doc: "replaces set where the record exists"},
		}}, doc: "CREATE: changes the record that has the same key"},
		{name: "limit", shape: whole(1, 10000), doc: "UPDATE, DELETE: most records changed; 1 where absent"},
		{name: "bulk", shape: either(whole(1, 10000), &shape{kind: objectValue, hint: "{max: 100, as: items}", keys: []key{
			{name: "max", shape: whole(1, 10000), doc: "most items", required: true},
			{name: "as", shape: text(), doc: "the member of the body that is the list; the body itself where absent"},
		}}), doc: "CREATE: the body may be a list of this many records, all or none"},
		{name: "guards", shape: list(guardShape()), doc: "refuse by what is in the database or by an expression"},
		{name: "reveal", shape: list(text()), doc: "hidden fields that this endpoint may show"},
		{name: "middlewares", shape: stepsShape(), doc: "the onion, main exactly once"},
		{name: "response", shape: responseShape(), doc: "the answer"},
		{name: "errors", shape: responseShape(), doc: "the answer to what is refused"},
		{name: "enabled", shape: boolean(), doc: "false takes it off the air"},
	}}
}

var kinds = []string{string(engine.List), string(engine.View), string(engine.Create), string(engine.Update), string(engine.Delete)}
