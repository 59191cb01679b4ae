import { shallowRef } from 'vue'
import { rect, within, type Cell, type Rect } from './selection'
import type { Sheet } from './useSheet'

interface Box { x: number; y: number; width: number; height: number }
interface World { sheet: Sheet; boxOf: (cell: Cell) => Box | null; cellOf: (e: Event) => Cell | null; canEdit: () => boolean }

/** The area that a drag from a range to a cell fills: the range made longer, down or up, right or left, whichever is further. */
export function stretched(r: Rect, to: Cell): Rect {
  const rows = to.row > r.bottom ? to.row - r.bottom : Math.min(0, to.row - r.top), cols = to.col > r.right ? to.col - r.right : Math.min(0, to.col - r.left)
  if (Math.abs(rows) >= Math.abs(cols)) return { ...r, top: r.top + Math.min(0, rows), bottom: r.bottom + Math.max(0, rows) }
  return { ...r, left: r.left + Math.min(0, cols), right: r.right + Math.max(0, cols) }
}

/** The handle at the corner of the selected cells: dragged away, it copies them over what it passes. Ctrl+D does it by keys. Esc lets all be. */
export function useFillHandle({ sheet, boxOf, cellOf, canEdit }: World) {
  const box = shallowRef<{ x: number; y: number } | null>(null)
  const preview = shallowRef<Box | null>(null)

  function place() {
    const r = sheet.range.value, corner = canEdit() && anyWritable(r) ? boxOf({ row: r.bottom, col: r.right }) : null
    const x = corner && corner.x + corner.width, y = corner && corner.y + corner.height
    if (x !== (box.value?.x ?? null) || y !== (box.value?.y ?? null)) box.value = x === null || y === null ? null : { x, y }
  }
  const anyWritable = (r: Rect) => Array.from({ length: r.right - r.left + 1 }, (_, i) => r.left + i).some((col) => sheet.writable(col))

  function outline(r: Rect): Box | null {
    const from = boxOf({ row: r.top, col: r.left }), to = boxOf({ row: r.bottom, col: r.right })
    return from && to && { x: from.x, y: from.y, width: to.x + to.width - from.x, height: to.y + to.height - from.y }
  }
  function drag(e: PointerEvent) {
    if (e.button !== 0) return
    const from = sheet.range.value
    let area = from
    const follow = (m: PointerEvent) => {
      const over = document.elementFromPoint(m.clientX, m.clientY), to = over && cellOf({ target: over } as unknown as Event)
      if (to) area = within(from, to.row, to.col) ? from : stretched(from, to)
      preview.value = area === from ? null : outline(area)
    }
    const end = (m: PointerEvent | KeyboardEvent) => {
      if (m instanceof KeyboardEvent && m.key !== 'Escape') return
      removeEventListener('pointermove', follow)
      removeEventListener('pointerup', end)
      removeEventListener('pointercancel', end)
      removeEventListener('keydown', end, true)
      preview.value = null
      if (m instanceof KeyboardEvent) m.stopPropagation()
      else if (m.type === 'pointerup' && area !== from && rect(sheet.selection.value).top === from.top) sheet.stretch(from, area)
    }
    addEventListener('pointermove', follow)
    addEventListener('pointerup', end)
    addEventListener('pointercancel', end)
    addEventListener('keydown', end, true)
  }
  return { box, preview, place, drag }
}
