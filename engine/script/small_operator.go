package script

import (
	"math"

	"github.com/dop251/goja/token"
)

var unaryOperators = map[token.Token]func(v value) (value, error){
	token.NOT: func(v value) (value, error) { return boolValue(!v.truthy()), nil },
	token.MINUS: func(v value) (value, error) {
		f, err := v.toNumber()
		return numberValue(-f), err
	},
	token.PLUS: func(v value) (value, error) {
		f, err := v.toNumber()
		return numberValue(f), err
	},
	token.BITWISE_NOT: func(v value) (value, error) {
		i, err := v.toInt32()
		return numberValue(float64(^i)), err
	},
	token.VOID:   func(value) (value, error) { return undefinedValue, nil },
	token.TYPEOF: func(v value) (value, error) { return textValue([]byte(typeNames[v.kind])), nil },
}

var typeNames = [...]string{
	undefined: "undefined", null: "object", boolean: "boolean", number: "number", text: "string", data: "object", list: "object",
	object: "object",
}

type binaryOperator func(r *run, a, b value) (value, error)

var binaryOperators = map[token.Token]binaryOperator{
	token.PLUS:                 add,
	token.MINUS:                arithmetic(func(a, b float64) float64 { return a - b }),
	token.MULTIPLY:             arithmetic(func(a, b float64) float64 { return a * b }),
	token.SLASH:                arithmetic(func(a, b float64) float64 { return a / b }),
	token.REMAINDER:            arithmetic(math.Mod),
	token.AND:                  bitwise(func(a, b int32) float64 { return float64(a & b) }),
	token.OR:                   bitwise(func(a, b int32) float64 { return float64(a | b) }),
	token.EXCLUSIVE_OR:         bitwise(func(a, b int32) float64 { return float64(a ^ b) }),
	token.SHIFT_LEFT:           bitwise(func(a, b int32) float64 { return float64(a << (uint32(b) & 31)) }),
	token.SHIFT_RIGHT:          bitwise(func(a, b int32) float64 { return float64(a >> (uint32(b) & 31)) }),
	token.UNSIGNED_SHIFT_RIGHT: bitwise(func(a, b int32) float64 { return float64(uint32(a) >> (uint32(b) & 31)) }),
	token.LESS:                 relation(func(order int) bool { return order < 0 }),
	token.LESS_OR_EQUAL:        relation(func(order int) bool { return order <= 0 }),
	token.GREATER:              relation(func(order int) bool { return order > 0 }),
	token.GREATER_OR_EQUAL:     relation(func(order int) bool { return order >= 0 }),
	token.STRICT_EQUAL:         equality(strictEqual, true),
	token.STRICT_NOT_EQUAL:     equality(strictEqual, false),
	token.EQUAL:                equality(looseEqual, true),
	token.NOT_EQUAL:            equality(looseEqual, false),
}

func add(r *run, a, b value) (value, error) {
	if !a.primitive() || !b.primitive() {
		return undefinedValue, errUnusual
	}
	if a.kind == text || b.kind == text {
		if err := r.spend(1 + (len(a.data)+len(b.data))/16); err != nil {
			return undefinedValue, err
		}
		dst, err := a.appendText(make([]byte, 0, len(a.data)+len(b.data)+24))
		if err != nil {
			return undefinedValue, err
		}
		dst, err = b.appendText(dst)
		return textValue(dst), err
	}
	x, err := a.toNumber()
	if err != nil {
		return undefinedValue, err
	}
	y, err := b.toNumber()
	return numberValue(x + y), err
}

func arithmetic(apply func(a, b float64) float64) binaryOperator {
	return func(_ *run, a, b value) (value, error) {
		x, err := a.toNumber()
		if err != nil {
			return undefinedValue, err
		}
		y, err := b.toNumber()
		return numberValue(apply(x, y)), err
	}
}

func relation(holds func(order int) bool) binaryOperator {
	return func(r *run, a, b value) (value, error) {
		if a.kind == text && b.kind == text {
			if err := r.spend((len(a.data) + len(b.data)) / 64); err != nil {
				return undefinedValue, err
			}
			return boolValue(holds(compareTexts(a.data, b.data))), nil
		}
		x, err := a.toNumber()
		if err != nil {
			return undefinedValue, err
		}
		y, err := b.toNumber()
		if err != nil {
			return undefinedValue, err
		}
		switch {
		case x < y:
			return boolValue(holds(-1)), nil
		case x > y:
			return boolValue(holds(1)), nil
		case x == y:
			return boolValue(holds(0)), nil
		}
		return boolValue(false), nil // NaN
	}
}

func equality(equal func(a, b value) (bool, error), want bool) binaryOperator {
	return func(r *run, a, b value) (value, error) {
		if err := r.spend(min(len(a.data), len(b.data)) / 64); err != nil {
			return undefinedValue, err
		}
		same, err := equal(a, b)
		return boolValue(same == want), err
	}
}

func bitwise(apply func(a, b int32) float64) binaryOperator {
	return func(_ *run, a, b value) (value, error) {
		x, err := a.toInt32()
		if err != nil {
			return undefinedValue, err
		}
		y, err := b.toInt32()
		return numberValue(apply(x, y)), err
	}
}

// toInt32 is ECMA-262's ToInt32. Numbers beyond 2^53 are for the worker, where goja takes them for another than the standard does.
func (v value) toInt32() (int32, error) {
	f, err := v.toNumber()
	switch {
	case err != nil || math.IsNaN(f) || math.IsInf(f, 0):
		return 0, err
	case math.Abs(f) > 1<<53:
		return 0, errUnusual
	}
	return int32(uint32(int64(f))), nil
}
