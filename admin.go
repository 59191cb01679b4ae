package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/sayrud/sayrud/engine/auth"
)

type adminCommand struct {
	Create adminCreateCommand `cmd:"" help:"Create an administrator who owns the instance."`
	Reset  adminResetCommand  `cmd:"" help:"Set a new password and end the sessions."`
}

type adminCreateCommand struct {
	passwordSource
	Email string `arg:"" help:"Email address to sign in with."`
}

type adminResetCommand struct {
	passwordSource
	Email string `arg:"" help:"Email address of the administrator."`
}

// passwordSource says where a password comes from: a file, else a prompt on a terminal, else standard input.
type passwordSource struct {
	PasswordFile string `help:"File that holds the password." type:"existingfile" placeholder:"FILE"`
}

// Run makes an administrator of the role owner.
func (c *adminCreateCommand) Run(ctx context.Context, t terminal, g *Globals) error {
	return withAuth(ctx, t, g, func(a *auth.Auth) error {
		password, err := c.read(t)
		if err != nil {
			return err
		}
		admin, err := a.CreateAdministrator(ctx, c.Email, password, auth.Owner, nil)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.Out, "administrator %s created\n", admin.Email)
		return audit(ctx, a, "", "create administrator", admin.Email, map[string]any{"role": admin.Role})
	})
}

// Run sets a new password, which ends the administrator's sessions.
func (c *adminResetCommand) Run(ctx context.Context, t terminal, g *Globals) error {
	return withAuth(ctx, t, g, func(a *auth.Auth) error {
		admin, err := a.AdministratorByEmail(ctx, c.Email)
		if err != nil {
			return err
		}
		password, err := c.read(t)
		if err != nil {
			return err
		}
		if err := a.ResetPassword(ctx, admin.ID, password, ""); err != nil {
			return err
		}
		fmt.Fprintf(t.Out, "password of %s set; all sessions ended\n", admin.Email)
		return audit(ctx, a, "", "reset password", admin.Email, nil)
	})
}

func withAuth(ctx context.Context, t terminal, g *Globals, do func(*auth.Auth) error) error {
	return g.with(ctx, t, func(in *instance) error { return do(auth.New(in.db)) })
}

func (s *passwordSource) read(t terminal) (string, error) {
	if s.PasswordFile != "" {
		content, err := os.ReadFile(s.PasswordFile)
		if err != nil {
			return "", fmt.Errorf("read password: %w", err)
		}
		return strings.TrimRight(string(content), "\r\n"), nil
	}
	if !isTerminal(t.In) {
		line, err := bufio.NewReader(t.In).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read password from standard input: %w", err)
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return "", usagef("standard input holds no password; pipe one in or use --password-file")
		}
		return line, nil
	}
	password, err := prompt(t, "Password: ")
	if err != nil {
		return "", err
	}
	again, err := prompt(t, "Once more: ")
	if err != nil {
		return "", err
	}
	if password != again {
		return "", errors.New("the two passwords differ")
	}
	return password, nil
}

func prompt(t terminal, text string) (string, error) {
	fmt.Fprint(t.Err, text)
	password, err := term.ReadPassword(int(t.In.Fd()))
	fmt.Fprintln(t.Err)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return string(password), nil
}
