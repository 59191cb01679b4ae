import { nextTick, onBeforeUnmount, onMounted, ref, watch } from 'vue'
import { i18n, need } from '@/i18n'
import { handleOf, itemOf, itemsOf, listsOf, placeOf, type Place } from './board'
import { announce } from './live'
import type { Axis } from './slots'

export interface KeyboardOptions {
  root: () => HTMLElement | null | undefined
  axis?: Axis
  /** Moves an item; as in sortable.ts. */
  move: (key: string, from: Place, to: Place) => void
  /** What an item is called when its moves are said. */
  name?: (key: string) => string
  /** Lists whose items do not move. */
  palette?: (list: string) => boolean
  /** In nested lists: Alt+← takes an item out of its group, Alt+→ into the one before it. Gives whether it did. */
  nest?: (key: string, from: Place, direction: 'in' | 'out') => boolean
  /** Arrows move the focus while nothing is lifted. */
  roving?: boolean
  disabled?: () => boolean
}

const steps: Record<Axis, Record<string, number>> = {
  y: { ArrowUp: -1, ArrowDown: 1 },
  x: { ArrowLeft: -1, ArrowRight: 1 },
  wrap: { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 },
}

/**
 * Sorting by keys: Space lifts and drops, arrows move, Home and End go to the ends, Esc restores; Alt with an arrow moves at once. The keys
 * work on the handle of an item, or on the item where it takes the focus. Each step is said.
 */
export function useKeyboardSort(options: KeyboardOptions) {
  void need('dnd')
  const axis = options.axis ?? 'y'
  const lifted = ref<string | null>(null)
  let origin: Place | null = null
  let moving = false // the focus is lost for a moment while the item moves in the document

  const t = (key: string, values: Record<string, unknown>) => i18n.global.t(`dnd.${key}`, values)
  const say = (key: string, item: string, more: Record<string, unknown> = {}) => announce(t(key, { name: options.name?.(item) ?? item, ...more }))

  function keydown(e: KeyboardEvent) {
    const root = options.root()
    if (!root || options.disabled?.() || !(e.target instanceof HTMLElement) || e.isComposing) return
    const item = e.target.closest<HTMLElement>('[data-sort-key]')
    const key = item?.dataset.sortKey
    const from = item && placeOf(item)
    if (!item || key === undefined || !from || options.palette?.(from.list)) return
    const onItem = e.target === item || e.target === handleOf(item) || e.target.hasAttribute('data-sort-focus')
    const writes = e.target.matches('input, textarea, select, [contenteditable="true"]') || !!e.target.closest('.cm-editor')
    if (act(e, root, key, from, onItem, writes)) {
      e.preventDefault()
      e.stopPropagation()
    }
  }

  /** Does what the key means; gives whether it meant something. */
  function act(e: KeyboardEvent, root: HTMLElement, key: string, from: Place, onItem: boolean, writes: boolean): boolean {
    if (e.ctrlKey || e.metaKey) return false
    if (e.altKey) {
      const sideways = e.key === 'ArrowLeft' ? 'out' : e.key === 'ArrowRight' ? 'in' : null
      if (sideways && axis === 'y') return !writes && !!options.nest && nest(root, key, from, sideways)
      const by = steps[axis][e.key]
      if (by === undefined || (writes && sideways)) return false
      go(root, key, from, from.index + by)
      return true
    }
    if (!onItem) return false
    if (lifted.value === key) return held(e, root, key, from)
    if (e.key === ' ') {
      lifted.value = key
      origin = from
      say('lifted', key)
      return true
    }
    const by = steps[axis][e.key]
    if (!options.roving || by === undefined) return false
    const list = listsOf(root).find((l) => l.dataset.sortList === from.list)
    const next = list && itemsOf(list)[from.index + by]
    if (next) focusItem(next)
    return true
  }

  /** The keys while an item is lifted. */
  function held(e: KeyboardEvent, root: HTMLElement, key: string, from: Place): boolean {
    const by = steps[axis][e.key]
    if (by !== undefined) go(root, key, from, from.index + by)
    else if (e.key === 'Home') go(root, key, from, 0)
    else if (e.key === 'End') go(root, key, from, Infinity)
    else if (e.key === ' ' || e.key === 'Enter') drop()
    else if (e.key === 'Escape') restore(root, key, from)
    else return e.key !== 'Tab' // nothing else happens while it is held
    return true
  }

  function count(root: HTMLElement, list: string): number {
    const element = listsOf(root).find((l) => l.dataset.sortList === list)
    return element ? itemsOf(element).length : 0
  }

  function go(root: HTMLElement, key: string, from: Place, index: number) {
    const total = count(root, from.list)
    const to = { list: from.list, index: Math.min(Math.max(index, 0), total - 1) }
    if (to.index !== from.index) perform(root, key, () => options.move(key, from, to))
    say('place', key, { place: to.index + 1, count: total })
  }

  function nest(root: HTMLElement, key: string, from: Place, direction: 'in' | 'out'): boolean {
    let done = false
    perform(root, key, () => { done = options.nest?.(key, from, direction) ?? false })
    if (done) say(direction === 'in' ? 'nested' : 'unnested', key)
    return done
  }

  /** Changes the model and keeps the focus on the item. */
  function perform(root: HTMLElement, key: string, change: () => void) {
    const active = document.activeElement
    moving = true
    change()
    void nextTick(() => {
      moving = false
      const item = itemOf(root, key)
      if (!item) return
      if (active instanceof HTMLElement && item.contains(active)) active.focus()
      else focusItem(item)
    })
  }

  function drop() {
    if (lifted.value === null) return
    say('dropped', lifted.value)
    lifted.value = null
    origin = null
  }

  function restore(root: HTMLElement, key: string, from: Place) {
    const to = origin
    lifted.value = null
    origin = null
    if (to && (to.list !== from.list || to.index !== from.index)) perform(root, key, () => options.move(key, from, to))
    say('restored', key)
  }

  function blurred(e: FocusEvent) {
    if (!moving && lifted.value !== null && e.target instanceof HTMLElement && e.target.closest('[data-sort-key]')) drop()
  }

  let attached: HTMLElement | null = null
  function attach(root: HTMLElement | null | undefined) {
    attached?.removeEventListener('keydown', keydown)
    attached?.removeEventListener('focusout', blurred)
    attached = root ?? null
    attached?.addEventListener('keydown', keydown)
    attached?.addEventListener('focusout', blurred)
  }
  onMounted(() => watch(options.root, attach, { immediate: true, flush: 'post' }))
  onBeforeUnmount(() => attach(null))
  return { lifted, say }
}

/** Focuses what takes the keys of an item. */
export function focusItem(item: HTMLElement) {
  (handleOf(item) ?? item.querySelector<HTMLElement>('[data-sort-focus]') ?? item).focus()
}

