package fusemount

import (
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// An inode is a node that the kernel knows.
type inode struct {
	node    node
	lookups uint64 // how often the kernel was told of it and has not forgotten it
}

// inodes are those that the kernel knows, by number. It is safe for concurrent use.
type inodes struct {
	mu    sync.Mutex
	known map[uint64]*inode
}

func newInodes(root node) *inodes {
	return &inodes{known: map[uint64]*inode{fuse.FUSE_ROOT_ID: {node: root, lookups: 1}}}
}

// number gives the inode number of a key: 63 bits of its hash, which no two of a billion files share.
func number(key string) uint64 {
	n := xxhash.Sum64String(key) >> 1
	if n <= fuse.FUSE_ROOT_ID {
		n += 2
	}
	return n
}

// node gives what the kernel knows by a number; nil is nothing.
func (i *inodes) node(n uint64) node {
	i.mu.Lock()
	defer i.mu.Unlock()
	if known := i.known[n]; known != nil {
		return known.node
	}
	return nil
}

// look counts that the kernel is told of nd, and gives its number. The newest node of a key counts.
func (i *inodes) look(nd node) uint64 {
	n := number(nd.key())
	i.mu.Lock()
	defer i.mu.Unlock()
	known := i.known[n]
	if known == nil {
		known = &inode{}
		i.known[n] = known
	}
	known.node = nd
	known.lookups++
	return n
}

// forget counts down.
func (i *inodes) forget(n, lookups uint64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	known := i.known[n]
	if known == nil || n == fuse.FUSE_ROOT_ID {
		return
	}
	if known.lookups <= lookups {
		delete(i.known, n)
		return
	}
	known.lookups -= lookups
}
