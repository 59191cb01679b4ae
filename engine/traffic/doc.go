// Package traffic knows what requests did: how many there were, how they ended and how long they took, by endpoint and minute, and the
// remarkable ones among them one by one.
//
// Its words: a [Counter] counts the requests of one endpoint in memory. A [Log] owns the counters, writes what they counted to PostgreSQL
// every five seconds, and the kept requests every second. A kept [Request] is one of those that failed, were refused or slow, or of a
// sample of the others. A [Point] sums up a stretch of time.
//
// # Guarantees
//
// A request waits for nothing: counting is a handful of atomic additions, keeping one puts it into a buffer or drops it. No error of
// PostgreSQL reaches a request. While PostgreSQL is away what was counted waits, for at most [waitRows] rows, and is dropped beyond that;
// metrics tell how much. Several servers add to the same rows.
//
// What is kept is bounded: by rates on each server ([gate]), in PostgreSQL by age and by number for each project. Minutes are folded into
// hours after two days; hours go after thirty.
//
// # What it does not do
//
// It holds no bodies, no headers, no values of a query; its caller masks the values of a path that nobody must see. A row may be counted
// twice where the connection broke while it was committed.
package traffic
