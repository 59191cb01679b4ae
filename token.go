package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sayrud/sayrud/engine/auth"
)

type tokenCommand struct {
	Create tokenCreateCommand `cmd:"" help:"Create an API token and print it, once."`
	List   tokenListCommand   `cmd:"" help:"List the tokens."`
	Revoke tokenRevokeCommand `cmd:"" help:"End a token."`
}

type tokenCreateCommand struct {
	Name    string        `arg:"" help:"What the token is for."`
	Project string        `help:"Project the token is limited to; without it, the whole instance." placeholder:"NAME"`
	Role    string        `help:"viewer, editor or owner." enum:"viewer,editor,owner" default:"editor"`
	Scopes  []string      `help:"What it may do, separated by commas; without it, all that its role may." placeholder:"SCOPE"`
	Expires time.Duration `help:"How long it is valid, such as 720h; without it, until revoked." placeholder:"DURATION"`
}

// Run makes a token and prints its text, which is stored nowhere.
func (c *tokenCreateCommand) Run(ctx context.Context, t terminal, g *Globals) error {
	return withAuth(ctx, t, g, func(a *auth.Auth) error {
		wanted := auth.Token{Name: c.Name, Project: c.Project, Role: auth.Role(c.Role), CreatedBy: auth.Operator().Actor()}
		for _, scope := range c.Scopes {
			wanted.Scopes = append(wanted.Scopes, auth.Scope(scope))
		}
		if c.Expires > 0 {
			at := time.Now().Add(c.Expires)
			wanted.ExpiresAt = &at
		}
		token, text, err := a.CreateToken(ctx, wanted)
		if err != nil {
			return err
		}
		fmt.Fprintln(t.Out, text)
		detail := map[string]any{"name": token.Name, "role": token.Role, "scopes": token.Scopes}
		return audit(ctx, a, token.Project, "create token", token.ID, detail)
	})
}

type tokenListCommand struct{}

// Run prints a table of the tokens.
func (c *tokenListCommand) Run(ctx context.Context, t terminal, g *Globals) error {
	return withAuth(ctx, t, g, func(a *auth.Auth) error {
		tokens, err := a.Tokens(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(t.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAME\tPROJECT\tROLE\tSCOPES\tEXPIRES\tLAST USED")
		for _, token := range tokens {
			scopes := make([]string, len(token.Scopes))
			for i, scope := range token.Scopes {
				scopes[i] = string(scope)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", token.ID, token.Name, cmp.Or(token.Project, "all"), token.Role,
				cmp.Or(strings.Join(scopes, ","), "all"), day(token.ExpiresAt), day(token.LastUsedAt))
		}
		return w.Flush()
	})
}

func day(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.UTC().Format(time.DateTime)
}

type tokenRevokeCommand struct {
	ID string `arg:"" help:"The token's id, as token list prints it."`
}

// Run ends a token at once.
func (c *tokenRevokeCommand) Run(ctx context.Context, t terminal, g *Globals) error {
	return withAuth(ctx, t, g, func(a *auth.Auth) error {
		if err := a.RevokeToken(ctx, c.ID); err != nil {
			return err
		}
		fmt.Fprintf(t.Out, "token %s revoked\n", c.ID)
		return audit(ctx, a, "", "revoke token", c.ID, nil)
	})
}
