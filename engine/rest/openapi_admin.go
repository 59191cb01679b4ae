package rest

import (
	"reflect"
	"strings"

	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/openapi"
)

// AdminOpenAPI prints the OpenAPI document of the admin API, from which the panel's client has its types.
func AdminOpenAPI(version string) ([]byte, error) {
	return adminOpenAPI(new(Server).operations(), version)
}

// adminOpenAPI prints the admin API's document from its table of operations.
func adminOpenAPI(operations []operation, version string) ([]byte, error) {
	s := schemas{components: object{"Problem": openapi.Problem()}, types: map[string]reflect.Type{}}
	if err := s.addDefinitions(); err != nil {
		return nil, err
	}
	paths := object{}
	for _, op := range operations {
		item, found := paths[op.path].(object)
		if !found {
			item = object{}
			paths[op.path] = item
		}
		item[strings.ToLower(op.method)] = s.operation(&op)
	}
	return rawOf(object{
		"openapi": openapi.Version,
		"info": object{"title": "Sayrud admin API", "version": version, "description": "Everything the panel does. Programs send an API token as " +
			"Authorization: Bearer sl_…; the panel a session cookie and, with unsafe methods, the header " + middleware.CSRFHeader + ": 1."},
		"servers":    []object{{"url": "/_/api"}},
		"paths":      paths,
		"components": object{"schemas": s.components, "securitySchemes": securitySchemes()},
		"security":   []object{{"token": []string{}}, {"session": []string{}}},
	})
}

func securitySchemes() object {
	return object{
		"token":   object{"type": "http", "scheme": "bearer", "description": "An API token, sl_…"},
		"session": object{"type": "apiKey", "in": "cookie", "name": "__Host-sayrud", "description": "The panel's session; sayrud_session without TLS."},
	}
}

func (s *schemas) operation(op *operation) object {
	o := object{"summary": op.summary, "operationId": operationID(op), "responses": s.responses(op)}
	if op.access.public {
		o["security"] = []object{}
	}
	if op.access.role != "" {
		o["x-role"] = op.access.role
	}
	if op.access.scope != "" {
		o["x-scope"] = op.access.scope
	}
	parameters := pathParameters(op.path)
	in := op.shape.in
	if in != nil && in.Kind() == reflect.Struct {
		parameters = append(parameters, s.queryParameters(in)...)
	}
	if len(parameters) > 0 {
		o["parameters"] = parameters
	}
	if in != nil && hasBody(in) && in != reflect.TypeFor[none]() {
		o["requestBody"] = object{"required": true, "content": jsonContent(s.input(in))}
	}
	if op.body != "" {
		o["requestBody"] = object{"required": true, "content": object{op.body: object{"schema": object{"type": "string", "format": "binary"}}}}
	}
	return o
}

// operationID makes "post_projects_project_tables" of a method and path.
func operationID(op *operation) string {
	path := strings.NewReplacer("/", "_", "{", "", "}", "", ".", "_", "-", "_").Replace(op.path)
	return strings.ToLower(op.method) + path
}

func pathParameters(path string) []object {
	var list []object
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			list = append(list, object{"name": strings.TrimSuffix(name, "}"), "in": "path", "required": true, "schema": object{"type": "string"}})
		}
	}
	return list
}

func (s *schemas) queryParameters(in reflect.Type) []object {
	var list []object
	for _, f := range inputs(in) {
		if name := f.Tag.Get("query"); name != "" {
			p := object{"name": name, "in": "query"}
			switch {
			case f.Type == rawType: // JSON in the query
				p["content"] = jsonContent(object{})
			case f.Type.Kind() == reflect.Slice:
				p["schema"], p["style"], p["explode"] = object{"type": "array", "items": object{"type": "string"}}, "form", false
			default:
				p["schema"] = s.of(plainType(f.Type))
			}
			if doc := f.Tag.Get("doc"); doc != "" {
				p["description"] = doc
			}
			list = append(list, p)
		}
	}
	return list
}

func (s *schemas) responses(op *operation) object {
	responses := object{"default": problemAnswer("What was refused and why.")}
	switch out := op.shape.out; {
	case out == reflect.TypeFor[none]():
		responses["204"] = object{"description": "Done."}
	case out == reflect.TypeFor[stream]():
		responses["200"] = object{"description": "Server-sent events, until the session ends.", "content": object{"text/event-stream": object{}}}
	case out == reflect.TypeFor[download]() || out == reflect.TypeFor[outflow]() || out == nil:
		responses["200"] = object{"description": "The file."}
	default:
		status := "200"
		if op.status == 201 {
			status = "201"
		}
		responses[status] = object{"description": "Done.", "content": jsonContent(s.of(out))}
	}
	return responses
}

// plainType gives what a pointer leads to: a parameter that is left out is not there, never null.
func plainType(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}
