package script

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/renderer/html"
)

// smallMarkdown is the length in bytes up to which Markdown is rendered in the server's process. The worst text of that length that
// was found takes a millisecond; the work grows with the square of the length, and so does the fuel it costs.
const smallMarkdown = 1 << 10

type markdown struct {
	engine goldmark.Markdown
	policy *bluemonday.Policy
}

// sharedMarkdown makes the engine and the policy once, when first needed; both are safe for concurrent use.
var sharedMarkdown = sync.OnceValue(func() markdown {
	policy := bluemonday.UGCPolicy()
	policy.AllowAttrs("class").Matching(regexp.MustCompile(`^language-[a-zA-Z0-9+#-]+$`)).OnElements("code")
	return markdown{
		// HTML in the Markdown is CommonMark; the policy decides what stays of it.
		engine: goldmark.New(goldmark.WithRendererOptions(html.WithUnsafe())),
		policy: policy,
	}
})

// helpMarkdown makes HTML of CommonMark and sanitises it. A text that may take too long becomes plain text, so that data cannot make
// a program fail.
func helpMarkdown(r *run, args []value) (value, error) {
	s, err := textArgument("$markdown", args)
	if err != nil || s.kind == null {
		return s, err
	}
	if r.markdown != nil {
		if html := r.markdown.get(s.data); html != nil {
			return textValue(html), r.spend(10 + len(html)/16)
		}
	}
	if !r.worker {
		if len(s.data) > smallMarkdown {
			return s, errUnusual
		}
		if err := r.spend(3000 + len(s.data)*len(s.data)/10); err != nil {
			return s, err
		}
	}
	if costlyMarkdown(s.data, maxMarkdownCost) || r.shared.plain && len(s.data) > smallMarkdown {
		return textValue(plainMarkdown(s.data)), nil
	}
	html, err := renderMarkdown(s.data)
	if err == nil && r.markdown != nil {
		r.markdown.set(s.data, html)
	}
	return textValue(html), err
}

var escapePlain = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// maxPlain bounds what is shown of a text that is not rendered, in bytes, so that a list of such texts has room in a result.
const maxPlain = 128 << 10

// plainMarkdown gives a text as it is, escaped, in place of what it would be rendered to.
func plainMarkdown(source []byte) []byte {
	if len(source) > maxPlain {
		source = append(bytes.ToValidUTF8(source[:maxPlain], nil), "…"...)
	}
	return []byte("<pre>" + escapePlain.Replace(string(source)) + "</pre>\n")
}

func renderMarkdown(source []byte) ([]byte, error) {
	m := sharedMarkdown()
	var out bytes.Buffer
	if err := m.engine.Convert(source, &out); err != nil {
		return nil, errorf("$markdown: %v", err)
	}
	if html := m.policy.SanitizeBytes(out.Bytes()); html != nil {
		return html, nil
	}
	return []byte{}, nil
}
