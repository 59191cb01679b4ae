import { nextTick, onBeforeUnmount, onMounted, ref, watch } from 'vue'
import { calm, handleOf, itemOf, itemsOf, listAround, listsOf, placeOf, type Place } from './board'
import './dnd.css'
import { scrollAtEdges } from './scroll'
import { gapOf, lineSlots, near, nearestSlot, type Axis, type Box, type Slot } from './slots'

export type { Place } from './board'
export { moved, type Axis } from './slots'

export interface SortableOptions {
  /** The element around all lists; see board.ts for the marks inside. */
  root: () => HTMLElement | null | undefined
  /** y is a column, x a row, wrap a row that goes on below. */
  axis?: Axis
  /** Moves an item. `to.index` counts without the item. */
  move: (key: string, from: Place, to: Place) => void
  /** Lists whose items are copied, not moved: a palette. */
  palette?: (list: string) => boolean
  /** Adds a copy of a palette's item; gives its key, so that it can slide into place. */
  copy?: (key: string, to: Place) => string | void
  /** Whether an item may go into a list; a palette never takes anything. */
  accepts?: (key: string, list: string) => boolean
  /** Items for which this holds are removed where they are dropped outside; without it they stay where they were. */
  removes?: (key: string) => boolean
  remove?: (key: string, from: Place) => void
  disabled?: () => boolean
}

const threshold = 4
const slide = 180
const reach = 56 // pixels beside the lists that still count as inside
const typing = 'input, textarea, select, [contenteditable="true"], .cm-editor, [data-no-drag]'

interface Drag {
  key: string
  item: HTMLElement
  from: Place
  copies: boolean
  focused: boolean
  ghost: HTMLElement
  placeholder: HTMLElement
  slots: Slot[]
  area: Box // of the lists that take it, in coordinates of the root
  at: Place | null
  grip: { x: number; y: number } // of the pointer in the ghost
  pointer: { x: number; y: number }
  stop: () => void
}

/**
 * Dragging by pointer: it begins after 4 px, a ghost follows the pointer, neighbours slide aside, Esc and a lost pointer restore everything.
 * The model changes once, at the drop. Keys are keyboard.ts.
 */
export function useSortable(options: SortableOptions) {
  const axis = options.axis ?? 'y'
  const dragging = ref<string | null>(null)
  const leaving = ref(false) // what is dragged would be removed here
  let pressed: { item: HTMLElement; id: number; x: number; y: number } | null = null
  let drag: Drag | null = null

  function down(e: PointerEvent) {
    if (e.button !== 0 || !e.isPrimary || options.disabled?.() || !(e.target instanceof Element)) return
    const item = e.target.closest<HTMLElement>('[data-sort-key]')
    if (!item || !listAround(item)) return
    const handle = handleOf(item)
    if (handle ? !handle.contains(e.target) : e.target.closest(typing)) return
    pressed = { item, id: e.pointerId, x: e.clientX, y: e.clientY }
    listen(true)
  }

  function move(e: PointerEvent) {
    if (!pressed || e.pointerId !== pressed.id) return
    if (!drag) {
      if (Math.hypot(e.clientX - pressed.x, e.clientY - pressed.y) < threshold) return
      drag = begin(pressed)
      if (!drag) return release()
    }
    e.preventDefault()
    drag.pointer = { x: e.clientX, y: e.clientY }
    follow()
  }

  function up(e: PointerEvent) {
    if (!pressed || e.pointerId !== pressed.id) return
    if (drag) {
      const swallow = (click: Event) => { click.stopPropagation(); click.preventDefault() }
      window.addEventListener('click', swallow, { capture: true, once: true })
      setTimeout(() => window.removeEventListener('click', swallow, { capture: true }))
      finish(true)
    }
    release()
  }

  function cancel() {
    if (drag) finish(false)
    release()
  }
  function key(e: KeyboardEvent) {
    if (!drag) return
    e.preventDefault()
    e.stopImmediatePropagation()
    if (e.key === 'Escape') cancel()
  }
  function lost(e: PointerEvent) {
    if (e.pointerId === pressed?.id) cancel()
  }

  function listen(on: boolean) {
    const change = on ? window.addEventListener : window.removeEventListener
    change('pointermove', move as EventListener)
    change('pointerup', up as EventListener)
    change('pointercancel', lost as EventListener)
    change('keydown', key as EventListener, true)
    change('blur', cancel)
  }
  function release() {
    pressed = null
    listen(false)
  }

  function begin(press: NonNullable<typeof pressed>): Drag | null {
    const root = options.root()
    const from = placeOf(press.item)
    if (!root || !from || !root.contains(press.item)) return null
    const { item } = press
    const box = item.getBoundingClientRect()
    const copies = !!options.palette?.(from.list)
    const ghost = ghostOf(item, box)
    const placeholder = placeholderOf(item, box)
    const focused = item.contains(document.activeElement)
    root.setPointerCapture(press.id)
    document.documentElement.classList.add('dnd-dragging')
    getSelection()?.removeAllRanges()
    item.toggleAttribute(copies ? 'data-copied' : 'data-dragging', true)
    const started: Drag = {
      key: item.dataset.sortKey ?? '', item, from, copies, focused, ghost, placeholder, slots: [], area: { left: 0, top: 0, width: 0, height: 0 }, at: null,
      grip: { x: press.x - box.left, y: press.y - box.top }, pointer: { x: press.x, y: press.y }, stop: () => {},
    }
    measure(root, started)
    if (!copies) {
      put(root, placeholder, from, item)
      started.at = from
    }
    started.stop = scrollAtEdges(root, () => started.pointer, follow)
    dragging.value = started.key
    return started
  }

  /** Finds the slots, in the layout without the item. */
  function measure(root: HTMLElement, d: Drag) {
    const origin = root.getBoundingClientRect()
    const relative = (b: DOMRect): Box => ({ left: b.left - origin.left, top: b.top - origin.top, width: b.width, height: b.height })
    const areas: Box[] = []
    for (const list of listsOf(root)) {
      const name = list.dataset.sortList ?? ''
      if (options.palette?.(name) || d.item.contains(list) || options.accepts?.(d.key, name) === false) continue
      const items = itemsOf(list).filter((i) => i !== d.item)
      const area = relative(list.getBoundingClientRect())
      areas.push(area)
      if (axis === 'wrap') {
        for (let index = 0; index <= items.length; index++) {
          put(root, d.placeholder, { list: name, index }, d.item)
          const { left, top } = relative(d.placeholder.getBoundingClientRect())
          d.slots.push({ list: name, index, left, top })
        }
        d.placeholder.remove()
        continue
      }
      const boxes = items.map((i) => relative(i.getBoundingClientRect()))
      const { columnGap, rowGap } = getComputedStyle(list)
      d.slots.push(...lineSlots(name, boxes, area, axis, gapOf(boxes, axis, parseFloat(axis === 'x' ? columnGap : rowGap) || 0)))
    }
    const left = Math.min(...areas.map((a) => a.left))
    const top = Math.min(...areas.map((a) => a.top))
    d.area = { left, top, width: Math.max(...areas.map((a) => a.left + a.width)) - left, height: Math.max(...areas.map((a) => a.top + a.height)) - top }
  }

  /** Moves the ghost to the pointer, and the gap to the nearest slot. */
  function follow() {
    const root = options.root()
    if (!drag || !root) return
    const d = drag
    const left = d.pointer.x - d.grip.x
    const top = d.pointer.y - d.grip.y
    d.ghost.style.transform = `translate(${left}px, ${top}px)`
    const origin = root.getBoundingClientRect()
    const outside = !near(d.area, d.pointer.x - origin.left, d.pointer.y - origin.top, reach)
    const gone = outside && (d.copies || !!options.removes?.(d.key))
    const to = outside ? (gone ? null : d.from) : nearestSlot(d.slots, { left: left - origin.left, top: top - origin.top }, axis)
    leaving.value = gone && !d.copies
    d.ghost.classList.toggle('leaving', gone)
    if (!to ? d.at === null : d.at?.list === to.list && d.at.index === to.index) return
    d.at = to ? { list: to.list, index: to.index } : null
    flip(root, d.item, () => (to ? put(root, d.placeholder, to, d.item) : d.placeholder.remove()))
  }

  function finish(commit: boolean) {
    const root = options.root()
    const d = drag
    drag = null
    if (!d) return
    const last = d.ghost.getBoundingClientRect()
    d.stop()
    d.placeholder.remove()
    d.item.removeAttribute('data-dragging')
    d.item.removeAttribute('data-copied')
    document.documentElement.classList.remove('dnd-dragging')
    dragging.value = null
    leaving.value = false
    let landed: string | void = d.key
    const to = commit ? d.at : d.from
    if (commit && d.copies) landed = to ? options.copy?.(d.key, to) : undefined
    else if (commit && !to) options.remove?.(d.key, d.from)
    else if (commit && to && (to.list !== d.from.list || to.index !== d.from.index)) options.move(d.key, d.from, to)
    if (!to || !landed) {
      void vanish(d.ghost)
      return
    }
    d.ghost.remove()
    void nextTick(() => root && settle(root, landed as string, d.copies && !commit ? d.from.list : to.list, last, d.focused))
  }

  let attached: HTMLElement | null = null
  function attach(root: HTMLElement | null | undefined) {
    attached?.removeEventListener('pointerdown', down)
    attached = root ?? null
    attached?.addEventListener('pointerdown', down)
  }
  onMounted(() => watch(options.root, attach, { immediate: true, flush: 'post' }))
  onBeforeUnmount(() => { cancel(); attach(null) })
  return { dragging, leaving, cancel }
}

/** Puts the gap where the index-th item would be; the dragged item itself does not count. */
function put(root: HTMLElement, placeholder: HTMLElement, to: Place, dragged: HTMLElement) {
  const list = listsOf(root).find((l) => l.dataset.sortList === to.list)
  if (!list) return
  const items = itemsOf(list).filter((i) => i !== dragged || dragged.hasAttribute('data-copied'))
  const next = items[to.index]
  if (next) next.before(placeholder)
  else if (items.length) items.at(-1)?.after(placeholder)
  else if (listAround(dragged) === list) dragged.before(placeholder)
  else list.prepend(placeholder)
}

/** Lets what a change moves slide from where it is to where it belongs. */
function flip(root: HTMLElement, dragged: HTMLElement, change: () => void) {
  if (calm()) return change()
  const items = [...root.querySelectorAll<HTMLElement>('[data-sort-key], [data-sort-fixed]')].filter((i) => !dragged.contains(i) || dragged.hasAttribute('data-copied'))
  const before = items.map((i) => i.getBoundingClientRect())
  change()
  items.forEach((item) => { for (const a of item.getAnimations()) if (a.id === 'dnd') a.cancel() })
  const after = items.map((i) => i.getBoundingClientRect())
  items.forEach((item, i) => {
    if (items.some((other) => other !== item && other.contains(item))) return // it moves with what is around it
    glide(item, before[i] as DOMRect, after[i] as DOMRect)
  })
}

function glide(item: HTMLElement, before: DOMRect, after: DOMRect) {
  const x = before.left - after.left
  const y = before.top - after.top
  if (!x && !y) return
  item.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: 'none' }], { id: 'dnd', duration: slide, easing: 'ease-out' })
}

function settle(root: HTMLElement, key: string, list: string, from: DOMRect, focused: boolean) {
  const item = itemOf(root, key, list) ?? itemOf(root, key)
  if (!item) return
  if (focused) (handleOf(item) ?? item.querySelector<HTMLElement>('[data-sort-focus]') ?? item).focus({ preventScroll: true })
  if (!calm()) glide(item, from, item.getBoundingClientRect())
}

async function vanish(ghost: HTMLElement) {
  if (!calm()) await ghost.animate([{}, { opacity: 0 }], { duration: 120 }).finished.catch(() => null)
  ghost.remove()
}

function ghostOf(item: HTMLElement, box: DOMRect): HTMLElement {
  const copy = item.cloneNode(true) as HTMLElement
  for (const e of [copy, ...copy.querySelectorAll<HTMLElement>('*')]) {
    for (const name of ['id', 'data-testid', 'data-sort-key', 'data-sort-list', 'data-sort-handle']) e.removeAttribute(name)
  }
  const ghost = document.createElement('div')
  ghost.className = 'dnd-ghost'
  ghost.setAttribute('aria-hidden', 'true')
  ghost.inert = true
  Object.assign(ghost.style, { width: `${box.width}px`, height: `${box.height}px`, transform: `translate(${box.left}px, ${box.top}px)` })
  ghost.append(copy)
  item.parentElement?.append(ghost) // beside the item, so that styles reach it
  ghost.popover = 'manual'
  ghost.showPopover?.()
  return ghost
}

function placeholderOf(item: HTMLElement, box: DOMRect): HTMLElement {
  const placeholder = document.createElement(item.tagName)
  placeholder.className = 'dnd-placeholder'
  placeholder.setAttribute('aria-hidden', 'true')
  Object.assign(placeholder.style, { width: `${box.width}px`, height: `${box.height}px`, margin: getComputedStyle(item).margin })
  return placeholder
}
