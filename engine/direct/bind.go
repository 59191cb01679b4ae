package direct

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
)

// Bind checks the values given by name and puts them into env as the parameters of p. One refusal names all that are wrong.
func Bind(p *plan.Plan, env *template.Env, given map[string]raw.Value, lang value.Lang) error {
	var refused []engine.FieldError
	params := env.Params[:0]
	for _, param := range p.Params {
		v, wrong := param.JSON(given[param.Name], lang)
		if wrong != nil {
			refused = append(refused, *wrong)
		}
		params = append(params, v)
	}
	env.Params = params
	if refused != nil {
		return &engine.Error{Code: engine.Invalid, Fields: refused}
	}
	return nil
}
