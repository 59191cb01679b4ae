package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sayrud/sayrud/engine/auth"
)

// audit notes what the command line did; definitions note their own changes. detail may be nil.
func audit(ctx context.Context, a *auth.Auth, project, action, target string, detail any) error {
	e := auth.Entry{Project: project, Action: action, Target: target}
	if detail != nil {
		text, err := json.Marshal(detail)
		if err != nil {
			return fmt.Errorf("write audit log: %w", err)
		}
		e.Detail = text
	}
	return a.Record(context.WithoutCancel(ctx), auth.Operator(), e)
}
