import type { Row } from '@/record/values'
import { typeOf, type Around } from './cells'
import type { Column } from './columns'
import type { Rect } from './selection'
import type { Viewport } from './viewport'

/** What the painter asks of each row. */
export interface Model {
  row(i: number): Row | undefined
  value(row: Row, field: string): unknown
  /** '' or: pending, wrong, conflict. */
  state(row: Row, field: string): string
  /** '' or: added, deleted. */
  rowState(row: Row): string
  marked(row: Row, i: number): boolean
}

export interface Labels { mark: string; open: string }

interface Drawn { el: HTMLElement; head: HTMLElement; number: HTMLElement; mark: HTMLInputElement; cells: HTMLElement[]; index: number; row: Row | undefined; values: unknown[]; looks: string[]; look: string }

/**
 * Draws the rows that are seen. Rows are few and used again: scrolling moves one that left to where one is needed, and writes the texts
 * of its cells. Vue does not see them; a component for each cell costs more than a frame has.
 */
export class Painter {
  private drawn = new Map<number, Drawn>()
  private free: Drawn[] = []
  private columns: Column[] = []
  private arounds: Around[] = []
  private flashes = new Set<string>()

  constructor(private readonly body: HTMLElement, private readonly view: Viewport, private readonly model: Model, private readonly labels: () => Labels) {}

  /** New columns: all rows are made anew. */
  layout(columns: Column[], around: (c: Column) => Around): void {
    this.columns = columns
    this.arounds = columns.map(around)
    for (const d of [...this.drawn.values(), ...this.free]) d.el.remove()
    this.drawn.clear()
    this.free = []
  }

  /** Draws the rows from first to last, and the active one wherever it is: the focus points at it. Gives whether all of them are at hand. */
  draw(first: number, last: number, active: { row: number; col: number }, range: Rect | null): boolean {
    const needed = (i: number) => (i >= first && i <= last) || (i === active.row && i < this.view.rows)
    for (const [i, d] of this.drawn) {
      if (needed(i)) continue
      this.drawn.delete(i)
      this.free.push(d)
    }
    let whole = true
    for (let i = first; i <= last; i++) whole = this.drawRow(i, active, range) && whole
    if (active.row >= 0 && active.row < this.view.rows && (active.row < first || active.row > last)) this.drawRow(active.row, active, range)
    for (const d of this.free) if (d.index >= 0) {
      d.index = -1
      d.el.style.display = 'none'
    }
    return whole
  }

  private drawRow(i: number, active: { row: number; col: number }, range: Rect | null): boolean {
    let d = this.drawn.get(i)
    if (!d) {
      d = this.free.pop() ?? this.make()
      this.drawn.set(i, d)
    }
    if (d.index !== i) {
      d.index = i
      d.el.style.display = ''
      d.el.dataset.row = String(i)
      d.el.setAttribute('aria-rowindex', String(i + 2))
      d.number.textContent = (i + 1).toLocaleString()
    }
    d.el.style.transform = `translateY(${this.view.y(i)}px)`
    this.paintRow(d, active, range)
    return d.row !== undefined
  }

  private paintRow(d: Drawn, active: { row: number; col: number }, range: Rect | null) {
    const row = this.model.row(d.index)
    const marked = row ? this.model.marked(row, d.index) : false
    const look = `r ${row ? this.model.rowState(row) : 'skeleton'}${marked ? ' marked' : ''}`
    if (d.look !== look) {
      d.look = d.el.className = look
      d.mark.checked = marked
    }
    const fresh = d.row?.uid !== row?.uid
    const inRange = range !== null && d.index >= range.top && d.index <= range.bottom
    for (let c = 0; c < this.columns.length; c++) {
      const { name, pinned } = this.columns[c] as Column
      const value = row ? this.model.value(row, name) : undefined
      const state = row ? this.model.state(row, name) : ''
      const selected = inRange && c >= range.left && c <= range.right
      const isActive = d.index === active.row && c === active.col
      const type = typeOf((this.arounds[c] as Around).field)
      const kind = !row ? 'wait' : value === null || value === undefined ? 'null' : type.look ?? ''
      const cellLook = `c ${kind}${type.align && kind !== 'null' ? ` ${type.align}` : ''}${pinned ? ' pin' : ''}${state ? ` ${state}` : ''}${selected ? ' in' : ''}${isActive ? ' active' : ''}`
      const cell = d.cells[c] as HTMLElement
      const before = d.looks[c]
      if (before !== cellLook) {
        d.looks[c] = cell.className = cellLook
        if (selected !== (before?.includes(' in') ?? false)) cell.setAttribute('aria-selected', String(selected))
        if (isActive) cell.id = 'grid-active'
        else if (cell.id) cell.removeAttribute('id')
      }
      if (d.values[c] !== value || fresh || (before !== cellLook && kind !== '')) {
        d.values[c] = value
        this.paintCell(cell, value, row, c)
      }
      if (row && this.flashes.size && this.flashes.delete(`${row.uid}\n${name}`)) flash(cell)
    }
    d.row = row
  }

  private paintCell(cell: HTMLElement, value: unknown, row: Row | undefined, c: number) {
    const around = this.arounds[c] as Around
    if (!row) cell.replaceChildren()
    else if (value === null || value === undefined) cell.textContent = 'NULL'
    else typeOf(around.field).paint(cell, value, around)
  }

  private make(): Drawn {
    const el = document.createElement('div')
    el.setAttribute('role', 'row')
    const { mark: markLabel, open: openLabel } = this.labels()
    const head = document.createElement('div')
    head.className = 'h'
    head.setAttribute('role', 'rowheader')
    head.setAttribute('aria-colindex', '1')
    const mark = document.createElement('input')
    mark.type = 'checkbox'
    mark.tabIndex = -1
    mark.setAttribute('aria-label', markLabel)
    mark.dataset.act = 'mark'
    const number = document.createElement('span')
    number.className = 'n'
    const open = document.createElement('button')
    open.tabIndex = -1
    open.title = openLabel
    open.setAttribute('aria-label', openLabel)
    open.dataset.act = 'open'
    open.className = 'o'
    head.append(mark, number, open)
    el.append(head)
    const cells = this.columns.map((column, i) => {
      const cell = document.createElement('div')
      cell.setAttribute('role', 'gridcell')
      cell.setAttribute('aria-colindex', String(i + 2))
      cell.dataset.col = column.name
      cell.style.width = `${column.width}px`
      cell.style.left = column.pinned ? `${column.left}px` : ''
      el.append(cell)
      return cell
    })
    this.body.append(el)
    return { el, head, number, mark, cells, index: -1, row: undefined, values: [], looks: [], look: '' }
  }

  /** Cells that others changed are shown for a moment. */
  flash(uid: string, field: string): void { this.flashes.add(`${uid}\n${field}`) }

  /** The element of a cell that is drawn. */
  cell(row: number, col: number): HTMLElement | undefined { return this.drawn.get(row)?.cells[col] }

  /** The widest content of a column among the rows that are drawn. */
  widest(col: number): number {
    let width = 0
    for (const d of this.drawn.values()) {
      const cell = d.cells[col]
      if (!cell) continue
      const range = document.createRange()
      range.selectNodeContents(cell)
      width = Math.max(width, range.getBoundingClientRect().width)
    }
    return Math.ceil(width)
  }
}

function flash(cell: HTMLElement) {
  cell.animate?.([{ backgroundColor: 'var(--sy-warning-soft)' }, { backgroundColor: 'transparent' }], { duration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 1200 })
}
