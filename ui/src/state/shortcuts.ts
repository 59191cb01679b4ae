import { getCurrentInstance, onBeforeUnmount, onMounted, shallowReactive, toValue, type MaybeRefOrGetter } from 'vue'
import { parseKeys, pressedIs, type Press } from './keys'

export interface ShortcutOptions {
  /** The heading in the sheet of shortcuts; default: "This page". */
  group?: MaybeRefOrGetter<string>
  /** Whether it can be used now; where not, an older one of the same keys is asked, and the palette leaves it out. */
  when?: () => boolean
  /** Also while a code editor has the focus, for what the editor itself does not use: saving, running. */
  editor?: boolean
  /** Also while a dialog or drawer is open: give it to the shortcuts of what is inside. */
  modal?: boolean
  /** Only in the sheet: the keys are handled by the control itself, as in the grid. `run` is not called. */
  told?: boolean
  /** Not in the palette, such as the palette's own. */
  unlisted?: boolean
}

export interface Shortcut extends ShortcutOptions {
  keys: string
  steps: Press[]
  label: MaybeRefOrGetter<string>
  run: () => void
}

/** All that may be pressed now, the newest last. The sheet (?) and the palette (Ctrl+K) list it. */
export const shortcuts = shallowReactive<Shortcut[]>([])

/** Registers a shortcut until it is taken back by calling what this gives. */
export function addShortcut(keys: string, label: MaybeRefOrGetter<string>, run: () => void, options: ShortcutOptions = {}): () => void {
  const shortcut: Shortcut = { ...options, keys, steps: parseKeys(keys), label, run }
  shortcuts.push(shortcut)
  return () => {
    const at = shortcuts.indexOf(shortcut)
    if (at >= 0) shortcuts.splice(at, 1)
  }
}

/**
 * A shortcut of the component, there while it is mounted: useShortcut('ctrl+s', () => t('shell.save'), save, { editor: true }).
 * keys: "ctrl+s" (Command on a Mac), "ctrl+shift+z", "alt+arrowdown", "?", or a sequence as "g t". Keys without Ctrl or Alt do nothing
 * while something is typed into; those with one work in inputs, in code editors only with `editor`. Of two with the same keys the newer wins.
 */
export function useShortcut(keys: string, label: MaybeRefOrGetter<string>, run: () => void, options: ShortcutOptions = {}): void {
  let remove = () => {}
  onMounted(() => { remove = addShortcut(keys, label, run, options) })
  onBeforeUnmount(() => remove())
  if (!getCurrentInstance()) throw new Error('useShortcut belongs into setup')
}

export const labelOf = (s: Shortcut) => toValue(s.label)

const typing = 'input:not([type="checkbox"]):not([type="radio"]):not([type="button"]), textarea, select, [contenteditable="true"], [contenteditable=""]'
const patience = 1000 // ms between the presses of a sequence
let begun: { presses: Array<Parameters<typeof pressedIs>[1]>; at: number } = { presses: [], at: 0 }

/** Whether a shortcut may be used where the focus is. */
function permitted(s: Shortcut, target: Element | null, modal: boolean): boolean {
  if (s.told || (modal && !s.modal) || (s.when && !s.when())) return false
  if (target?.closest('.cm-editor')) return !!s.editor
  if (target?.closest(typing)) return s.steps[0]?.mod === true || s.steps[0]?.alt === true || (s.steps[0]?.key.length ?? 0) > 1
  return true
}

function pressed(e: KeyboardEvent) {
  if (e.defaultPrevented || e.isComposing || ['Control', 'Shift', 'Alt', 'Meta'].includes(e.key)) return
  const target = e.target instanceof Element ? e.target : null
  const modal = document.querySelector('[role="dialog"][data-state="open"]:not(.popover), [role="alertdialog"][data-state="open"]') !== null
  const presses = e.timeStamp - begun.at < patience ? [...begun.presses, e] : [e]
  const candidates = shortcuts.filter((s) => permitted(s, target, modal))
  for (const tried of presses.length > 1 ? [presses, [e]] : [presses]) {
    const fitting = candidates.filter((s) => s.steps.length >= tried.length && tried.every((p, i) => s.steps[i] && pressedIs(s.steps[i], p)))
    const whole = fitting.filter((s) => s.steps.length === tried.length).at(-1)
    if (whole) {
      begun = { presses: [], at: 0 }
      e.preventDefault()
      whole.run()
      return
    }
    if (fitting.length > 0) {
      begun = { presses: tried, at: e.timeStamp }
      return
    }
  }
  begun = { presses: [], at: 0 }
}

/** Listens to the whole page; main.ts calls it once. What a control has handled (preventDefault) is left alone. */
export function listenToShortcuts(): void {
  window.addEventListener('keydown', pressed)
}
