package script

import "bytes"

// Bounds of what $markdown renders. Rendering cannot be interrupted, so a text is judged before: most take some milliseconds for 100
// KB, but the work for a few grows with the square of their length.
const (
	maxMarkdownCost  = 100_000_000 // the worst texts of that cost that were found take 40 ms
	maxMarkdownDepth = 64          // quotes and lists that begin in one line
	blankLineCost    = 3500        // of one behind another, for each level of lists that it stands in
)

// costlyMarkdown reports whether rendering a text may cost more than most. The cost of a paragraph is its length times the characters
// in it that may begin something whose end has to be looked for. Empty lines cost where lists are nested.
func costlyMarkdown(source []byte, most int) bool {
	cost, length, special, deepest, empty := 0, 0, 0, 0, false
	for line := range bytes.Lines(source) {
		depth, begins, rest := leadingMarkdown(line)
		if depth > maxMarkdownDepth {
			return true
		}
		deepest = max(deepest, depth+min((len(line)-len(rest))/2, maxMarkdownDepth/2))
		blank := depth == 0 && len(rest) == 0
		if blank && empty {
			cost += deepest * blankLineCost
		}
		if empty = blank; blank || begins {
			cost += length * special
			length, special = 0, 0
		}
		length += len(line)
		special += depth + specialMarkdown(rest)
	}
	return cost+length*special > most
}

func specialMarkdown(text []byte) (n int) {
	for _, b := range text {
		switch b {
		case '*', '_', '[', ']', '<', '`':
			n++
		}
	}
	return n
}

// leadingMarkdown counts the quotes and lists that the beginning of a line leads into, and tells whether it is sure to begin a new
// item of a list at the left, which ends the paragraph before it. The rest is what stands behind.
func leadingMarkdown(line []byte) (depth int, begins bool, rest []byte) {
	for i := 0; i < len(line); i++ {
		spaced := i+1 == len(line) || line[i+1] <= ' '
		switch b := line[i]; {
		case b <= ' ', b >= '0' && b <= '9':
		case b == '>', spaced && (b == '.' || b == ')'):
			depth++
		case spaced && (b == '-' || b == '+' || b == '*'):
			begins = begins || depth == 0 && i < 4 && i+2 < len(line) && line[i+2] > ' '
			depth++
		default:
			return depth, begins, line[i:]
		}
	}
	return depth, begins, nil
}
