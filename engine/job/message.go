package job

import (
	"time"

	"github.com/sayrud/sayrud/engine/raw"
)

// Kinds of messages: the names of their middlewares.
const (
	KindWebhook = "webhook"
	KindEmail   = "email"
)

// Sources of messages.
const (
	FromEndpoint = "endpoint"
	FromTable    = "table"
)

// A Source is the step of a definition that a message comes from.
type Source struct {
	Kind string `json:"source"` // FromEndpoint, FromTable
	Name string `json:"name"`
	Step int    `json:"step"`
}

// A Message is one thing to be sent, ready but for its secrets.
type Message struct {
	Source
	Kind     string   `json:"kind"`
	Event    string   `json:"event"`
	Record   string   `json:"record,omitempty"` // uid
	Lane     string   `json:"-"`                // messages of one lane go out in order; "" is none
	Attempts int      `json:"attempts"`         // at most
	Error    string   `json:"error,omitempty"`  // why it could not be rendered: it is dead
	Webhook  *Webhook `json:"webhook,omitempty"`
	Email    *Email   `json:"email,omitempty"`
}

// A Webhook is an HTTP request. A URL, a header and the key may be references to secrets.
type Webhook struct {
	URL         raw.Value `json:"url"`
	Method      string    `json:"method"`
	Headers     []Header  `json:"headers,omitempty"`
	ContentType string    `json:"content_type,omitempty"`
	Body        string    `json:"body,omitempty"`
	Secret      raw.Value `json:"secret,omitempty"`
	TimeoutMS   int64     `json:"timeout_ms"`
}

// A Header is a field of a request.
type Header struct {
	Name  string    `json:"name"`
	Value raw.Value `json:"value"`
}

// An Email is a mail. To may be a reference to a secret, else it is a list of texts.
type Email struct {
	To      raw.Value `json:"to"`
	CC      []string  `json:"cc,omitempty"`
	ReplyTo string    `json:"reply_to,omitempty"`
	From    string    `json:"from,omitempty"` // "" is the instance's
	Subject string    `json:"subject"`
	Text    string    `json:"text,omitempty"`
	HTML    string    `json:"html,omitempty"`
}

const (
	defaultRetries = 12
	maxAge         = 72 * time.Hour // from when a message is made or replayed
	maxBody        = 1 << 20        // bytes of a rendered body
	defaultTimeout = 10 * time.Second
)
