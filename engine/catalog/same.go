package catalog

import (
	"reflect"
	"slices"

	"github.com/sayrud/sayrud/engine"
)

// What is the same in memory is the same when stored; the slow comparison of stored forms settles the rest, such as an empty list
// against none. A change compares every object of its project, so the fast way matters.

// sameTable compares tables apart from their names and fields.
func sameTable(a, b *engine.Table) bool {
	if a == b {
		return true
	}
	if a.Label == b.Label && a.Help == b.Help && a.Kind == b.Kind && string(a.Crud) == string(b.Crud) && string(a.File) == string(b.File) &&
		slices.EqualFunc(a.Unique, b.Unique, slices.Equal[[]string]) && sameSteps(a.OnWrite, b.OnWrite) {
		return true
	}
	return string(tableText(a)) == string(tableText(b))
}

func sameSteps(a, b []engine.Step) bool {
	return slices.EqualFunc(a, b, func(x, y engine.Step) bool { return x.Name == y.Name && string(x.Settings) == string(y.Settings) })
}

// sameField compares names too.
func sameField(a, b *engine.Field) bool {
	return a == b || a.Name == b.Name && sameAttributes(a, b)
}

// sameAttributes compares what is stored of a field beside its name.
func sameAttributes(a, b *engine.Field) bool {
	if a.Type == b.Type && a.Unique == b.Unique && a.Index == b.Index && a.Hidden == b.Hidden && a.Constraint == b.Constraint && a.To == b.To &&
		a.Display == b.Display && a.OnDelete == b.OnDelete && a.Expression == b.Expression && a.Many == b.Many && a.MaxSize == b.MaxSize &&
		a.Public == b.Public && slices.Equal(a.Types, b.Types) && sameRules(&a.Rules, &b.Rules) {
		return true
	}
	return string(fieldText(a)) == string(fieldText(b))
}

func sameRules(a, b *engine.Rules) bool {
	return a.Label == b.Label && a.Help == b.Help && (a.Required == nil) == (b.Required == nil) && a.IsRequired() == b.IsRequired() &&
		a.Empty == b.Empty && string(a.Default) == string(b.Default) && string(a.Min) == string(b.Min) && string(a.Max) == string(b.Max) &&
		a.Pattern == b.Pattern && slices.Equal(a.Values, b.Values) && a.Integer == b.Integer && a.Message == b.Message
}

// sameEndpoint compares names too.
func sameEndpoint(a, b *engine.Endpoint) bool {
	return a == b || a.Name == b.Name && sameDefinition(a, b)
}

// sameDefinition compares what is stored of an endpoint beside its name.
func sameDefinition(a, b *engine.Endpoint) bool {
	x, y := *a, *b
	x.ID, x.Revision, x.Name, x.Was = y.ID, y.Revision, y.Name, y.Was
	return reflect.DeepEqual(&x, &y) || string(endpointText(a)) == string(endpointText(b))
}
