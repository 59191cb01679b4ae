// Package blob keeps immutable bytes under keys: in a directory, in a bucket of an S3-compatible service, or in memory.
//
// A key is a path of segments, [ValidKey] says which. Its first segment is the owner ("p12", a project), so that nothing of one project
// is ever found under another's prefix. A key is written once: what is behind it never changes, it only goes. Whoever needs to know which
// bytes are there keeps that in PostgreSQL; a store has no memory of its own beside the objects.
//
// Guarantees: a Put is all or nothing, also under kill -9 and when its reader fails; when it has returned, the bytes survive the loss of
// power as far as the disk or the service keeps its word; concurrent Puts of one key leave one of them whole. What a broken Put left
// behind (a temporary file, the parts of a multipart upload) is invisible and goes with [Store.Sweep].
//
// It serves files in records, whose objects are few and large, and volumes, whose blocks are many and at most 4 MiB: those go through
// in one request of S3 and in one buffer, see [S3].
package blob
