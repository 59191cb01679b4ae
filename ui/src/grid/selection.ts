export interface Cell { row: number; col: number }
/** The range between two corners; the active cell lies in it, and begins it unless it has walked. */
export interface Selection { active: Cell; tail: Cell; head: Cell }
export interface Rect { top: number; left: number; bottom: number; right: number }
export interface Bounds { rows: number; cols: number; page: number }

export const at = (row: number, col: number): Selection => ({ active: { row, col }, tail: { row, col }, head: { row, col } })

export function rect({ tail, head }: Selection): Rect {
  return {
    top: Math.min(tail.row, head.row), bottom: Math.max(tail.row, head.row),
    left: Math.min(tail.col, head.col), right: Math.max(tail.col, head.col),
  }
}

export const isSingle = (s: Selection) => s.tail.row === s.head.row && s.tail.col === s.head.col
export const within = (r: Rect, row: number, col: number) => row >= r.top && row <= r.bottom && col >= r.left && col <= r.right

const clamp = (n: number, max: number) => Math.max(0, Math.min(n, max))

export function clip(cell: Cell, b: Bounds): Cell {
  return { row: clamp(cell.row, b.rows - 1), col: clamp(cell.col, b.cols - 1) }
}

/** The cell that a key leads to, or null where the key leads nowhere. `jump` is Ctrl. */
export function target(from: Cell, key: string, jump: boolean, b: Bounds): Cell | null {
  const { row, col } = from
  switch (key) {
    case 'ArrowUp': return clip({ row: jump ? 0 : row - 1, col }, b)
    case 'ArrowDown': return clip({ row: jump ? b.rows - 1 : row + 1, col }, b)
    case 'ArrowLeft': return clip({ row, col: jump ? 0 : col - 1 }, b)
    case 'ArrowRight': return clip({ row, col: jump ? b.cols - 1 : col + 1 }, b)
    case 'PageUp': return clip({ row: row - b.page, col }, b)
    case 'PageDown': return clip({ row: row + b.page, col }, b)
    case 'Home': return clip({ row: jump ? 0 : row, col: 0 }, b)
    case 'End': return clip({ row: jump ? b.rows - 1 : row, col: b.cols - 1 }, b)
  }
  return null
}

/** Moves the active cell; with extend the range grows from it instead. */
export function move(s: Selection, key: string, jump: boolean, extend: boolean, b: Bounds): Selection | null {
  const to = target(extend ? s.head : s.active, key, jump, b)
  if (!to) return null
  return extend ? { active: s.active, tail: isSingle(s) ? s.active : s.tail, head: to } : at(to.row, to.col)
}

/** Tab and Enter: inside a range they go round in it, else to the next cell. */
export function step(s: Selection, along: 'row' | 'col', by: 1 | -1, b: Bounds): Selection {
  const single = isSingle(s)
  const r = single ? { top: 0, left: 0, bottom: b.rows - 1, right: b.cols - 1 } : rect(s)
  const wide = r.right - r.left + 1, tall = r.bottom - r.top + 1
  if (single && along === 'row') return at(clamp(s.active.row + by, b.rows - 1), s.active.col)
  const [row, col] = [s.active.row - r.top, s.active.col - r.left]
  const n = (along === 'col' ? row * wide + col : col * tall + row) + by
  const next = single ? clamp(n, wide * tall - 1) : (n + wide * tall) % (wide * tall)
  const active = along === 'col' ? { row: r.top + Math.floor(next / wide), col: r.left + (next % wide) } : { row: r.top + (next % tall), col: r.left + Math.floor(next / tall) }
  return single ? at(active.row, active.col) : { ...s, active }
}
