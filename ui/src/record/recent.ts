import { kept } from '@/state/preferences'
import type { Reference } from './values'

const lists = new Map<string, ReturnType<typeof kept<Reference[]>>>()

/** The records of a table that were chosen lately in this browser, the last one first. */
export function recentOf(project: string, table: string) {
  const name = `recent.${project}.${table}`
  let list = lists.get(name)
  if (!list) lists.set(name, list = kept<Reference[]>(name, []))
  const kept5 = list
  return {
    list: kept5,
    chosen(reference: Reference) {
      kept5.value = [{ u: reference.u, v: reference.v }, ...kept5.value.filter((r) => r.u !== reference.u)].slice(0, 5)
    },
  }
}
