//go:build dependencies

package main

// The mount stands on this module; naming it here keeps its version in go.mod while that room is
// being built.
import (
	_ "github.com/hanwen/go-fuse/v2/fuse"
)
