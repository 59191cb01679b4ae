//go:build !linux

package fusemount

import (
	"context"
	"errors"
)

// errPlatform is what everything here answers.
var errPlatform = errors.New("the mount needs Linux; on this system use the API, the panel or SQL")

// A Mount does not exist here.
type Mount struct{}

// Open refuses.
func Open(context.Context, string, Config) (*Mount, error) { return nil, errPlatform }

// Served gives nil.
func (*Mount) Served() <-chan struct{} { return nil }

// Close does nothing.
func (*Mount) Close() error { return nil }

// Unmount refuses.
func Unmount(string, bool) error { return errPlatform }
