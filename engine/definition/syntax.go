package definition

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/sayrud/sayrud/engine/raw"
)

// A progressReader hands out a text in small pieces, so that how far a parser read tells where it failed: the YAML library itself
// names a line at best, and often that of the surrounding object.
type progressReader struct {
	source []byte
	offset int
	step   int // bytes a call; 0 is all
}

// Read gives the next bytes of the source.
func (r *progressReader) Read(into []byte) (int, error) {
	if r.offset >= len(r.source) {
		return 0, io.EOF
	}
	n := len(into)
	if r.step > 0 {
		n = min(n, r.step)
	}
	n = copy(into[:n], r.source[r.offset:])
	r.offset += n
	return n, nil
}

// lookahead is how many characters behind the one in hand the YAML library may have read.
const lookahead = 4

// wordings says what the library's messages mean.
var wordings = []struct{ library, message, hint string }{
	{"mapping values are not allowed", "a second \": \" in one line, or a line that is indented too far", "quote the text, or align the line with the others"},
	{"found a tab character", "a tab indents this line", "indent with spaces"},
	{"cannot start any token", "a text cannot begin with this character", "quote this text"},
	{"did not find expected key", "this line does not fit in: its indentation, or text behind a quoted one or behind }", "align it with the lines around it, or quote the whole text"},
	{"did not find expected ',' or ']'", "a list in [ ] is not continued by a comma or closed", "add , or ]"},
	{"did not find expected ',' or '}'", "an object in { } is not continued by a comma or closed", "add , or }"},
	{"did not find expected '-' indicator", "a list goes on without - in front", "begin the item with - , or align the line with the list's name"},
	{"did not find expected node content", "a value is missing here", ""},
	{"unexpected end of stream", "a quotation mark is not closed", "close it"},
	{"unknown escape character", "an unknown escape behind \\ in double quotes", "write \\\\ for a backslash"},
	{"did not find expected hexdecimal number", "\\x, \\u and \\U want hexadecimal digits", ""},
	{"invalid Unicode character escape", "an escape that is no character", "write the character itself"},
	{"block sequence entries are not allowed", "a list cannot begin behind a name in the same line", "begin the list in the next line, or write [a, b]"},
	{"mapping keys are not allowed", "a name cannot begin with ?", "quote this text"},
	{"expected comment or line break", "text behind | or >", "begin the text in the next line"},
	{"alphabetic or numeric character", "* and & begin an alias or an anchor", "quote this text"},
	{"control characters", "a control character", "write it as an escape in double quotes"},
	{"could not find expected ':'", "a name without \": \" behind it", "name: value"},
	{"exceeded max depth", "nested too deep", "at most 64 levels"},
	{"incompatible YAML document", "only YAML 1.1 and 1.2 files are read", "leave out the line %YAML"},
}

// syntaxFault puts the library's refusal of source in our words, with a place.
func syntaxFault(source []byte, err error) fault {
	message := err.Error()
	f := fault{message: "this is no YAML", hint: ""}
	for _, w := range wordings {
		if strings.Contains(message, w.library) {
			f.message, f.hint = w.message, w.hint
			break
		}
	}
	var at int
	var broken *raw.SyntaxError
	if _, err := raw.Valid(source, raw.Limits{Depth: maxDepth}); looksLikeJSON.Match(source) && errors.As(err, &broken) {
		at, f.message, f.hint = broken.Offset, broken.Reason, ""
		f.line, f.col = position(source, at)
		return f
	}
	if _, name, found := strings.Cut(message, "unknown anchor '"); found {
		name, _, _ = strings.Cut(name, "'")
		at = max(0, strings.Index(string(source), "*"+name))
		f.message, f.hint = fmt.Sprintf("*%s refers to an anchor that does not exist", name), "quote this text"
	} else {
		at = failedAt(source, message)
		switch behind, found := textBehind(source, at); {
		case found && strings.Contains(message, "did not find expected key"):
			at, f.message, f.hint = behind, "text behind what is quoted or in brackets", "quote the whole text"
		case at < len(source) && source[at] == '\t':
			f.message, f.hint = "a tab indents this line", "indent with spaces"
		}
	}
	f.line, f.col = position(source, at)
	return expressionFault(source, at, f)
}

var (
	looksLikeJSON  = regexp.MustCompile(`^\s*\{\s*"`)
	closedThenMore = regexp.MustCompile(`(?:: +|- +)("(?:[^"\\]|\\.)*"|'[^']*'|\{[^}]*\}|\[[^\]]*\])[ \t]*[^\s,#}\]:]`)
)

// textBehind finds, in the line of at or the one before, a value in quotes or brackets with text behind it.
func textBehind(source []byte, at int) (int, bool) {
	end := min(at, len(source))
	for range 2 {
		start := bytes.LastIndexByte(source[:end], '\n') + 1
		line, _, _ := bytes.Cut(source[start:], []byte("\n"))
		if m := closedThenMore.FindSubmatchIndex(line); m != nil {
			return start + m[2], true
		}
		end = max(0, start-1)
	}
	return 0, false
}

// culprits are the characters at which the library stumbles, by its message.
var culprits = []struct{ message, characters string }{
	{"cannot start any token", "@`%\t"}, {"mapping values", ":"}, {"tab character", "\t"}, {"unknown escape", "\\"}, {"Unicode character escape", "\\"},
}

// failedAt reads source again, in pieces, and gives the byte where it fails.
func failedAt(source []byte, message string) int {
	r := &progressReader{source: source, step: 1}
	var n yaml.Node
	dec := yaml.NewDecoder(r)
	for decode(dec, &n) == nil {
	}
	end := min(r.offset, len(source))
	switch {
	case strings.Contains(message, "unexpected end of stream"):
		return openQuote(source, message)
	case strings.Contains(message, "control characters"):
		return max(0, bytes.IndexFunc(source, func(r rune) bool { return r != '\n' && r != '\r' && !printable(string(r), true) }))
	case strings.Contains(message, "alphabetic or numeric"):
		start := bytes.LastIndexByte(source[:max(0, bytes.LastIndexAny(source[:end], "*&"))], '\n') + 1
		return start + max(0, bytes.IndexAny(source[start:end], "*&"))
	}
	for _, c := range culprits {
		if i := bytes.LastIndexAny(source[:end], c.characters); i >= 0 && strings.Contains(message, c.message) {
			return i
		}
	}
	at := max(0, end-lookahead-1)
	for at > 0 && strings.IndexByte(" \r\n\t", source[min(at, len(source)-1)]) >= 0 {
		at--
	}
	start := bytes.LastIndexByte(source[:at], '\n') + 1
	return start + indent(string(source[start:at]))
}

// openQuote gives the quotation mark that is never closed. The library names its line, unless that is the first.
func openQuote(source []byte, message string) int {
	n := 1
	if m := namedLine.FindStringSubmatch(message); m != nil {
		n, _ = strconv.Atoi(m[1])
	}
	start, lines := 0, bytes.SplitAfterN(source, []byte("\n"), n+1)
	for _, line := range lines[:min(n-1, len(lines))] {
		start += len(line)
	}
	if n > len(lines) || !bytes.ContainsAny(lines[n-1], `"'`) {
		start, n = 0, 1
	}
	open, quote := 0, byte(0)
	for i, c := range lines[n-1] {
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			open, quote = i, c
		case c == quote:
			quote = 0
		}
	}
	return start + open
}

var namedLine = regexp.MustCompile(`line ([0-9]+):`)

func position(source []byte, at int) (line, col int) {
	at = min(at, len(source))
	start := strings.LastIndexByte(string(source[:at]), '\n') + 1
	return 1 + strings.Count(string(source[:at]), "\n"), 1 + utf8.RuneCount(source[start:at])
}

// beginsValue finds where a value begins in a line: behind a name, a dash or a bracket.
var beginsExpression = regexp.MustCompile(`(?:^\s*|: +|- +|[\[{,] *)(=[^=]|\$|[^"'#\s]*\$\{)`)

// quotedText matches what stands between quotation marks, which YAML does not cut.
var quotedText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'`)

// cutRoute finds a route with a parameter inside an object in braces.
var cutRoute = regexp.MustCompile(`[{,]\s*route: +([A-Z]+ [^\s,]*\{\w*\}[^\s,}]*)`)

// expressionFault says "quote this expression" where the line that failed holds an expression without quotes, and the same of a route.
func expressionFault(source []byte, at int, f fault) fault {
	start := strings.LastIndexByte(string(source[:min(at, len(source))]), '\n') + 1
	line, _, _ := strings.Cut(string(source[start:]), "\n")
	bare := quotedText.ReplaceAllStringFunc(line, func(quoted string) string { return strings.Repeat("_", len(quoted)) })
	if m := cutRoute.FindStringSubmatchIndex(bare); m != nil {
		f.col = 1 + utf8.RuneCountInString(line[:m[2]])
		f.message, f.hint = "YAML takes the { in this route for an object", "quote this route: \""+line[m[2]:m[3]]+"\""
		return f
	}
	if m := beginsExpression.FindStringSubmatchIndex(bare); m != nil {
		f.col = 1 + utf8.RuneCountInString(line[:m[2]])
		f.message = "YAML cuts this expression in two"
		f.hint = "quote this expression: '" + strings.ReplaceAll(strings.TrimSpace(line[m[2]:]), "'", "''") + "'"
	}
	return f
}
