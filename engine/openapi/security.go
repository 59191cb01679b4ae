package openapi

import (
	"cmp"
	"strings"

	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
)

// security describes who may call an endpoint, as its steps auth and basic_auth say it; nil is everybody. The schemes it names become
// components.
func (d *document) security(p *plan.Plan) []object {
	for _, step := range p.Steps {
		var name string
		switch step.Name {
		case "auth":
			name = d.token(step.Settings)
		case "basic_auth":
			name = "basic"
			d.schemes[name] = object{"type": "http", "scheme": "basic"}
		default:
			continue
		}
		either := []object{{name: []string{}}}
		if string(step.Settings.Get("optional")) == "true" { // as a guest, too
			either = append(either, object{})
		}
		return either
	}
	return nil
}

// token describes where the step auth looks for a token.
func (d *document) token(settings raw.Value) string {
	header := cmp.Or(settingText(settings, "header"), "Authorization")
	if strings.EqualFold(header, "Authorization") {
		d.schemes["token"] = object{"type": "http", "scheme": "bearer", "description": "An API token of the project (sl_…), or a JWT where the project takes them."}
		return "token"
	}
	name := "token_" + strings.ToLower(strings.ReplaceAll(header, "-", "_"))
	d.schemes[name] = object{"type": "apiKey", "in": "header", "name": header}
	return name
}

func settingText(settings raw.Value, name string) string {
	text, _ := settings.Get(name).Text()
	return text
}
