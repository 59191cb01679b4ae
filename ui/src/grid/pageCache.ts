/** Where a page begins: behind a cursor ('*' is the top), and how many records further. */
export interface Start { cursor: string; skip: number }
export interface Loaded<R> { rows: R[]; next: string | null }
export type Load<R> = (start: Start, size: number, signal: AbortSignal) => Promise<Loaded<R>>

interface Options { size?: number; keep?: number; pace?: number; changed: () => void; failed: (e: unknown) => void }

/** From so many skipped records on, a cursor further back is fetched too, so that scrolling back is cheap. */
const farSkip = 10_000
const backPages = 40
/** While pages fly by faster than this, in ms, one is asked for in each such time: most would be gone before they came. */
const usualPace = 100

/**
 * The records of a long list that are at hand: pages, the least used dropped first. A page is read behind the nearest cursor known, so
 * going on from it is a keyset read; only a far jump skips records. What is not wanted any more is aborted.
 */
export class PageCache<R extends { uid: string }> {
  /** How many records there are, once the last page was seen. */
  end: number | undefined
  readonly size: number
  private readonly keep: number
  private readonly pages = new Map<number, R[]>()
  private readonly cursors = new Map<number, string>([[0, '*']])
  private readonly pending = new Map<number, AbortController>()
  private stale = new Set<number>()
  private wanted: [number, number] = [0, -1]
  private epoch = 0
  private turned = 0 // when another page was wanted last
  private later: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly load: Load<R>, private readonly options: Options) {
    this.size = options.size ?? 200
    this.keep = options.keep ?? 40
  }

  /** The record at a place, if it is at hand. */
  row(i: number): R | undefined {
    const page = Math.floor(i / this.size)
    return this.pages.get(page)?.[i - page * this.size]
  }

  /** Sees to it that the records from first to last come; others need not come any more. */
  want(first: number, last: number): void {
    const from = Math.floor(Math.max(0, first) / this.size), to = Math.floor(Math.max(0, last) / this.size)
    const turns = from !== this.wanted[0] || to !== this.wanted[1]
    this.wanted = [from, to]
    for (const [page, control] of this.pending) {
      if (page < from - 1 || page > to + 1) {
        control.abort()
        this.pending.delete(page)
      }
    }
    for (let page = from; page <= to; page++) this.touch(page)
    if (!turns || !this.flies()) this.pump()
  }

  /** Whether pages are turned so fast that the next is asked for later. */
  private flies(): boolean {
    const now = Date.now(), pace = this.options.pace ?? usualPace
    const fast = now - this.turned < pace
    this.turned = now
    if (fast) {
      this.later ??= setTimeout(() => {
        this.later = undefined
        this.pump()
      }, pace)
    }
    return fast
  }

  private touch(page: number) {
    const rows = this.pages.get(page)
    if (!rows) return
    this.pages.delete(page)
    this.pages.set(page, rows) // the last of a Map is the one used last
  }

  private beyond = (page: number) => page < 0 || (this.end !== undefined && page * this.size >= this.end && page > 0)

  /** Reads what is wanted first, then what is beside it. */
  private pump() {
    const [from, to] = this.wanted
    const order: number[] = []
    for (let page = from; page <= to; page++) order.push(page)
    order.push(to + 1, from - 1)
    for (const page of order) {
      if (this.pending.size >= 2) return
      if (this.beyond(page) || this.pending.has(page) || (this.pages.has(page) && !this.stale.has(page))) continue
      const visible = page >= from && page <= to
      if (!visible && this.pending.size > 0) return
      void this.fetch(page)
    }
  }

  /** The nearest known start before a page. */
  startOf(page: number): Start {
    let at = page
    while (!this.cursors.has(at)) at--
    return { cursor: this.cursors.get(at) as string, skip: (page - at) * this.size }
  }

  private async fetch(page: number) {
    const control = new AbortController()
    this.pending.set(page, control)
    const start = this.startOf(page), epoch = this.epoch
    try {
      const loaded = await this.load(start, this.size, control.signal)
      if (control.signal.aborted || epoch !== this.epoch) return
      this.pending.delete(page)
      this.take(page, loaded)
      this.options.changed()
      if (start.skip > farSkip) void this.lookBack(page - backPages)
      this.pump()
    } catch (e) {
      if (control.signal.aborted || epoch !== this.epoch) return
      this.pending.delete(page)
      this.options.failed(e)
    }
  }

  private take(page: number, { rows, next }: Loaded<R>) {
    this.stale.delete(page)
    this.pages.delete(page)
    this.pages.set(page, rows)
    if (next === null && (rows.length > 0 || page === 0)) this.end = page * this.size + rows.length
    else if (rows.length === 0) this.end = Math.min(this.end ?? Infinity, page * this.size)
    else if (this.end !== undefined && this.end <= (page + 1) * this.size) this.end = undefined
    if (next !== null) this.follow(page + 1, next)
    for (const old of this.pages.keys()) {
      if (this.pages.size <= this.keep) break
      this.pages.delete(old)
    }
  }

  /** Notes where a page begins. Where it began elsewhere before, what lies behind it stands elsewhere too. */
  private follow(page: number, cursor: string) {
    const before = this.cursors.get(page)
    if (before !== undefined && before !== cursor) {
      for (const p of this.cursors.keys()) if (p > page) this.cursors.delete(p)
      for (const p of this.pages.keys()) if (p >= page) this.stale.add(p)
    }
    this.cursors.set(page, cursor)
  }

  /** Finds the start of a page far back, from the record before it. */
  private async lookBack(page: number) {
    if (page <= 0 || this.cursors.has(page)) return
    const start = this.startOf(page), epoch = this.epoch
    try {
      const { next } = await this.load({ cursor: start.cursor, skip: start.skip - 1 }, 1, new AbortController().signal)
      if (next !== null && epoch === this.epoch) this.cursors.set(page, next)
    } catch {
      // scrolling back will skip instead
    }
  }

  /** Another list: nothing is at hand any more. */
  clear(): void {
    this.epoch++
    this.turned = 0
    clearTimeout(this.later)
    this.later = undefined
    for (const control of this.pending.values()) control.abort()
    this.pending.clear()
    this.pages.clear()
    this.stale.clear()
    this.cursors.clear()
    this.cursors.set(0, '*')
    this.end = undefined
  }

  /** Reads what is seen again; it stays until the new comes. */
  refresh(): void {
    for (const page of this.pages.keys()) {
      if (page >= this.wanted[0] - 1 && page <= this.wanted[1] + 1) this.stale.add(page)
      else this.pages.delete(page)
    }
    this.pump()
  }

  /** Puts a record in the place of the one of its uid. */
  replace(row: R): void {
    for (const rows of this.pages.values()) {
      const at = rows.findIndex((r) => r.uid === row.uid)
      if (at >= 0) rows[at] = row
    }
  }

  /** The place of a record that is at hand, or -1. */
  find(uid: string): number {
    for (const [page, rows] of this.pages) {
      const at = rows.findIndex((r) => r.uid === uid)
      if (at >= 0) return page * this.size + at
    }
    return -1
  }

  /** Whether a place is being read. */
  get busy() { return this.pending.size > 0 }
  get pageCount() { return this.pages.size }
}
