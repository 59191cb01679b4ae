// Package job sends what a write causes: webhooks and mail, from a durable queue.
//
// Its words: a Notice is a compiled step (webhook, email) of an endpoint or of a table's on_write. It renders a Message: all that is to
// be sent, but for secrets, which stay references until the attempt. Messages and written records wait in the outbox, a table whose
// rows commit with the write. The relay makes deliveries of them: a Delivery is one message with its state and the log of its
// attempts. River (github.com/riverqueue/river) runs the attempts: its tables lie in the schema sl_job.
//
// # Guarantees
//
//   - The write and what it causes commit together; a server may die at any moment.
//   - At least once: a delivery keeps its id over attempts, restarts and replays (webhook-id, Message-ID), so that a receiver can drop what
//     it has seen. A server that dies during an attempt is noticed by its lock, and another one, or it itself when it is back, tries again.
//   - A failed attempt is repeated after growing, jittered pauses, by whatever server is there, up to a number and an age. Then the delivery is dead: visible,
//     and it can be replayed.
//   - The deliveries of one record and step begin in the order of the writes; one that has to be repeated may be overtaken.
//   - on_write sees each write to its table, whatever the door, under the definition of the moment in which it is processed.
//
// Webhooks are signed as Standard Webhooks says (https://www.standardwebhooks.com); mail is RFC 5322 over SMTP (RFC 5321).
//
// It does not dial by itself: the caller gives the HTTP client, which decides what addresses are allowed.
package job
