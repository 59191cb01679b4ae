/** The mathematics of dragging, without a document: boxes are in the coordinates of the board. */

export interface Box { left: number; top: number; width: number; height: number }
/** Where the dragged item would lie if it were the index-th of its list. */
export interface Slot { list: string; index: number; left: number; top: number }
export type Axis = 'x' | 'y' | 'wrap'

/**
 * The slots of a line of boxes, in the layout WITHOUT the dragged item: in slot i the item begins where box i begins now. Hit-testing
 * the live layout instead, whose neighbours slide, lets an item land one slot early.
 */
export function lineSlots(list: string, boxes: Box[], area: Box, axis: 'x' | 'y', gap: number): Slot[] {
  const first = boxes[0] ?? area
  const slots = boxes.map((b, index) => ({ list, index, left: b.left, top: b.top }))
  const last = boxes.at(-1)
  if (!last) return [{ list, index: 0, left: area.left, top: area.top }]
  slots.push(axis === 'x'
    ? { list, index: boxes.length, left: last.left + last.width + gap, top: first.top }
    : { list, index: boxes.length, left: first.left, top: last.top + last.height + gap })
  return slots
}

/** The gap between two neighbours, or what the style says where there are no two. */
export function gapOf(boxes: Box[], axis: 'x' | 'y', styled: number): number {
  const [a, b] = boxes
  if (!a || !b) return styled
  return Math.max(0, axis === 'x' ? b.left - a.left - a.width : b.top - a.top - a.height)
}

/**
 * The slot nearest to where the ghost is. The ghost and the item in the slot are of one size, so their corners tell. In nested vertical
 * lists the indent counts, though less than the height.
 */
export function nearestSlot(slots: Slot[], ghost: { left: number; top: number }, axis: Axis): Slot | undefined {
  const across = axis === 'y' ? 0.6 : 1
  let best: Slot | undefined
  let least = Infinity
  for (const slot of slots) {
    const d = Math.hypot((slot.left - ghost.left) * across, slot.top - ghost.top)
    if (d < least) [best, least] = [slot, d]
  }
  return best
}

/** Whether a point lies in the box or at most `by` pixels beside it. */
export function near(box: Box, x: number, y: number, by: number): boolean {
  return x >= box.left - by && x <= box.left + box.width + by && y >= box.top - by && y <= box.top + box.height + by
}

/** How far to scroll in this frame for a pointer at `at` in a view from `start` to `end`: nothing in its middle, more towards its edges. */
export function edgeSpeed(at: number, start: number, end: number, zone = 40, most = 16): number {
  const reach = Math.min(zone, (end - start) / 4)
  if (at < start + reach) return -Math.ceil(most * Math.min(1, (start + reach - at) / reach))
  if (at > end - reach) return Math.ceil(most * Math.min(1, (at - end + reach) / reach))
  return 0
}

/** A list with the item at `from` moved so that it is the `to`-th of the list without it. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.slice()
  rest.splice(to, 0, ...rest.splice(from, 1))
  return rest
}
