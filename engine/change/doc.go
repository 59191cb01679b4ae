// Package change tells which tables changed, by any door, to every server.
//
// A watched table's leaf has a statement trigger that writes a row into the unlogged table sl_changes, one for each transaction. A Feed
// reads what is new there every ten milliseconds, while somebody asks; nothing is sent, so a writer pays an insert and waits for nobody.
// The catalog makes and drops the triggers as definitions need them and lists them in sl_watches.
//
// Its words: a Watch is a set of tables; a Mark is their state. Whoever computes something from the tables takes a Mark before it reads
// them, and may give what it computed to others for as long as the Watch gives the same Mark again.
//
// # Guarantees
//
// What a Mark vouches for is no older than [Fresh]: a change that was committed earlier has changed the Mark. The writes of this
// process change it at once, before they are acknowledged, by [Feed.Changed]. Where the feed can't say so - PostgreSQL is away or slow,
// a trigger is not there yet, nobody asked for a while - a Watch gives no Mark, and there is nothing to give to others.
//
// # How nothing is missed
//
// Ids are given in the order of the inserts, transactions commit in another. A poll therefore reads the rows above the last id it saw,
// and those of the transactions that were running at the last poll: a row is written under a transaction's id that exists before the
// row's own id does, so whatever was not visible and has a smaller id belongs to one of those. A long transaction costs one look-up.
// The state lives as long as the connection: after a crash of PostgreSQL, which empties the table, and after a pause of [forgotten], all
// Marks change.
package change
