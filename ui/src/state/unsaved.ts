import { onBeforeUnmount, onMounted } from 'vue'
import type { RouteLocationNormalized } from 'vue-router'
import { i18n } from '@/i18n'
import { confirm } from '@/kit/confirm'

type Leaves = (to: RouteLocationNormalized, from: RouteLocationNormalized) => boolean
interface Guard { dirty: () => boolean; leaves: Leaves }

const guards = new Set<Guard>()
const t = i18n.global.t

/** Whether anything on the page is not saved. */
export const hasUnsaved = () => [...guards].some((g) => g.dirty())

/**
 * Guards what is not saved yet: whoever leaves the page, by a link, Back or closing the window, is asked first. By default another path
 * leaves; the query does not. Give `leaves` where a page has several paths, as a table and its records. Call it in setup.
 */
export function useUnsaved(dirty: () => boolean, leaves: Leaves = (to, from) => to.path !== from.path): void {
  const guard = { dirty, leaves }
  onMounted(() => guards.add(guard))
  onBeforeUnmount(() => guards.delete(guard))
}

/** Asks whether to give up what is not saved: for closing a drawer or switching what a page shows. True where there is nothing to lose. */
export async function mayDiscard(dirty = hasUnsaved()): Promise<boolean> {
  return !dirty || confirm({ title: t('shell.unsaved.title'), text: t('shell.unsaved.text'), action: t('shell.unsaved.discard'), danger: true })
}

/** The router asks this before it leaves a page. */
export const mayLeave = (to: RouteLocationNormalized, from: RouteLocationNormalized) =>
  mayDiscard([...guards].some((g) => g.dirty() && g.leaves(to, from)))

/** The browser asks by itself before the window closes; main.ts calls it once. */
export function guardWindow(): void {
  window.addEventListener('beforeunload', (e) => { if (hasUnsaved()) e.preventDefault() })
}
