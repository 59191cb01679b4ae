package script

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dop251/goja"
	"github.com/dop251/goja/file"

	"github.com/sayrud/sayrud/engine/raw"
)

// interpret evaluates the program in a goja runtime of its own, so that nothing is shared between evaluations. The runtime is
// interrupted when its time is up; giveUp ends what does not heed that.
func (c *compiled) interpret(inputs []raw.Value, shared *Shared, frame allowance, giveUp func()) (result raw.Value, err error) {
	rt := goja.New()
	rt.SetMaxCallStackSize(maxCallStack)
	rt.SetTimeSource(func() time.Time { return shared.Now })
	in := &interpreter{rt: rt, shared: shared, frame: frame}
	alarm := setAlarm(rt, frame, giveUp)
	defer alarm.stop()
	defer func() {
		if p := recover(); p != nil {
			result, err = nil, in.fault(p)
		}
	}()
	value, err := c.call(in, inputs)
	if err != nil {
		return nil, in.fault(err)
	}
	// Getters and toJSON run while the result is read, so the alarm stays set.
	if ex := rt.Try(func() { result, err = in.result(value) }); ex != nil {
		return nil, in.fault(ex)
	}
	if err != nil {
		return nil, err
	}
	if alarm.rang.Load() {
		return nil, ErrTime // what swallows the interrupt, as a regular expression does, must not pass as an answer
	}
	return result, nil
}

func (c *compiled) call(in *interpreter, inputs []raw.Value) (goja.Value, error) {
	made, err := in.rt.RunProgram(c.function)
	if err != nil {
		return nil, err
	}
	function, ok := goja.AssertFunction(made)
	if !ok {
		return nil, errFrame
	}
	args := make([]goja.Value, 0, len(inputs)+len(c.helpers))
	for _, v := range inputs {
		args = append(args, in.input(v))
	}
	for _, name := range c.helpers {
		args = append(args, in.helper(name))
	}
	return function(goja.Undefined(), args...)
}

type interpreter struct {
	rt     *goja.Runtime
	shared *Shared
	frame  allowance
}

// fault makes an error of what goja raised.
func (in *interpreter) fault(raised any) error {
	err, ok := raised.(error)
	if !ok {
		return errorf("%v", raised)
	}
	var interrupted *goja.InterruptedError
	if errors.As(err, &interrupted) {
		return ErrTime
	}
	var overflow *goja.StackOverflowError
	if errors.As(err, &overflow) {
		return errorf("the script calls itself more than %d levels deep", maxCallStack)
	}
	var bound *BoundError
	if errors.As(err, &bound) {
		return bound
	}
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	var exception *goja.Exception
	if !errors.As(err, &exception) {
		return errorf("%v", err)
	}
	e := &Error{Message: exceptionText(exception)}
	for _, frame := range exception.Stack() {
		if p := frame.Position(); p.Line > 0 {
			e.place(p)
			break
		}
	}
	return e
}

// place notes a position of the wrapped text, whose first line is the wrapper's.
func (e *Error) place(p file.Position) {
	if p.Line > 1 {
		e.Line, e.Column = p.Line-1, p.Column
	}
}

func exceptionText(ex *goja.Exception) string {
	value := ex.Value()
	if value == nil {
		return "the script failed"
	}
	if object, ok := value.(*goja.Object); ok {
		if object.ClassName() != "Error" {
			return "the script threw an object"
		}
		name, message := dataText(object, "name"), dataText(object, "message")
		return strings.TrimPrefix(fmt.Sprintf("%s: %s", name, message), ": ")
	}
	if _, symbol := value.(*goja.Symbol); symbol {
		return "the script threw a symbol"
	}
	return value.String()
}

// dataText gives a property that is a plain text; a getter or an object is not asked.
func dataText(object *goja.Object, name string) string {
	s, ok := object.Get(name).(goja.String)
	if !ok {
		return ""
	}
	return s.String()
}

// helper makes a function of JavaScript out of a helper.
func (in *interpreter) helper(name string) goja.Value {
	h := helpers[name]
	return in.rt.ToValue(func(call goja.FunctionCall) goja.Value {
		args := make([]value, len(call.Arguments))
		for i, a := range call.Arguments {
			args[i] = in.fromJS(a)
		}
		r := &run{fuel: workerFuel, shared: in.shared, worker: true}
		v, err := h(r, args)
		if err != nil {
			panic(in.raise(err))
		}
		return in.toJS(v)
	})
}

// raise makes an exception of a helper's error, which scripts can catch.
func (in *interpreter) raise(err error) *goja.Object {
	var own *Error
	message := "the arguments are too large"
	if errors.As(err, &own) {
		message = own.Message
	}
	object, err := in.rt.New(in.rt.Get("Error"), in.rt.ToValue(message))
	if err != nil {
		panic(err)
	}
	return object
}

// fromJS gives an argument as a helper takes it; arrays and objects as their JSON.
func (in *interpreter) fromJS(v goja.Value) value {
	switch {
	case v == nil || goja.IsUndefined(v):
		return undefinedValue
	case goja.IsNull(v):
		return nullValue
	}
	switch v := v.(type) {
	case goja.String:
		return textValue([]byte(v.String()))
	case *goja.Object:
		json, err := in.result(v)
		if err != nil {
			panic(in.raise(err))
		}
		return rawValue(json)
	}
	switch x := v.Export().(type) {
	case bool:
		return boolValue(x)
	case int64:
		return numberValue(float64(x))
	case float64:
		return numberValue(x)
	}
	panic(in.rt.NewTypeError("a symbol or BigInt is no argument here"))
}

func (in *interpreter) toJS(v value) goja.Value {
	switch v.kind {
	case null:
		return goja.Null()
	case boolean:
		return in.rt.ToValue(v.num != 0)
	case number:
		return in.rt.ToValue(v.num)
	case text:
		return in.rt.ToValue(string(v.data))
	}
	return goja.Undefined()
}
