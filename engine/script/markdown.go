package script

import (
	"bytes"
	"regexp"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/renderer/html"
)

// smallMarkdown is the length in bytes up to which Markdown is rendered in the server's process. The worst text of that length that
// the tests know takes under a millisecond; the work grows with its square.
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

// helpMarkdown makes HTML of CommonMark and sanitises it.
func helpMarkdown(r *run, args []value) (value, error) {
	s, err := textArgument("$markdown", args)
	if err != nil || s.kind == null {
		return s, err
	}
	if !r.worker {
		if len(s.data) > smallMarkdown {
			return s, errUnusual
		}
		if err := r.spend(3000 + 20*len(s.data)); err != nil {
			return s, err
		}
	}
	m := sharedMarkdown()
	var out bytes.Buffer
	if err := m.engine.Convert(s.data, &out); err != nil {
		return s, errorf("$markdown: %v", err)
	}
	return textValue(m.policy.SanitizeBytes(out.Bytes())), nil
}
