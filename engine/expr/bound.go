package expr

// The bounds within which nothing in PostgreSQL raises: a numeric may have 131,072 digits before the point and is cut at 16,383 behind
// it (manual, 8.1.2), a text 1 GB, a timestamp ends in the year 294276 and begins in 4713 BC (8.5).
const (
	maxDigits = 100  // digits before the point of a number that has been bounded
	maxFactor = 1000 // digits before the point of a number that arithmetic takes without bounding it
	maxText   = 1_000_000
	maxJoined = 4 * maxText // characters of texts put together before they are cut
	maxMade   = 16 * maxText

	unbounded = 1 << 30
)

// sizeOf gives the bound of n from those of its args; see node.size. The printer bounds the args where it is told to here.
func sizeOf(n *node) int {
	switch n.op {
	case opLiteral:
		return literalSize(n)
	case opColumn:
		return unbounded
	case opCall:
		if n.fn.size != nil {
			return n.fn.size(n)
		}
		return 0
	case opConvert:
		return convertedSize(n)
	case opNegate:
		return n.args[0].size
	case opBinary:
		return binarySize(n)
	case opCase, opCoalesce, opSwitch, opNullIf:
		return largest(n.args)
	}
	return 0
}

func resized(n *node) *node {
	n.size = sizeOf(n)
	return n
}

func literalSize(n *node) int {
	switch n.typ {
	case Text:
		return runes(n.text)
	case Numeric:
		return len(n.text)
	}
	return 0
}

// convertedSize: the longest numeric has 131,072 + 16,383 digits as text; a text as numeric at most 60 digits and an exponent of 60.
func convertedSize(n *node) int {
	from := n.args[0]
	switch {
	case n.typ == Text && from.typ == Text:
		return min(from.size, varcharLength(n.text))
	case n.typ == Text && from.typ == Numeric:
		return 200_000
	case n.typ == Text:
		return 40
	case n.typ == Numeric && n.text == string(Numeric):
		return 130
	case n.typ == Numeric:
		return maxDigits
	}
	return 0
}

// factorLimit gives how many digits the operands of an operator may have before the point.
func factorLimit(n *node) int {
	if n.text == "*" && bounded(n.args[0], maxFactor)+bounded(n.args[1], maxFactor) > maxFactor {
		return maxDigits
	}
	return maxFactor
}

// bounded gives the size a numeric has when it is wrapped if it has more digits than limit.
func bounded(n *node, limit int) int {
	if n.size > limit {
		return maxDigits
	}
	return n.size
}

func binarySize(n *node) int {
	l, r := n.args[0], n.args[1]
	switch {
	case n.text == "||":
		if sum := cut(l) + cut(r); sum <= maxJoined {
			return sum
		}
		return maxText
	case n.typ == Date:
		return unbounded
	case l.typ == Date:
		return 10
	case n.text == "*":
		return bounded(l, factorLimit(n)) + bounded(r, factorLimit(n))
	case n.text == "/":
		return maxDigits
	case n.text == "%":
		return bounded(l, maxFactor)
	}
	return max(bounded(l, maxFactor), bounded(r, maxFactor)) + 1
}

// cut gives the size a text has when it goes into a longer one.
func cut(n *node) int {
	if n.size > maxJoined {
		return maxText
	}
	return n.size
}

func largest(nodes []*node) int {
	size := 0
	for _, n := range nodes {
		size = max(size, n.size)
	}
	return size
}
