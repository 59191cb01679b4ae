package middleware

import (
	"strconv"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/job"
	"github.com/sayrud/sayrud/engine/raw"
)

func webhookDefinition() *Definition {
	return &Definition{
		Name: job.KindWebhook,
		Doc: "Calls an address after success, from a durable queue: it commits with the write, is tried again after growing pauses across restarts, and is listed and " +
			"replayed under deliveries. Success is 2xx; 410 ends it; Retry-After is respected; redirects are not followed. " +
			"It has the headers webhook-id, webhook-timestamp and, with a `secret`, webhook-signature of Standard Webhooks; the id stays the same over attempts. " +
			"Its place in the onion does not matter. In `on_write` it runs for every write to the table, whatever the door, and may name `$event` and `$before` beside `$record`.",
		Properties: append([]Property{
			{Name: "url", Type: TypeString, Required: true, Slot: true, OrSecret: true, Check: checkText, Doc: "the address, http or https; an address inside the network needs --allow-outbound"},
			{Name: "method", Type: TypeString, Values: []string{"POST", "PUT", "PATCH", "DELETE", "GET"}, Default: raw.Text("POST"), Doc: "of the request"},
			{Name: "headers", Type: TypeMap, Max: 30, Of: &Property{Type: TypeString, Slot: true, OrSecret: true, Check: checkText}, Doc: "further headers"},
			{Name: "body", Type: TypeAny, Slot: true, Doc: "a template: a text is sent as text/plain, anything else as JSON; without it {type, timestamp, data: {record}}"},
			{Name: "secret", Type: TypeSecret, Doc: "the key of the signature (HMAC-SHA256): whsec_ and base64, or any text"},
			{Name: "timeout", Type: TypeString, Default: raw.Text("10s"), Form: "^[0-9]+s$", Check: checkTimeout, Doc: "how long the receiver may take: 1s to 30s"},
		}, noticeProperties()...),
		Notice: true,
	}
}

func emailDefinition() *Definition {
	return &Definition{
		Name: job.KindEmail,
		Doc: "Sends a mail after success, by the server of --smtp-url, from the same durable queue as webhooks. " +
			"Each address is one text; a mail without `to` is not sent. What `${…}` inserts into `html` is escaped.",
		Properties: append([]Property{
			{Name: "to", Type: TypeTexts, Required: true, Slot: true, OrSecret: true, Check: checkTexts, Doc: "an address or a list of them; a secret may hold several, with commas"},
			{Name: "cc", Type: TypeTexts, Slot: true, Check: checkTexts, Doc: "further addresses; at most 50 with those of `to`"},
			{Name: "reply_to", Type: TypeString, Slot: true, Check: checkText, Doc: "the address that answers go to"},
			{Name: "from", Type: TypeString, Slot: true, Check: checkText, Doc: "the sender; without it that of --smtp-from"},
			{Name: "subject", Type: TypeString, Required: true, Slot: true, Check: checkText, Doc: "the subject, one line"},
			{Name: "text", Type: TypeString, Slot: true, Check: checkText, Doc: "the body as plain text"},
			{Name: "html", Type: TypeString, Slot: true, Check: checkText, Doc: "the body as HTML; with `text`, the reader's program chooses"},
		}, noticeProperties()...),
		Notice: true,
	}
}

// noticeProperties are what webhook and email share.
func noticeProperties() []Property {
	return []Property{
		{Name: "when", Type: TypeAny, Slot: true, Doc: "sent only where this is true: \"=$record.status === 'waiting'\""},
		{Name: "on", Type: TypeArray, Min: 1, Max: 3, Of: &Property{Type: TypeString, Values: []string{"create", "update", "delete"}}, Doc: "in on_write: which writes; all without it"},
		{Name: "retries", Type: TypeInteger, Min: 0, Max: 30, Default: raw.Int(12), Doc: "attempts beyond the first, over at most three days"},
	}
}

func checkText(v raw.Value) (message, hint string) {
	if v.Kind() != raw.String {
		return "must be a text", ""
	}
	return "", ""
}

func checkTexts(v raw.Value) (message, hint string) {
	if !isTexts(v) {
		return "must be a text or a list of texts", ""
	}
	return "", ""
}

func checkTimeout(v raw.Value) (message, hint string) {
	text, _ := v.Text()
	if d, err := time.ParseDuration(text); err != nil || d < time.Second || d > 30*time.Second {
		return strconv.Quote(text) + " is not a time", "write 1s to 30s"
	}
	return "", ""
}

// notice compiles a webhook or email of an endpoint.
func (c *Chain) notice(s engine.Step, b Bench) engine.Problems {
	if s.Settings.Get("on") != nil {
		return engine.Problems{engine.Problemf([]string{"on"}, "leave it out", "on belongs to on_write of a table")}
	}
	scope := b.After
	if scope == nil {
		scope = b.Scope
	}
	n, problems := job.Compile(s, job.Source{Kind: job.FromEndpoint, Name: b.Def.Name, Step: b.Step}, scope)
	if n != nil {
		c.notices = append(c.notices, n)
	}
	return problems
}

// Notices gives what the chain sends after success.
func (c *Chain) Notices() []*job.Notice { return c.notices }

// isNotice reports whether a step sends something after success, so that it may name the record.
func isNotice(s engine.Step) bool { return s.Name == job.KindWebhook || s.Name == job.KindEmail }
