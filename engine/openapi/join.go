package openapi

import (
	"maps"
	"slices"
	"strings"
)

// join makes one operation of two that are told apart by what the request holds.
func join(a, b object) object {
	o := maps.Clone(a)
	o["description"] = strings.TrimSpace(textOf(a["description"]) + "\n\nAlso " + textOf(b["operationId"]) + ", chosen by what the request holds.")
	if parameters := joinParameters(a["parameters"], b["parameters"]); parameters != nil {
		o["parameters"] = parameters
	}
	if body := joinBodies(a["requestBody"], b["requestBody"]); body != nil {
		o["requestBody"] = body
	}
	responses := object{}
	for _, answers := range []object{a["responses"].(object), b["responses"].(object)} {
		for at, answer := range answers {
			if known, both := responses[at].(object); both {
				answer = joinAnswers(known, answer.(object))
			}
			responses[at] = answer
		}
	}
	o["responses"] = responses
	return o
}

func textOf(v any) string {
	text, _ := v.(string)
	return text
}

// joinParameters gives the parameters of both; what only one of them has is not required.
func joinParameters(a, b any) []object {
	first, _ := a.([]object)
	second, _ := b.([]object)
	same := func(p object) func(object) bool {
		return func(q object) bool { return p["name"] == q["name"] && p["in"] == q["in"] }
	}
	var joined []object
	for _, list := range [2][2][]object{{first, second}, {second, first}} {
		for _, p := range list[0] {
			if slices.ContainsFunc(joined, same(p)) {
				continue
			}
			p = maps.Clone(p)
			i := slices.IndexFunc(list[1], same(p))
			if i < 0 && p["in"] != "path" || i >= 0 && list[1][i]["required"] != true {
				delete(p, "required")
			}
			if i >= 0 && p["schema"] != nil && list[1][i]["schema"] != nil {
				p["schema"] = anyOf(p["schema"].(object), list[1][i]["schema"].(object))
			}
			joined = append(joined, p)
		}
	}
	return joined
}

func joinBodies(a, b any) object {
	first, hasFirst := a.(object)
	second, hasSecond := b.(object)
	switch {
	case !hasFirst && !hasSecond:
		return nil
	case !hasFirst || !hasSecond:
		only := maps.Clone(first)
		if !hasFirst {
			only = maps.Clone(second)
		}
		only["required"] = false
		return only
	}
	return object{"required": first["required"] == true && second["required"] == true,
		"content": joinContent(first["content"].(object), second["content"].(object))}
}

func joinAnswers(a, b object) object {
	o := maps.Clone(a)
	first, hasFirst := a["content"].(object)
	second, hasSecond := b["content"].(object)
	switch {
	case hasFirst && hasSecond:
		o["content"] = joinContent(first, second)
	case hasSecond:
		o["content"] = second
	}
	if a["description"] != b["description"] {
		o["description"] = textOf(a["description"]) + " Or: " + textOf(b["description"])
	}
	return o
}

func joinContent(a, b object) object {
	joined := maps.Clone(a)
	for media, body := range b {
		if known, both := joined[media].(object); both {
			body = object{"schema": anyOf(known["schema"].(object), body.(object)["schema"].(object))}
		}
		joined[media] = body
	}
	return joined
}
