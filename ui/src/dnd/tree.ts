import { onScopeDispose, reactive, type Ref } from 'vue'

/** Where a dragged node would be dropped: before the item that has this index in the list now. */
export interface Slot { list: string; index: number }
interface Candidate extends Slot { x: number; y: number; width: number }

export interface TreeDrag {
  /** The node that is dragged, or "". */
  dragged: string
  /** Where the line is drawn that shows the slot; null where there is none. */
  line: { left: number; top: number; width: number } | null
}

export interface TreeDragOptions {
  /** The element with everything in it: nodes wear data-node, lists of nodes data-list, handles data-grip. */
  root: Ref<HTMLElement | undefined>
  /** Whether the node may stand in the list. */
  accepts?: (node: string, list: string) => boolean
  drop: (node: string, slot: Slot) => void
  lifted?: (node: string) => void
  cancelled?: (node: string) => void
}

const threshold = 4

/** The nearest slot: by height first; of those at one height the deepest whose edge the pointer has passed. */
export function nearest(candidates: Candidate[], x: number, y: number): Candidate | undefined {
  const score = (c: Candidate) => Math.abs(c.y - y) + (c.x > x ? (c.x - x) * 0.5 : (x - c.x) * 0.02)
  return candidates.reduce<Candidate | undefined>((best, c) => (best && score(best) <= score(c) ? best : c), undefined)
}

/**
 * Drags a node of a tree by its handle with the pointer. The tree itself stays as it is while a ghost follows the pointer and a line shows
 * where the node will go, so nothing under the pointer moves. Escape, a lost pointer and a drop outside put it back.
 */
export function useTreeDrag(options: TreeDragOptions) {
  const state = reactive<TreeDrag>({ dragged: '', line: null })
  let end: (() => void) | null = null
  onScopeDispose(() => end?.())

  function candidates(node: HTMLElement): Candidate[] {
    const root = options.root.value
    if (!root) return []
    const id = node.dataset.node ?? ''
    return [...root.querySelectorAll<HTMLElement>('[data-list]')].filter((list) => !node.contains(list) && (options.accepts?.(id, list.dataset.list ?? '') ?? true)).flatMap((list) => {
      const box = list.getBoundingClientRect()
      const items = [...list.children].filter((c): c is HTMLElement => c instanceof HTMLElement && c.dataset.node !== undefined).map((c) => c.getBoundingClientRect())
      const at = (i: number) => {
        const [above, below] = [items[i - 1], items[i]]
        if (above && below) return (above.bottom + below.top) / 2
        return above ? above.bottom + 2 : below ? below.top - 2 : box.top + box.height / 2
      }
      return Array.from({ length: items.length + 1 }, (_, index) => ({ list: list.dataset.list ?? '', index, x: box.left, y: at(index), width: box.width }))
    })
  }

  function start(event: PointerEvent) {
    const grip = (event.target as HTMLElement).closest<HTMLElement>('[data-grip]')
    const node = grip?.closest<HTMLElement>('[data-node]')
    if (!grip || !node || event.button !== 0 || !options.root.value?.contains(node)) return
    event.preventDefault()
    grip.focus()
    follow(node, event)
  }

  function follow(node: HTMLElement, from: PointerEvent) {
    const id = node.dataset.node ?? ''
    let ghost: HTMLElement | null = null
    let slots: Candidate[] = []
    let slot: Candidate | undefined
    let frame = 0

    const lift = () => {
      ghost = shadow(node, from)
      state.dragged = id
      slots = candidates(node)
      options.lifted?.(id)
    }
    const over = (x: number, y: number) => {
      const box = options.root.value!.getBoundingClientRect()
      const inside = x > box.left - 80 && x < box.right + 80 && y > box.top - 60 && y < box.bottom + 60
      slot = inside ? nearest(slots, x, y) : undefined
      state.line = slot ? { left: slot.x, top: slot.y - 1, width: slot.width } : null
    }
    const moved = (event: PointerEvent) => {
      if (event.pointerId !== from.pointerId) return
      if (!ghost && Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) < threshold) return
      if (!ghost) lift()
      ghost!.style.transform = `translate(${event.clientX - from.clientX}px, ${event.clientY - from.clientY}px)`
      over(event.clientX, event.clientY)
      cancelAnimationFrame(frame)
      scroll(event.clientX, event.clientY)
    }
    // Near the edge of what scrolls it scrolls on, as long as the pointer stays there.
    const scroll = (x: number, y: number) => {
      const scroller = scrolling(node)
      const box = scroller.getBoundingClientRect()
      const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)]
      const by = y < top + 40 ? -8 : y > bottom - 40 ? 8 : 0
      const before = scroller.scrollTop
      scroller.scrollTop += by
      if (by === 0 || scroller.scrollTop === before) return
      slots = candidates(node)
      over(x, y)
      frame = requestAnimationFrame(() => scroll(x, y))
    }
    const stop = (drop: boolean) => {
      cancelAnimationFrame(frame)
      for (const [name, listener] of listeners) window.removeEventListener(name, listener as EventListener, true)
      ghost?.remove()
      Object.assign(state, { dragged: '', line: null })
      end = null
      if (!ghost) return
      if (drop && slot) options.drop(id, { list: slot.list, index: slot.index })
      else options.cancelled?.(id)
    }
    const listeners: Array<[string, (event: never) => void]> = [
      ['pointermove', moved],
      ['pointerup', (event: PointerEvent) => { if (event.pointerId === from.pointerId) stop(true) }],
      ['pointercancel', () => stop(false)],
      ['blur', () => stop(false)],
      ['keydown', (event: KeyboardEvent) => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        stop(false)
      }],
    ]
    end?.()
    end = () => stop(false)
    for (const [name, listener] of listeners) window.addEventListener(name, listener as EventListener, true)
  }

  return { state, start }
}

/** A picture of the node that follows the pointer. */
function shadow(node: HTMLElement, at: PointerEvent): HTMLElement {
  const box = node.getBoundingClientRect()
  const ghost = node.cloneNode(true) as HTMLElement
  ghost.setAttribute('aria-hidden', 'true')
  ghost.inert = true
  for (const e of [ghost, ...ghost.querySelectorAll<HTMLElement>('[id], [data-node], [data-testid]')]) {
    for (const name of ['id', 'data-node', 'data-testid']) e.removeAttribute(name)
  }
  // A form's fields are cloned with the values that they began with.
  const fields = [...node.querySelectorAll<HTMLInputElement>('input, textarea')]
  ghost.querySelectorAll<HTMLInputElement>('input, textarea').forEach((field, i) => { field.value = fields[i]?.value ?? '' })
  Object.assign(ghost.style, {
    position: 'fixed', left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, maxHeight: `${Math.max(120, innerHeight - at.clientY)}px`, overflow: 'hidden',
    margin: '0', zIndex: '1200', pointerEvents: 'none', opacity: '0.85', boxShadow: 'var(--sy-shadow)', background: 'var(--sy-card)', borderRadius: 'var(--sy-radius)',
  })
  document.body.append(ghost)
  return ghost
}

function scrolling(from: HTMLElement): Element {
  for (let e: HTMLElement | null = from.parentElement; e; e = e.parentElement) {
    if (e.scrollHeight > e.clientHeight && /auto|scroll/.test(getComputedStyle(e).overflowY)) return e
  }
  return document.scrollingElement ?? document.documentElement
}
