package catalog

import (
	"fmt"
	"strings"
)

// Action is what happens to an object.
type Action string

// The actions. Keep is for what a file lacks and stays; it is no change.
const (
	ActionCreate Action = "create"
	ActionChange Action = "change"
	ActionRename Action = "rename"
	ActionDrop   Action = "drop"
	ActionKeep   Action = "keep"
)

// A Difference is one object that a change touches.
type Difference struct {
	Action Action `json:"action"`
	Object string `json:"object"` // "table comments", "field comments.nick", "endpoint like", "project"
	Detail string `json:"detail,omitempty"`
}

// A Report says what a change did, or would do.
type Report struct {
	Project     string       `json:"project"`
	Revision    int64        `json:"revision"` // after the change
	DryRun      bool         `json:"dry_run,omitempty"`
	Differences []Difference `json:"differences"`
	Notes       []string     `json:"notes,omitempty"` // what the user should know beside: records that do not fit a new type
	Misfits     []Misfit     `json:"misfits,omitempty"`

	uncounted []retyped
}

// A Misfit is a field whose new type its values may not fit. They are kept as they are.
type Misfit struct {
	Field   string `json:"field"`   // "comments.likes"
	Type    string `json:"type"`    // the new one
	Records int64  `json:"records"` // whose value does not fit; -1 where counting took too long
}

// Changed reports whether there is any difference but what is kept.
func (r *Report) Changed() bool {
	for _, d := range r.Differences {
		if d.Action != ActionKeep {
			return true
		}
	}
	return false
}

func (r *Report) add(action Action, object, format string, args ...any) {
	r.Differences = append(r.Differences, Difference{action, object, fmt.Sprintf(format, args...)})
}

func (r *Report) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

var marks = map[Action]string{ActionCreate: "+", ActionChange: "~", ActionRename: "~", ActionDrop: "-", ActionKeep: "="}

// String prints one difference a line: "+ table comments", "~ field comments.nick: max 64 → 80", "- endpoint like".
func (r *Report) String() string {
	var b strings.Builder
	for _, d := range r.Differences {
		fmt.Fprintf(&b, "%s %s", marks[d.Action], d.Object)
		if d.Detail != "" {
			b.WriteString(": " + d.Detail)
		}
		b.WriteByte('\n')
	}
	if !r.Changed() {
		b.WriteString("nothing to change\n")
	}
	for _, note := range r.Notes {
		b.WriteString("note: " + note + "\n")
	}
	return b.String()
}
