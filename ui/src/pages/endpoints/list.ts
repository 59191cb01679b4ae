import type { Detail } from '../endpoint/useEndpoint'

export type Grouping = 'path' | 'table' | 'none'
export interface Group { name: string; items: Detail[] }

/** The first part of a path, which most projects group by: /comments/{id} stands under comments. */
export const segment = (path: string): string => path.split('/')[1]?.replace(/\{.*\}/, '') || '/'

/** The names of an endpoint's middlewares, or undefined where the project's defaults hold. */
export function stepNames(definition: { middlewares?: ReadonlyArray<string | object> }): string[] | undefined {
  return definition.middlewares?.map((s) => (typeof s === 'string' ? s : Object.keys(s)[0] ?? '')).filter(Boolean)
}

function matches(e: Detail, words: string[]): boolean {
  const text = `${e.method} ${e.path} ${e.name} ${e.kind} ${e.table} ${(e.definition as { label?: string }).label ?? ''}`.toLowerCase()
  return words.every((w) => text.includes(w))
}

/** The endpoints that match the words, in groups; within a group by path and method. */
export function grouped(items: readonly Detail[], by: Grouping, words: string): Group[] {
  const found = items.filter((e) => matches(e, words.toLowerCase().split(/\s+/).filter(Boolean)))
  const order = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
  const groups = new Map<string, Detail[]>()
  for (const e of [...found].sort((a, b) => a.path.localeCompare(b.path) || order.indexOf(a.method) - order.indexOf(b.method))) {
    const name = by === 'none' ? '' : by === 'table' ? e.table : segment(e.path)
    groups.set(name, [...groups.get(name) ?? [], e])
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b)).map(([name, list]) => ({ name, items: list }))
}
