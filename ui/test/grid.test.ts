import { describe, expect, it } from 'vitest'
import { read, textOf, type Around } from '@/grid/cells'
import { readDate } from '@/grid/cells/date'
import { clock, readMoment } from '@/grid/cells/datetime'
import { readNumber } from '@/grid/cells/number'
import { arrange, emptyLayout, moved, nudged, order, pinned, readLayout, resized, shown, sortedBy } from '@/grid/columns'
import { EditQueue, History } from '@/grid/editQueue'
import { PageCache, type Start } from '@/grid/pageCache'
import { at, move, rect, step } from '@/grid/selection'
import { formatTSV, parseTSV, tiled } from '@/grid/tsv'
import { Viewport } from '@/grid/viewport'
import { fromFilter, searching, toFilter } from '@/pages/records/quick'
import type { Field, Table } from '@/state/project'

const settle = () => new Promise((done) => setTimeout(done))
const around = (field: Field): Around => ({ field, timezone: 'Asia/Shanghai', project: 'p', t: (k) => k })

describe('the page cache', () => {
  const make = (n: number, keep = 40, pace = 0) => {
    const asked: Start[] = []
    const cache = new PageCache<{ uid: string }>(async ({ cursor, skip }, size, signal) => {
      asked.push({ cursor, skip })
      await settle()
      if (signal.aborted) throw new Error('aborted')
      const from = (cursor === '*' ? 0 : Number(cursor)) + skip
      const rows = Array.from({ length: Math.max(0, Math.min(size, n - from)) }, (_, i) => ({ uid: `r${from + i}` }))
      return { rows, next: from + size < n ? String(from + size) : null }
    }, { size: 10, keep, pace, changed: () => {}, failed: (e) => { throw e } })
    return { cache, asked }
  }
  const settled = async (cache: PageCache<{ uid: string }>) => { do await settle(); while (cache.busy) }
  it('asks for few of the pages that fly by', async () => {
    const { cache, asked } = make(100_000, 40, 50)
    for (let page = 0; page < 100; page++) cache.want(page * 100, page * 100 + 5)
    expect(asked.length).toBeLessThan(3)
    await new Promise((done) => setTimeout(done, 60))
    await settled(cache)
    expect(cache.row(9903)?.uid).toBe('r9903')
  })
  it('goes on behind cursors, and skips only for a far jump', async () => {
    const { cache, asked } = make(100_000)
    cache.want(0, 5)
    await settled(cache)
    expect(cache.row(3)?.uid).toBe('r3')
    cache.want(12, 18)
    await settled(cache)
    cache.want(50_000, 50_009)
    await settled(cache)
    expect(cache.row(50_000)?.uid).toBe('r50000')
    await settle()
    cache.want(49_990, 49_999)
    await settled(cache)
    expect(cache.row(49_995)?.uid).toBe('r49995')
    expect(asked[0]).toEqual({ cursor: '*', skip: 0 })
    expect(asked[1]).toEqual({ cursor: '10', skip: 0 })
    expect(asked.filter((a) => a.skip > 10_000).length).toBeLessThanOrEqual(3)
  })
  it('keeps few pages and knows the end', async () => {
    const { cache } = make(95, 3)
    for (let i = 0; i < 95; i += 10) {
      cache.want(i, i + 5)
      await settled(cache)
    }
    expect(cache.pageCount).toBeLessThanOrEqual(3)
    expect(cache.end).toBe(95)
    expect(cache.row(0)).toBeUndefined()
  })
  it('gives up what is not wanted any more', async () => {
    const { cache } = make(1000)
    cache.want(0, 5)
    cache.want(500, 505)
    await settled(cache)
    expect(cache.row(0)).toBeUndefined()
    expect(cache.row(500)?.uid).toBe('r500')
  })
  it('replaces a record and finds it', async () => {
    const { cache } = make(30)
    cache.want(0, 25)
    await settled(cache)
    cache.replace({ uid: 'r12' })
    expect(cache.find('r12')).toBe(12)
    expect(cache.find('zz')).toBe(-1)
  })
})

describe('a selection', () => {
  const b = { rows: 100, cols: 5, page: 10 }
  it('moves and stops at the edges', () => {
    expect(move(at(0, 0), 'ArrowUp', false, false, b)).toEqual(at(0, 0))
    expect(move(at(3, 3), 'ArrowDown', true, false, b)).toEqual(at(99, 3))
    expect(move(at(3, 3), 'End', true, false, b)).toEqual(at(99, 4))
    expect(move(at(3, 3), 'PageDown', false, false, b)).toEqual(at(13, 3))
    expect(move(at(3, 3), 'x', false, false, b)).toBeNull()
  })
  it('grows from the active cell', () => {
    const s = move(move(at(3, 3), 'ArrowDown', false, true, b)!, 'ArrowLeft', false, true, b)!
    expect(s.active).toEqual({ row: 3, col: 3 })
    expect(rect(s)).toEqual({ top: 3, left: 2, bottom: 4, right: 3 })
  })
  it('walks round a range, and through the table', () => {
    const range = { active: { row: 1, col: 1 }, tail: { row: 1, col: 1 }, head: { row: 2, col: 2 } }
    const cells = []
    let s = range
    for (let i = 0; i < 4; i++) { s = step(s, 'col', 1, b); cells.push(`${s.active.row}${s.active.col}`) }
    expect(cells).toEqual(['12', '21', '22', '11'])
    expect(rect(s)).toEqual(rect(range))
    expect(step(at(0, 4), 'col', 1, b)).toEqual(at(1, 0))
    expect(step(at(0, 0), 'col', -1, b)).toEqual(at(0, 0))
  })
})

describe('TSV', () => {
  it.each([
    [[['a', 'b'], ['c', '']]], [[['with\ttab', 'two\nlines'], ['"quoted"', 'in"side']]], [[['', '']]],
  ])('survives the way there and back %#', (rows) => { expect(parseTSV(formatTSV(rows))).toEqual(rows) })
  it('reads what spreadsheets write', () => {
    expect(parseTSV('a\tb\r\nc\td\r\n')).toEqual([['a', 'b'], ['c', 'd']])
    expect(parseTSV('"a ""b"""\tc')).toEqual([['a "b"', 'c']])
    expect(parseTSV('"open\tc')).toEqual([['"open', 'c']])
    expect(parseTSV('')).toEqual([])
    expect(parseTSV('a\n\nb')).toEqual([['a'], [''], ['b']])
  })
  it('fills a larger selection evenly', () => {
    expect(tiled([['x']], 2, 2)).toEqual([['x', 'x'], ['x', 'x']])
    expect(tiled([['x', 'y']], 2, 3)).toEqual([['x', 'y']])
  })
})

describe('the edit queue', () => {
  const same = (a: unknown, b: unknown) => (a ?? null) === (b ?? null)
  const row = (uid: string, n: number, version = 1) => ({ uid, version, n })
  it('knows cells by their record, whatever is added above them', () => {
    const q = new EditQueue()
    q.set('t', row('a', 1), 'n', 5, same)
    q.add('t')
    q.set('t', row('b', 1), 'n', 6, same)
    expect(q.updates('t').map((u) => [u.uid, u.data.n])).toEqual([['a', 5], ['b', 6]])
    expect(q.count('t')).toBe(3)
  })
  it('keeps tables apart', () => {
    const q = new EditQueue()
    q.set('t', row('a', 1), 'n', 5, same)
    q.set('u', row('a', 1), 'n', 6, same)
    expect(q.updates('t')).toHaveLength(1)
    expect(q.edit('u', 'a', 'n')?.value).toBe(6)
    q.clear('u')
    expect(q.count('t')).toBe(1)
  })
  it('does not lose what is typed while a save is under way', () => {
    const q = new EditQueue()
    q.set('t', row('a', 1), 'n', 5, same)
    const sent = q.updates('t')[0]!
    q.set('t', row('a', 1), 'n', 7, same)
    q.saved('t', sent, row('a', 5, 2))
    expect(q.updates('t')).toMatchObject([{ uid: 'a', version: 2, data: { n: 7 } }])
  })
  it('asks for the version that was first touched', () => {
    const q = new EditQueue()
    q.set('t', row('a', 1, 3), 'n', 5, same)
    q.set('t', row('a', 9, 4), 'n', 6, same)
    expect(q.updates('t')[0]?.version).toBe(3)
  })
  it('forgets an edit that is taken back, and one of a deleted record', () => {
    const q = new EditQueue()
    q.set('t', row('a', 1), 'n', 5, same)
    q.set('t', row('a', 1), 'n', 1, same)
    expect(q.count('t')).toBe(0)
    q.set('t', row('b', 1), 'n', 5, same)
    q.remove('t', [row('b', 1)])
    expect(q.updates('t')).toEqual([])
    expect(q.count('t')).toBe(1)
  })
  it('keeps an edit back while the first one is on its way', () => {
    const q = new EditQueue()
    const same = (a: unknown, b: unknown) => a === b
    q.set('t', row('a', 1), 'n', 5, same)
    const [first] = q.updates('t')
    q.sent([first!])
    q.set('t', row('a', 1), 'n', 1, same) // undone before the answer came
    q.saved('t', first!, { ...row('a', 5), version: 2 })
    q.arrived('t', (_, a, b) => a === b)
    expect(q.updates('t').map((u) => [u.version, u.data])).toEqual([[2, { n: 1 }]])
  })
  it('undoes and does again, also what got its uid later', () => {
    const h = new History()
    h.push({ label: 'x', table: 't', cells: [], added: [{ uid: '+1', version: 0 }], deleted: [] })
    h.renamed('+1', 'abc')
    expect(h.undo()?.added).toEqual([{ uid: 'abc', version: 0 }])
    expect(h.undo()).toBeUndefined()
    expect(h.redo()?.label).toBe('x')
  })
})

describe('columns', () => {
  const table = { fields: { a: { type: 'text' }, b: { type: 'number', label: 'Bee' }, c: { type: 'boolean' } } } as unknown as Table
  const names = (l = emptyLayout()) => arrange(table, l, (n) => n).map((c) => c.name)
  it('are the fields and when a record was made', () => { expect(names()).toEqual(['a', 'b', 'c', 'created_at']) })
  it('move, pin, hide and keep to their side', () => {
    expect(names(moved(table, emptyLayout(), 'c', 'a'))).toEqual(['c', 'a', 'b', 'created_at'])
    expect(names(pinned(emptyLayout(), 'b', true))).toEqual(['b', 'a', 'c', 'created_at'])
    expect(names(nudged(table, emptyLayout(), 'a', 1))).toEqual(['b', 'a', 'c', 'created_at'])
    expect(names(nudged(table, pinned(emptyLayout(), 'b', true), 'b', 1))).toEqual(['b', 'a', 'c', 'created_at'])
    expect(names(shown(emptyLayout(), 'b', false))).toEqual(['a', 'c', 'created_at'])
    expect(names(shown(emptyLayout(), 'uid', true))).toContain('uid')
  })
  it('live with fields that are new or gone', () => {
    const layout = readLayout({ order: ['gone', 'c', 'created_at', 'a'], widths: { a: 90, b: 'x' }, hidden: 3 })
    expect(order(table, layout)).toEqual(['c', 'b', 'created_at', 'a', 'uid', 'updated_at', 'version'])
    expect(layout.widths).toEqual({ a: 90 })
    expect(resized(layout, 'a', 9999).widths.a).toBe(800)
  })
  it('sort up, down, not at all', () => {
    expect(sortedBy([], 'a', false)).toEqual(['a'])
    expect(sortedBy(['a'], 'a', false)).toEqual(['-a'])
    expect(sortedBy(['-a'], 'a', false)).toEqual([])
    expect(sortedBy(['b', 'a'], 'a', true)).toEqual(['b', '-a'])
  })
})

describe('the viewport', () => {
  it('shows a window of a small table as it is', () => {
    const v = new Viewport(100, 32, 320)
    expect(v.scrolled(640)).toEqual({ top: 640 })
    expect(v.window(640, 0)).toEqual([20, 30])
    expect(v.y(20)).toBe(640)
  })
  it('reaches every row of a table taller than an element may be, and moves by pixels', () => {
    const v = new Viewport(1_000_000, 40, 600)
    expect(v.space).toBe(8_000_000)
    expect(v.scrolled(v.space - 600).top).toBeCloseTo(v.total - 600)
    const place = v.place(20_000_000)
    expect(v.scrolled(place).top).toBe(20_000_000)
    expect(v.scrolled(place + 40).top).toBe(20_000_040)
    expect(v.y(500_000) - place).toBe(0)
  })
})

describe('cells', () => {
  it('read numbers with all their digits', () => {
    expect(readNumber('1,234.5')).toBe(1234.5)
    expect(readNumber('12345678901234567890')).toBe('12345678901234567890')
    expect(readNumber('12x')).toBeNull()
  })
  it('read times in the timezone of the project', () => {
    expect(readMoment('2026-11-23 13:28', 'Asia/Shanghai')).toBe('2026-11-23T05:28:00.000Z')
    expect(readMoment('2026-11-23T05:28:00Z', 'Asia/Shanghai')).toBe('2026-11-23T05:28:00.000Z')
    expect(readMoment('soon', 'UTC')).toBeNull()
    expect(clock('2026-11-23T05:28:00Z', 'Asia/Shanghai')).toBe('2026-11-23 13:28:00')
    expect(readDate('2026/2/3', 'UTC')).toBe('2026-02-03')
    expect(readDate('2026-02-30', 'UTC')).toBeNull()
  })
  it('tell nothing from an empty text', () => {
    expect(read('', around({ type: 'text' }))).toEqual({ value: '' })
    expect(read('', around({ type: 'text' }), true)).toEqual({ value: null })
    expect(read('', around({ type: 'number' }))).toEqual({ value: null })
    expect(read('x', around({ type: 'generated' }))).toEqual({ wrong: 'readonly' })
    expect(textOf({ u: 'abc', v: 'Acme' }, around({ type: 'reference', to: 'x' }))).toBe('Acme')
    expect(read('READY', around({ type: 'enum', values: ['ready'] }))).toEqual({ value: 'ready' })
  })
})

describe('quick filters', () => {
  it.each([
    [[{ field: 'a', op: '=', value: "it's" }]], [[{ field: 'a', op: 'CONTAINS', value: 'x\ny' }, { field: 'n', op: '>', value: 3 }, { field: 's', op: 'IN', value: ['a', 'b'] }]],
    [[{ field: 'a', op: 'null', value: null }, { field: 'b', op: 'not null', value: null }]], [[{ field: 'ok', op: '=', value: false }]],
  ])('are the filter of the server and back %#', (list) => { expect(fromFilter(toFilter(list))).toEqual(list) })
  it('know the shorthand, and leave what is more alone', () => {
    expect(fromFilter({ a: 1, b: { '>': 2 }, c: null })).toEqual([{ field: 'a', op: '=', value: 1 }, { field: 'b', op: '>', value: 2 }, { field: 'c', op: 'null', value: null }])
    expect(fromFilter({ OR: [{ a: 1 }, { b: 2 }] })).toBeNull()
    expect(fromFilter(null)).toEqual([])
  })
  it('go together with the search', () => {
    expect(searching(null, ' ', ['a'])).toBeNull()
    expect(searching(null, 'x', ['a'])).toMatchObject({ t: 'SEARCH', l: [{ t: 'FIELD', v: 'a' }] })
    expect(searching({ a: 1 }, 'x', ['a'])).toMatchObject({ t: 'AND', l: { a: 1 } })
  })
})
