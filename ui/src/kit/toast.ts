import { reactive } from 'vue'

export interface Toast { id: number; kind: 'done' | 'problem' | 'info'; text: string; action?: { label: string; run: () => void } }

export const toasts = reactive<Toast[]>([])
let next = 1

function show(toast: Omit<Toast, 'id'>, ms: number) {
  const id = next++
  toasts.push({ ...toast, id })
  if (toasts.length > 4) toasts.shift()
  window.setTimeout(() => dismiss(id), ms)
}

export function dismiss(id: number) {
  const at = toasts.findIndex((t) => t.id === id)
  if (at >= 0) toasts.splice(at, 1)
}

/** Tells what happened, at the edge of the screen and to screen readers; an action such as Undo may stand beside it. */
export const toast = {
  done: (text: string, action?: Toast['action']) => show({ kind: 'done', text, action }, action ? 10_000 : 4_000),
  info: (text: string, action?: Toast['action']) => show({ kind: 'info', text, action }, action ? 10_000 : 6_000),
  problem: (cause: unknown) => show({ kind: 'problem', text: cause instanceof Error ? cause.message : String(cause) }, 10_000),
}
