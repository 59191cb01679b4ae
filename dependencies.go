//go:build dependencies

package main

// The mount and the blob stores stand on these modules; naming them here keeps their versions in go.mod while those rooms are
// being built.
import (
	_ "github.com/hanwen/go-fuse/v2/fuse"
	_ "github.com/minio/minio-go/v7"
)
