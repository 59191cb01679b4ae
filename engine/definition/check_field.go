package definition

import (
	"slices"

	"github.com/sayrud/sayrud/engine"
)

const (
	tText, tNumber, tBoolean = engine.TypeText, engine.TypeNumber, engine.TypeBoolean
	tDatetime, tDate, tEnum  = engine.TypeDatetime, engine.TypeDate, engine.TypeEnum
	tJSON, tEmail, tURL      = engine.TypeJSON, engine.TypeEmail, engine.TypeURL
	tAutonumber, tFile       = engine.TypeAutonumber, engine.TypeFile
	tReference, tReferences  = engine.TypeReference, engine.TypeReferences
	tGenerated, tInteger     = engine.TypeGenerated, engine.TypeInteger
)

// attributeTypes says which types an attribute fits. What is not listed fits all.
var attributeTypes = map[string][]engine.FieldType{
	"values":     {tText, tEnum, tEmail, tURL},
	"min":        {tText, tEmail, tURL, tNumber, tInteger, tDate, tDatetime, tFile},
	"max":        {tText, tEmail, tURL, tNumber, tInteger, tDate, tDatetime, tFile},
	"pattern":    {tText, tEmail, tURL},
	"integer":    {tNumber},
	"empty":      {tText},
	"default":    {tText, tNumber, tInteger, tBoolean, tDatetime, tDate, tEnum, tJSON, tEmail, tURL, tReference, tReferences},
	"required":   {tText, tNumber, tInteger, tBoolean, tDatetime, tDate, tEnum, tJSON, tEmail, tURL, tReference, tReferences, tFile},
	"unique":     {tText, tNumber, tBoolean, tDatetime, tDate, tEnum, tEmail, tURL, tReference, tGenerated},
	"index":      {tText, tNumber, tBoolean, tDatetime, tDate, tEnum, tEmail, tURL, tReference, tAutonumber, tGenerated},
	"constraint": {tText, tNumber, tBoolean, tDatetime, tDate, tEnum, tJSON, tEmail, tURL, tReference, tReferences, tFile},
	"message":    {tText, tNumber, tInteger, tBoolean, tDatetime, tDate, tEnum, tJSON, tEmail, tURL, tReference, tReferences, tFile},
	"to":         {tReference, tReferences},
	"display":    {tReference},
	"on_delete":  {tReference},
	"expression": {tGenerated},
	"many":       {tFile},
	"types":      {tFile},
	"max_size":   {tFile},
	"public":     {tFile},
	"trim":       {tText, tEmail, tURL, tEnum},
	"split":      {tText, tNumber, tInteger, tBoolean, tDatetime, tDate, tEnum, tEmail, tURL, tReference, tReferences},
	"list":       {tText, tNumber, tInteger, tBoolean, tDatetime, tDate, tEnum, tEmail, tURL, tReference, tReferences},
}

// attributeAdvice says what to do about an attribute that does not fit, where there is something to say.
var attributeAdvice = map[string]string{
	"integer": "type: number", "to": "type: reference", "display": "type: reference", "on_delete": "type: reference", "expression": "type: generated",
	"many": "type: file", "types": "type: file", "max_size": "type: file", "values": "type: enum",
}

func attributeFits(name string, t engine.FieldType) bool {
	types, limited := attributeTypes[name]
	return !limited || slices.Contains(types, t)
}

// attributes refuses those that are set and do not fit the type.
func (c *checker) attributes(at site, t engine.FieldType, set []attribute) {
	for _, a := range set {
		if a.set && !attributeFits(a.name, t) {
			at.in(a.name).refuseName(attributeAdvice[a.name], "%q does not fit the type %s", a.name, t)
		}
	}
}

// An attribute is one that a definition may set.
type attribute struct {
	name string
	set  bool
}

func ruleAttributes(r *engine.Rules) []attribute {
	return []attribute{{"required", r.IsRequired()}, {"empty", r.Empty}, {"default", r.Default != nil}, {"min", r.Min != nil}, {"max", r.Max != nil},
		{"pattern", r.Pattern != ""}, {"values", r.Values != nil}, {"integer", r.Integer}, {"message", r.Message != ""}}
}

func (c *checker) field(at site, t *engine.Table, f *engine.Field) {
	if !slices.Contains(writtenFieldTypes, f.Type) {
		at.in("type").refuse("", "unknown type %q", f.Type)
		return
	}
	c.attributes(at, f.Type, append(ruleAttributes(&f.Rules), attribute{"unique", f.Unique}, attribute{"index", f.Index},
		attribute{"constraint", f.Constraint != ""}, attribute{"to", f.To != ""}, attribute{"display", f.Display != ""}, attribute{"on_delete", f.OnDelete != ""},
		attribute{"expression", f.Expression != ""}, attribute{"many", f.Many}, attribute{"types", f.Types != nil}, attribute{"max_size", f.MaxSize != 0},
		attribute{"public", f.Public}))
	c.rules(at, f.Type, &f.Rules)
	switch f.Type {
	case tEnum:
		if len(f.Values) == 0 {
			at.refuse("values: [waiting, approved]", "an enum wants its values")
		}
	case tGenerated:
		if f.Expression == "" {
			at.refuse(`expression: "lower(trim(email))"`, "a generated field wants its expression")
		}
	case tReference, tReferences:
		c.reference(at, t, f)
	}
	if t.Kind == engine.KindFiles {
		c.fileField(at, f)
	}
}

func (c *checker) reference(at site, t *engine.Table, f *engine.Field) {
	if f.To == "" {
		at.refuse("to: "+orElse(t.Name, "table"), "a reference wants the table it refers to")
		return
	}
	if f.OnDelete == engine.SetNull && f.IsRequired() {
		at.in("on_delete").refuse("cascade or restrict", "set_null would empty a field that is required")
	}
	to := c.tableNamed(at.in("to"), f.To)
	if to == nil || f.Display == "" {
		return
	}
	shown := c.fieldNamed(at.in("display"), to, f.Display)
	switch {
	case shown == nil:
	case shown.Hidden:
		at.in("display").refuse("show another field", "%s.%s is hidden", to.Name, shown.Name)
	case shown.Type == tJSON || shown.Type == tReferences || shown.Type == tFile:
		at.in("display").refuse("show a field of texts or numbers", "%s.%s is %s", to.Name, shown.Name, typeWord(shown.Type))
	}
}

// fileField holds what a table of files refuses: files are made by programs that know of no fields.
func (c *checker) fileField(at site, f *engine.Field) {
	if f.IsRequired() && f.Default == nil {
		at.in("required").refuseName("give it a default", "a table of files cannot require a field")
	}
	if f.Unique {
		at.in("unique").refuseName("", "a table of files cannot have unique fields")
	}
	if (f.Type == tReference || f.Type == tReferences) && f.To == at.path[1] {
		at.in("to").refuse("", "a table of files cannot refer to itself")
	}
}
