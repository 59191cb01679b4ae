import type { Row } from '@/record/values'

/** A change of one cell that is not saved yet. It is known by table, record and field, never by where the cell stood. */
export interface Edit { table: string; uid: string; field: string; before: unknown; value: unknown; seq: number; problem: string; conflict: boolean }
export interface Change { uid: string; field: string; value: unknown }
export interface Added { uid: string; values: Record<string, unknown>; problems: Record<string, string>; problem: string }
/** What is sent: one record each. `seq` is the newest edit that it holds. */
export interface Update { uid: string; version: number; data: Record<string, unknown>; seq: number }

interface Pending { edits: Map<string, Edit>; bases: Map<string, Row>; added: Added[]; deleted: Map<string, Row> }

const key = (uid: string, field: string) => `${uid}\n${field}`
const nothing = (): Pending => ({ edits: new Map(), bases: new Map(), added: [], deleted: new Map() })

/**
 * What waits to be saved, of all tables. An edit keeps the record as it was when it was first touched: that version is the one that the
 * save asks for, so a change by somebody else in between is never overwritten.
 */
export class EditQueue {
  private readonly tables = new Map<string, Pending>()
  private readonly sending = new Set<string>() // cells of an update that is on its way
  private seq = 0
  private made = 0

  of(table: string): Pending {
    let p = this.tables.get(table)
    if (!p) this.tables.set(table, p = nothing())
    return p
  }

  edit(table: string, uid: string, field: string): Edit | undefined { return this.tables.get(table)?.edits.get(key(uid, field)) }

  /** Puts a value in a cell. One that is as before is no edit any more, unless another is on its way to the server. */
  set(table: string, row: Row, field: string, value: unknown, same: (a: unknown, b: unknown) => boolean): void {
    const p = this.of(table)
    const added = p.added.find((a) => a.uid === row.uid)
    if (added) {
      added.values = { ...added.values, [field]: value }
      delete added.problems[field]
      added.problem = ''
      return
    }
    if (!p.bases.has(row.uid)) p.bases.set(row.uid, row)
    const base = p.bases.get(row.uid) as Row
    if (same(base[field], value) && !this.sending.has(key(row.uid, field))) this.drop(table, row.uid, field)
    else p.edits.set(key(row.uid, field), { table, uid: row.uid, field, before: base[field], value, seq: ++this.seq, problem: '', conflict: false })
  }

  drop(table: string, uid: string, field: string): void {
    const p = this.of(table)
    p.edits.delete(key(uid, field))
    if (![...p.edits.values()].some((e) => e.uid === uid)) p.bases.delete(uid)
  }

  add(table: string, values: Record<string, unknown> = {}): Added {
    const added: Added = { uid: `+${++this.made}`, values: { ...values }, problems: {}, problem: '' }
    this.of(table).added.unshift(added)
    return added
  }

  /** Marks records to be deleted; added ones just go. */
  remove(table: string, rows: Row[]): void {
    const p = this.of(table)
    for (const row of rows) {
      const i = p.added.findIndex((a) => a.uid === row.uid)
      if (i >= 0) p.added.splice(i, 1)
      else p.deleted.set(row.uid, row)
    }
  }

  keep(table: string, uids: string[]): void {
    for (const uid of uids) this.of(table).deleted.delete(uid)
  }

  /** The changes of records, each under the version that was edited. Deleted records need none. */
  updates(table: string): Update[] {
    const p = this.of(table)
    const byUid = new Map<string, Update>()
    for (const e of p.edits.values()) {
      if (p.deleted.has(e.uid) || e.conflict) continue
      const u = byUid.get(e.uid) ?? { uid: e.uid, version: p.bases.get(e.uid)?.version ?? 0, data: {}, seq: 0 }
      u.data[e.field] = e.value
      u.seq = Math.max(u.seq, e.seq)
      byUid.set(e.uid, u)
    }
    return [...byUid.values()]
  }

  /** Updates are on their way, until [EditQueue.arrived]. */
  sent(updates: Update[]): void {
    for (const u of updates) for (const field of Object.keys(u.data)) this.sending.add(key(u.uid, field))
  }
  /** Nothing is on its way any more, saved or not: an edit back to what the record has is none. */
  arrived(table: string, same: (field: string, a: unknown, b: unknown) => boolean): void {
    this.sending.clear()
    const p = this.of(table)
    for (const e of [...p.edits.values()]) if (same(e.field, p.bases.get(e.uid)?.[e.field], e.value)) this.drop(table, e.uid, e.field)
  }

  /** A save came back: what was sent is done; what was typed meanwhile stays, on top of the record as it is now. */
  saved(table: string, update: Update, row: Row): void {
    const p = this.of(table)
    for (const field of Object.keys(update.data)) {
      const e = this.edit(table, update.uid, field)
      if (e && e.seq <= update.seq) p.edits.delete(key(update.uid, field))
    }
    if ([...p.edits.values()].some((e) => e.uid === update.uid)) p.bases.set(update.uid, row)
    else p.bases.delete(update.uid)
  }

  /** Tells a cell what the server has against it. A field of '' means all edits of the record. */
  refuse(table: string, uid: string, field: string, problem: string, conflict = false): void {
    for (const e of this.of(table).edits.values()) {
      if (e.uid === uid && (!field || e.field === field)) {
        e.problem = problem
        e.conflict = conflict
      }
    }
  }

  count(table: string): number {
    const p = this.tables.get(table)
    return p ? [...p.edits.values()].filter((e) => !p.deleted.has(e.uid)).length + p.added.length + p.deleted.size : 0
  }

  clear(table: string): void { this.tables.delete(table) }
}

/** What can be undone: cells with what they held before and after, records that came or went. */
export interface Step { label: string; table: string; cells: Array<{ uid: string; field: string; before: unknown; after: unknown }>; added: Row[]; deleted: Row[] }

/** The steps that can be undone and done again, the newest last. */
export class History {
  readonly done: Step[] = []
  readonly undone: Step[] = []
  push(step: Step): void {
    this.done.push(step)
    if (this.done.length > 200) this.done.shift()
    this.undone.length = 0
  }
  /** Takes the step to undo; it may be done again. */
  undo(): Step | undefined { return shift(this.done, this.undone) }
  redo(): Step | undefined { return shift(this.undone, this.done) }
  /** Takes a step back that could not be done. */
  again(step: Step, side: 'before' | 'after'): void {
    const [from, to] = side === 'before' ? [this.undone, this.done] : [this.done, this.undone]
    if (from.at(-1) === step) to.push(from.pop() as Step)
  }
  /** An added record has got its uid from the server. */
  renamed(from: string, to: string): void {
    for (const s of [...this.done, ...this.undone]) {
      s.added = s.added.map((r) => (r.uid === from ? { ...r, uid: to } : r))
      for (const c of s.cells) if (c.uid === from) c.uid = to
    }
  }
}

function shift(from: Step[], to: Step[]): Step | undefined {
  const step = from.pop()
  if (step) to.push(step)
  return step
}
