import { computed, ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { toast } from '@/kit/toast'
import type { Around } from '@/grid/cells'
import { typeOf } from '@/grid/cells'
import type { Column } from '@/grid/columns'
import type { Model } from '@/grid/painter'
import type { Edits } from '@/grid/useEdits'
import { useSheet, type Written } from '@/grid/useSheet'
import type { Row } from '@/record/values'
import type { useMarks } from './useMarks'
import type { Records } from './useRecords'

interface Parts {
  records: Records; edits: Edits; marks: ReturnType<typeof useMarks>; columns: () => Column[]; around: (c: Column) => Around; editable: () => boolean; direct: () => boolean
  grid: () => { show(c: { row: number; col: number }): void; page(): number; focus(): void; toTop(): void } | undefined
  open: (uid: string) => void; search: () => void; review: () => void; project: () => string
}

/** What the grid shows: records that were added here first, then those of the server; and what keys do to them. */
export function useGridModel(p: Parts) {
  const { t } = useI18n()
  const router = useRouter()
  const said = ref('')
  const { records, edits, marks } = p
  const added = computed<Row[]>(() => edits.added.value.map((a) => ({ ...a.values, uid: a.uid, version: 0 })))
  const rows = computed(() => added.value.length + records.size.value)
  const rowAt = (i: number): Row | undefined => (i < added.value.length ? added.value[i] : records.cache.row(i - added.value.length))
  const indexOf = (uid: string): number => {
    const i = added.value.findIndex((a) => a.uid === uid)
    if (i >= 0) return i
    const j = records.cache.find(uid)
    return j < 0 ? -1 : j + added.value.length
  }
  const problemOf = (row: Row, name: string) => {
    const a = row.uid.startsWith('+') ? edits.pending().added.find((x) => x.uid === row.uid) : undefined
    return a ? a.problems[name] ?? '' : edits.queue.edit(edits.pendingTable(), row.uid, name)?.problem ?? ''
  }
  const model: Model = {
    row: rowAt,
    value: (row, name) => (row.uid.startsWith('+') ? row[name] : edits.valueOf(row, name)),
    state: (row, name) => {
      if (row.uid.startsWith('+')) return problemOf(row, name) ? 'wrong' : ''
      const e = edits.queue.edit(edits.pendingTable(), row.uid, name)
      return !e ? '' : e.conflict ? 'conflict' : e.problem ? 'wrong' : 'pending'
    },
    rowState: (row) => (row.uid.startsWith('+') ? 'added' : edits.pending().deleted.has(row.uid) ? 'deleted' : ''),
    marked: (row) => marks.has(row.uid),
  }
  const tell = (key: string, named?: Record<string, unknown>) => {
    said.value = t(key, named ?? {})
    if (key !== 'grid.copied') toast.info(said.value)
  }

  const sheet = useSheet({ columns: p.columns, rows: () => rows.value, page: () => p.grid()?.page() ?? 20, model, around: p.around, editable: p.editable }, {
    write: (cells, what, beyond = 0) => void write(cells, what, beyond),
    open: (i) => { const row = rowAt(i); if (row && !row.uid.startsWith('+')) p.open(row.uid) },
    follow,
    addRow: () => addRow(),
    undo: () => void edits.undo(),
    redo: () => void edits.redo(),
    save: () => void edits.save(),
    search: p.search,
    review: p.review,
    mark: (list, on) => { for (const i of list) marks.mark(i, on, false, rowAt) },
    show: (cell) => p.grid()?.show(cell),
    tell,
    left: (i) => { // an added record is saved when it is left
      const row = rowAt(i)
      if (p.direct() && row?.uid.startsWith('+') && Object.keys(edits.pending().added.find((a) => a.uid === row.uid)?.values ?? {}).length) void edits.save()
    },
  })

  async function write(cells: Written[], what: string, beyond: number) {
    const columns = p.columns()
    const fresh: Array<Record<string, unknown>> = Array.from({ length: beyond }, () => ({}))
    const changes = cells.flatMap((c) => {
      const column = columns[c.col], row = rowAt(c.row)
      if (!column) return []
      if (row) return [{ uid: row.uid, field: column.name, value: c.value }]
      const extra = fresh[c.row - rows.value]
      if (extra) extra[column.name] = c.value
      return []
    })
    await edits.write(changes, t(`grid.step.${what}`, { n: changes.length }))
    if (beyond) {
      edits.add(fresh.reverse())
      if (p.direct()) await edits.save()
    }
  }
  function addRow(values: Record<string, unknown> = {}) {
    if (!p.editable()) return
    edits.add([values])
    p.grid()?.toTop()
    const col = Math.max(0, p.columns().findIndex((c) => !c.system && typeOf(c.field).edit && typeOf(c.field).edit !== 'record'))
    sheet.select({ active: { row: 0, col }, tail: { row: 0, col }, head: { row: 0, col } })
    p.grid()?.focus()
  }
  /** Ctrl+click and Ctrl+Enter: to the record referred to, or to a page of the web in a window of its own. */
  function follow(i: number, col: number) {
    const row = rowAt(i), column = p.columns()[col]
    const value = row && column ? model.value(row, column.name) : undefined
    const to = column && value !== undefined && value !== null ? typeOf(column.field).link?.(value, p.around(column)) : null
    if (to?.href) window.open(to.href, '_blank', 'noopener,noreferrer')
    else if (to?.table && to.uid) void router.push({ name: 'record', params: { project: p.project(), table: to.table, uid: to.uid } })
  }

  const tick = computed(() => records.tick.value * 1e6 + edits.version.value.n + marks.count.value * 1e3 + (marks.all.value ? 500 : 0))
  // Where records come, go and change places, what is selected stays with its record.
  let anchor = ''
  watch(sheet.selection, (s) => { anchor = rowAt(s.active.row)?.uid ?? '' }, { flush: 'sync' })
  watch(tick, () => {
    const s = sheet.selection.value, here = rowAt(s.active.row)?.uid ?? ''
    const by = anchor && here && here !== anchor ? indexOf(anchor) - s.active.row : 0
    if (by && indexOf(anchor) >= 0) sheet.select({ active: down(s.active, by), tail: down(s.tail, by), head: down(s.head, by) }, false)
    else anchor = here || anchor
  }, { flush: 'sync' })
  const down = (cell: { row: number; col: number }, by: number) => ({ ...cell, row: Math.max(0, cell.row + by) })
  const tooLarge = 20_000
  const picked = shallowRef(0)
  /** The numbers of the selection that are at hand. */
  const numbers = computed(() => {
    void tick.value
    const r = sheet.range.value
    picked.value = (r.bottom - r.top + 1) * (r.right - r.left + 1)
    const list: number[] = []
    if (picked.value < 2 || picked.value > tooLarge) return list
    const columns = p.columns()
    for (let i = r.top; i <= r.bottom; i++) {
      const row = rowAt(i)
      if (row) for (let c = r.left; c <= r.right; c++) {
        const column = columns[c], v = column && model.value(row, column.name)
        if (typeof v === 'number') list.push(v)
      }
    }
    return list
  })
  const selected = computed(() => { const r = sheet.range.value; return (r.bottom - r.top + 1) * (r.right - r.left + 1) })
  /** What is wrong with the active cell, for below the grid and for who cannot see its corner. */
  const problem = computed(() => {
    void tick.value
    const { row: i, col } = sheet.selection.value.active
    const row = rowAt(i), column = p.columns()[col]
    return row && column ? problemOf(row, column.name) || (edits.pending().added.find((a) => a.uid === row.uid)?.problem ?? '') : ''
  })
  return { model, sheet, rows, rowAt, indexOf, addRow, follow, tick, numbers, selected, problem, said, added }
}
