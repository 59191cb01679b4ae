import { columns, type Tables } from '@/filter/check'
import type { ScopeName } from '@/filter/node'
import { place } from './edit'
import { inside, itemName, type Each, type Shape } from './shape'

/** Of a list: whose records its items are, where that is known. */
export interface Name extends ScopeName { table?: string }

export interface Surroundings { kind?: string; table?: string; error?: boolean; scope: Name[]; tables: Tables }

/** The fields of a record under a name: $record.nick, $record.parent.nick. */
function fieldsOf(name: string, table: string, tables: Tables): Name[] {
  const rest: Name[] = [{ path: name, type: 'record' }]
  return [...rest, ...columns(table, tables).filter((c) => c.path !== 'id' && !c.field?.hidden).map((c) => ({ path: `${name}.${c.path}`, type: c.type, label: c.label === c.path ? '' : c.label }))]
}

const errors: Name[] = [
  { path: '$error.code', type: 'text' }, { path: '$error.status', type: 'number' }, { path: '$error.message', type: 'text' }, { path: '$error.errors', type: 'list' },
]
const paging: Name[] = ['$total', '$page', '$pages', '$size', '$next'].map((path) => ({ path, type: path === '$next' ? 'text' : 'number' }))

/** The names that exist everywhere in the template. */
export function names({ kind, table, error, scope, tables }: Surroundings): Name[] {
  const own: Name[] = error ? errors : kind === 'LIST' ? [{ path: '$records', type: 'list', table }, ...paging] : table ? fieldsOf('$record', table, tables) : []
  return unique([...own, ...scope])
}

/** The names at a node: those of the $each around it come first. */
export function namesAt(root: Shape, id: number, all: Name[], { tables, scope }: Surroundings): Name[] {
  const found = root.id === id ? [] : place(root, id)?.parents ?? []
  const repeats = found.filter((n): n is Each => n.kind === 'each')
  const local: Name[] = []
  for (const each of repeats) {
    const name = itemName(each)
    const path = Array.isArray(each.each) ? each.each.at(-1) : each.each
    const list = [...local, ...all].find((n) => n.path === path)
    if (typeof each.index === 'string') local.unshift({ path: `$${each.index}`, type: 'number' })
    if (!name) continue
    const table = list?.table
    if (path === '$error.errors') local.unshift(...['param', 'label', 'code', 'message'].map((part) => ({ path: `${name}.${part}`, type: 'text' })))
    else local.unshift(...(table ? fieldsOf(name, table, tables) : [{ path: name, type: 'value' }]))
    // Lists that are joined to records are named below $record by the endpoint.
    if (path === '$records' && name !== '$record') local.push(...scope.filter((n) => n.path.startsWith('$record.')).map((n) => ({ ...n, path: name + n.path.slice(7) })))
  }
  return unique([...local, ...all])
}

/** What can be repeated or counted. */
export const lists = (all: Name[]): Name[] => all.filter((n) => n.type === 'list' || n.type === 'references' || n.type === 'json')

function unique(all: Name[]): Name[] {
  const seen = new Set<string>()
  return all.filter((n) => !seen.has(n.path) && seen.add(n.path))
}

/** How many nodes a node holds, itself among them. */
export const size = (node: Shape): number => inside(node).reduce((n, child) => n + size(child), 1)
