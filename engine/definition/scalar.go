package definition

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

// The scalars of the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema). yes, no, on, off, dates and 12:30 are texts.
var (
	coreNull    = regexp.MustCompile(`^(?:null|Null|NULL|~|)$`)
	coreTrue    = regexp.MustCompile(`^(?:true|True|TRUE)$`)
	coreFalse   = regexp.MustCompile(`^(?:false|False|FALSE)$`)
	coreInt     = regexp.MustCompile(`^[-+]?[0-9]+$`)
	coreBased   = regexp.MustCompile(`^(?:0o[0-7]+|0x[0-9a-fA-F]+)$`)
	coreFloat   = regexp.MustCompile(`^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$`)
	coreNotJSON = regexp.MustCompile(`^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$`)
)

// resolve gives the JSON value of a plain scalar. Numbers keep their digits. It answers false for infinity and not-a-number.
func resolve(text string) (raw.Value, bool) {
	switch {
	case coreNull.MatchString(text):
		return raw.NullValue, true
	case coreTrue.MatchString(text):
		return raw.True, true
	case coreFalse.MatchString(text):
		return raw.False, true
	case coreBased.MatchString(text):
		n, _ := new(big.Int).SetString(text, 0)
		return raw.Value(n.String()), true
	case coreInt.MatchString(text), coreFloat.MatchString(text):
		return number(text), true
	case coreNotJSON.MatchString(text):
		return nil, false
	}
	return raw.Text(text), true
}

// number writes a YAML number as a JSON number: without plus, without zeros in front, with digits around the point.
func number(text string) raw.Value {
	sign := ""
	if text[0] == '-' {
		sign = "-"
	}
	text = strings.TrimLeft(text, "+-")
	whole, rest := text, ""
	if i := strings.IndexAny(text, ".eE"); i >= 0 {
		whole, rest = text[:i], text[i:]
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if fraction, found := strings.CutPrefix(rest, "."); found && (fraction == "" || fraction[0] == 'e' || fraction[0] == 'E') {
		rest = fraction
	}
	return raw.Value(sign + whole + rest)
}
