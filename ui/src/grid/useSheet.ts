import { computed, ref, shallowRef } from 'vue'
import { read, textOf, typeOf, type Around } from './cells'
import { copyCells, readCells } from './clipboard'
import type { Column } from './columns'
import type { Model } from './painter'
import { at, clip, isSingle, move, rect, step, within, type Bounds, type Cell, type Rect, type Selection } from './selection'

export interface Written { row: number; col: number; value: unknown }
export interface Editing { row: number; col: number; typed: boolean }

interface World { columns: () => Column[]; rows: () => number; page: () => number; model: Model; around: (c: Column) => Around; editable: () => boolean }
interface Acts {
  write(cells: Written[], what: 'edit' | 'paste' | 'fill' | 'clear' | 'cut', beyond?: number): void
  open(row: number): void
  follow(row: number, col: number): void
  addRow(): void
  undo(): void
  redo(): void
  save(): void
  search(): void
  review(): void
  mark(rows: number[], on: boolean): void
  show(cell: Cell): void
  tell(key: string, named?: Record<string, unknown>): void
  left(row: number): void
}

/** What a spreadsheet does with keys and the clipboard: cells are selected, then edited. */
export function useSheet(w: World, acts: Acts) {
  const selection = shallowRef<Selection>(at(0, 0))
  const editing = shallowRef<Editing | null>(null)
  const text = ref('')
  const wrong = ref('')
  const bounds = (): Bounds => ({ rows: w.rows(), cols: w.columns().length, page: w.page() })
  const range = computed(() => rect(selection.value))
  const column = (col: number) => w.columns()[col]
  const aroundOf = (col: number): Around | undefined => { const c = column(col); return c && w.around(c) }
  const writable = (col: number) => { const c = column(col); return !!c && !c.system && !!typeOf(c.field).parse && w.editable() }
  const valueAt = (row: number, col: number): unknown => { const r = w.model.row(row), c = column(col); return r && c ? w.model.value(r, c.name) : undefined }

  function select(s: Selection, show = true) {
    const before = selection.value.active.row
    selection.value = s
    if (before !== s.active.row) acts.left(before)
    if (show) acts.show(s.head)
  }
  function clamp() {
    const b = bounds()
    if (b.rows && b.cols) selection.value = { active: clip(selection.value.active, b), tail: clip(selection.value.tail, b), head: clip(selection.value.head, b) }
  }

  /** Begins to edit the active cell; what was typed replaces its text. */
  function edit(typed?: string) {
    const { row, col } = selection.value.active
    const c = column(col), r = w.model.row(row)
    if (!c || !r) return false
    const type = typeOf(c.field)
    if (!writable(col) || w.model.rowState(r) === 'deleted') {
      acts.tell('grid.readonly', { field: c.label })
      return false
    }
    if (type.edit === 'record') {
      acts.open(row)
      return false
    }
    if (type.edit === 'toggle') {
      const parsed = typed === undefined ? { value: valueAt(row, col) !== true } : read(typed, w.around(c))
      if ('value' in parsed) acts.write([{ row, col, value: parsed.value }], 'edit')
      return false
    }
    text.value = typed ?? textOf(valueAt(row, col), w.around(c))
    wrong.value = ''
    editing.value = { row, col, typed: typed !== undefined }
    return true
  }
  function cancel() {
    editing.value = null
    text.value = ''
    wrong.value = ''
  }
  /** Saves what the editor holds; a text that the column cannot read keeps it open. `picked` is a choice of its list. */
  function commit(picked?: { value: unknown }): boolean {
    const e = editing.value
    if (!e) return true
    const around = aroundOf(e.col)
    if (!around) return true
    const before = valueAt(e.row, e.col)
    const unchanged = !picked && text.value === textOf(before, around) && !(e.typed && (before === null || before === undefined))
    const parsed = picked ?? (unchanged ? { value: before } : read(text.value, around))
    if ('wrong' in parsed) {
      wrong.value = parsed.wrong
      return false
    }
    cancel()
    if (!unchanged) acts.write([{ row: e.row, col: e.col, value: parsed.value }], 'edit')
    return true
  }

  const eachCell = (fn: (row: number, col: number) => void) => {
    const r = range.value
    for (let row = r.top; row <= r.bottom; row++) for (let col = r.left; col <= r.right; col++) fn(row, col)
  }
  const tooMuch = () => range.value.bottom - range.value.top >= 1000
  /** Whether all rows are at hand: to leave some out unseen would lose what was meant for them. */
  function loaded(top: number, bottom: number): boolean {
    for (let row = top; row <= Math.min(bottom, w.rows() - 1); row++) {
      if (w.model.row(row)) continue
      acts.tell('grid.notLoaded')
      return false
    }
    return true
  }
  function clear(what: 'clear' | 'cut' = 'clear') {
    if (tooMuch()) return acts.tell('grid.tooMany')
    if (!loaded(range.value.top, range.value.bottom)) return
    const cells: Written[] = []
    eachCell((row, col) => { if (writable(col) && w.model.row(row)) cells.push({ row, col, value: null }) })
    acts.write(cells, what)
  }
  /** Copies the first row of the range into the rows below it; a single row takes the one above. */
  function fill() {
    if (tooMuch()) return acts.tell('grid.tooMany')
    const r = range.value, source = r.top === r.bottom ? r.top - 1 : r.top
    if (source < 0 || !loaded(source, r.bottom)) return
    const cells: Written[] = []
    for (let row = source + 1; row <= r.bottom; row++) for (let col = r.left; col <= r.right; col++) if (writable(col) && w.model.row(row)) cells.push({ row, col, value: valueAt(source, col) ?? null })
    acts.write(cells, 'fill')
  }
  /** Repeats the cells of a range over the area around it, and selects that. */
  function stretch(from: Rect, area: Rect) {
    if (area.bottom - area.top >= 1000) return acts.tell('grid.tooMany')
    if (!loaded(area.top, area.bottom)) return
    const tall = from.bottom - from.top + 1, wide = from.right - from.left + 1
    const back = (i: number, first: number, n: number) => first + ((((i - first) % n) + n) % n)
    const cells: Written[] = []
    for (let row = area.top; row <= area.bottom; row++) {
      for (let col = area.left; col <= area.right; col++) {
        if (within(from, row, col) || !writable(col) || !w.model.row(row)) continue
        const at = { row: back(row, from.top, tall), col: back(col, from.left, wide) }
        const around = aroundOf(col) as Around, source = aroundOf(at.col) as Around, value = valueAt(at.row, at.col) ?? null
        const parsed = source.field === around.field || value === null ? { value } : read(textOf(value, source), around, true)
        if ('value' in parsed) cells.push({ row, col, value: parsed.value })
      }
    }
    acts.write(cells, 'fill')
    const tail = { row: area.top, col: area.left }
    select({ active: { row: from.top, col: from.left }, tail, head: { row: area.bottom, col: area.right } }, false)
  }
  function copy(data: DataTransfer): boolean {
    const r = range.value
    const cells: unknown[][] = []
    if (!loaded(r.top, r.bottom)) return false
    for (let row = r.top; row <= r.bottom; row++) {
      cells.push(Array.from({ length: r.right - r.left + 1 }, (_, i) => valueAt(row, r.left + i)))
    }
    copyCells(data, cells, Array.from({ length: r.right - r.left + 1 }, (_, i) => aroundOf(r.left + i) as Around))
    acts.tell('grid.copied', { n: cells.length * (r.right - r.left + 1) })
    return true
  }
  function paste(data: DataTransfer) {
    const r = range.value
    const landing = w.columns().slice(r.left).map((c, i) => (writable(r.left + i) ? w.around(c) : undefined))
    const { block, wrong: bad } = readCells(data, r.bottom - r.top + 1, r.right - r.left + 1, landing)
    if (block.length > 1000) return acts.tell('grid.tooMany')
    if (!loaded(r.top, r.top + block.length - 1)) return
    const cells: Written[] = block.flatMap((row, i) => row.flatMap((cell, j) => ('value' in cell && cell.value !== undefined && landing[j] ? [{ row: r.top + i, col: r.left + j, value: cell.value }] : [])))
    const bottom = r.top + block.length - 1
    acts.write(cells, 'paste', Math.max(0, bottom - w.rows() + 1))
    select({ active: { row: r.top, col: r.left }, tail: { row: r.top, col: r.left }, head: clip({ row: bottom, col: r.left + (block[0]?.length ?? 1) - 1 }, bounds()) }, false)
    if (bad) acts.tell('grid.notRead', { n: bad })
  }

  /** A key while cells are selected. Gives whether it was one of ours. */
  function selectKey(e: KeyboardEvent): boolean {
    const ctrl = e.ctrlKey || e.metaKey, s = selection.value
    const moved = e.altKey ? null : move(s, e.key, ctrl, e.shiftKey, bounds())
    if (moved) {
      select(moved)
      return true
    }
    const { row, col } = s.active
    if (ctrl) {
      switch (e.key.toLowerCase()) {
        case 'a': select({ active: s.active, tail: { row: 0, col: 0 }, head: { row: w.rows() - 1, col: w.columns().length - 1 } }, false); return true
        case 'd': fill(); return true
        case 'z': if (e.shiftKey) acts.redo(); else acts.undo(); return true
        case 'y': acts.redo(); return true
        case 's': acts.save(); return true
        case 'f': acts.search(); return true
        case '.': acts.review(); return true
        case 'enter': acts.follow(row, col); return true
        case ' ': acts.mark(Array.from({ length: Math.min(1000, range.value.bottom - range.value.top + 1) }, (_, i) => range.value.top + i), true); return true
      }
      return false
    }
    switch (e.key) {
      case 'Tab': {
        const b = bounds(), edge = isSingle(s) && (e.shiftKey ? row === 0 && col === 0 : row === b.rows - 1 && col === b.cols - 1)
        if (edge) return false // the focus may leave the grid
        select(step(s, 'col', e.shiftKey ? -1 : 1, b))
        return true
      }
      case 'Enter':
        if (e.shiftKey) acts.addRow()
        else if (isSingle(s)) edit()
        else select(step(s, 'row', 1, bounds()))
        return true
      case 'F2': edit(); return true
      case 'Escape': if (isSingle(s)) return false; select(at(row, col)); return true
      case 'Delete': case 'Backspace': clear(); return true
      case ' ': if (e.shiftKey) acts.mark([row], true); else acts.open(row); return true
    }
    return false
  }

  /** A key while a cell is edited. */
  function editKey(e: KeyboardEvent): boolean {
    switch (e.key) {
      case 'Escape': cancel(); return true
      case 'Enter':
        if (e.altKey || e.shiftKey || e.ctrlKey || e.metaKey) return false
        if (commit()) select(step(selection.value, 'row', 1, bounds()))
        return true
      case 'Tab':
        if (commit()) select(step(selection.value, 'col', e.shiftKey ? -1 : 1, bounds()))
        return true
      case 's': if ((e.ctrlKey || e.metaKey) && commit()) { acts.save(); return true }
    }
    return false
  }

  return { selection, range, editing, text, wrong, select, clamp, edit, cancel, commit, copy, paste, clear, stretch, selectKey, editKey, bounds, aroundOf, writable, valueAt }
}

export type Sheet = ReturnType<typeof useSheet>
