package raw

// Truthy is JavaScript's truth of a value (ECMA-262, ToBoolean): false, null, absent, 0 and the empty string are not true.
func (v Value) Truthy() bool {
	switch v.Kind() {
	case Absent, Null:
		return false
	case Bool:
		return v[0] == 't'
	case String:
		return len(v) > 2
	case Number:
		for _, c := range v {
			if c >= '1' && c <= '9' {
				return true
			}
			if c == 'e' || c == 'E' {
				break
			}
		}
		return false
	}
	return true
}
