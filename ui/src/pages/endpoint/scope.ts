import type { Field, Table } from '@/state/project'
import type { Definition } from './draft'
import { isObject } from './json'
import { rowsOf } from './params'

/** An expression that a slot may hold. */
export interface ScopeEntry {
  path: string
  type: string
  label: string
  group: ScopeGroup
  /** Of a list of records: whose. */
  table?: string
}
export type ScopeGroup = 'params' | 'request' | 'record' | 'result' | 'sources' | 'auth' | 'error' | 'helpers'
export type Tables = Record<string, Table | undefined>

/** Where the slot stands: before the data operation, after it, or in the answer to what was refused. */
export type ScopePlace = 'request' | 'response' | 'errors'

const entry = (group: ScopeGroup, path: string, type: string, label = '', table?: string): ScopeEntry => ({ path, type, label, group, ...(table && { table }) })

const request: ScopeEntry[] = [
  entry('request', '$request.ip', 'text'), entry('request', '$request.method', 'text'), entry('request', '$request.path', 'text'),
  entry('request', '$request.headers', 'object'), entry('request', '$request.query', 'object'), entry('request', '$request.params', 'object'), entry('request', '$request.body', 'json'),
]

const auth: ScopeEntry[] = [
  entry('auth', '$auth', 'object'), entry('auth', '$auth.kind', 'text'), entry('auth', '$auth.id', 'text'), entry('auth', '$auth.email', 'text'),
  entry('auth', '$auth.roles', 'list'), entry('auth', '$auth.claims', 'object'),
]

/** The functions that JavaScript has; as a slot each stands behind an equals sign. */
const helpers: ScopeEntry[] = [
  ['=$now()', 'datetime'], ["=$ago('60s')", 'datetime'], ['=$uuid()', 'text'], ['=$md5($params.x)', 'text'], ['=$sha256($params.x)', 'text'], ['=$markdown($record.x)', 'text'],
  ['=$epoch($record.created_at)', 'integer'], ['=$epoch_ms($record.created_at)', 'integer'], ['=$int($record.x)', 'integer'],
  ["=$date($record.created_at, 'YYYY-MM-DD')", 'text'], ['=$json($record)', 'text'], ["=$env('NAME')", 'text'],
].map(([path, type]) => entry('helpers', path as string, type as string))

const errors: ScopeEntry[] = [
  entry('error', '$error.code', 'text'), entry('error', '$error.status', 'integer'), entry('error', '$error.message', 'text'), entry('error', '$error.errors', 'list'),
]

function fieldType(field: Field): string {
  return field.type === 'number' && field.integer ? 'integer' : field.type === 'autonumber' ? 'integer' : field.type
}

/** The parts of a record of a table, below a path; references are followed once. */
export function recordScope(table: Table | undefined, tables: Tables, at: string, reveal: string[] = [], group: ScopeGroup = 'record', deep = true): ScopeEntry[] {
  const own = [entry(group, `${at}.uid`, 'text')]
  for (const [name, field] of Object.entries(table?.fields ?? {}) as Array<[string, Field]>) {
    if (field.hidden && !reveal.includes(name)) continue
    own.push(entry(group, `${at}.${name}`, fieldType(field), field.label ?? ''))
    if (deep && field.type === 'reference' && field.to) own.push(...recordScope(tables[field.to], tables, `${at}.${name}`, [], group, false).slice(1))
  }
  own.push(entry(group, `${at}.created_at`, 'datetime'), entry(group, `${at}.updated_at`, 'datetime'), entry(group, `${at}.version`, 'integer'))
  return own
}

function aggregated(group: string[] | undefined, aggregate: Definition['aggregate'], table: Table | undefined, at: string, into: ScopeGroup): ScopeEntry[] {
  const fields = (group ?? []).map((name) => {
    const field = table?.fields?.[name] as Field | undefined
    return entry(into, `${at}.${name}`, field ? fieldType(field) : 'text', field?.label ?? '')
  })
  const values = Object.entries(aggregate ?? {}).map(([name, how]) => entry(into, `${at}.${name}`, isObject(how) && !('distinct' in how || 'sum' in how || 'avg' in how) ? 'any' : 'number'))
  return [...fields, ...values]
}

function resultScope(definition: Definition, tables: Tables): ScopeEntry[] {
  const table = definition.table ? tables[definition.table] : undefined
  if (!table) return []
  const out: ScopeEntry[] = []
  const aggregate = Object.keys(definition.aggregate ?? {}).length > 0
  if (definition.kind === 'LIST' && (!aggregate || definition.group?.length)) out.push(entry('result', '$records', 'list', '', aggregate ? undefined : definition.table))
  if (definition.kind === 'CREATE' && definition.bulk !== undefined) out.push(entry('result', '$records', 'list', '', definition.table))
  if (aggregate) out.push(...aggregated(definition.group, definition.aggregate, table, '$record', 'record'))
  else out.push(entry('record', '$record', 'object'), ...recordScope(table, tables, '$record', definition.reveal))
  for (const [name, include] of Object.entries(definition.include ?? {})) out.push(entry('record', `$record.${name}`, 'list', tables[include.table]?.label ?? '', include.table))
  const page = definition.page
  if (page?.total) out.push(entry('result', '$total', 'integer'))
  if (page?.number !== undefined) out.push(entry('result', '$page', 'integer'))
  if (page?.total && page.number !== undefined) out.push(entry('result', '$pages', 'integer'))
  if (page?.size !== undefined) out.push(entry('result', '$size', 'integer'))
  if (page?.cursor !== undefined) out.push(entry('result', '$next', 'text'))
  return out
}

function sourceScope(definition: Definition, tables: Tables): ScopeEntry[] {
  return Object.entries(definition.sources ?? {}).flatMap(([name, source]) => {
    const at = `$sources.${name}`
    const table = tables[source.table]
    const isOne = Object.keys(source.aggregate ?? {}).length > 0 && !source.group?.length
    return [entry('sources', at, isOne ? 'object' : 'list', table?.label ?? '', Object.keys(source.aggregate ?? {}).length > 0 ? undefined : source.table), ...(isOne ? aggregated([], source.aggregate, table, at, 'sources') : [])]
  })
}

/** Gives what slots of an endpoint may name, at a place. */
export function scopeOf(definition: Definition, tables: Tables, place: ScopePlace = 'response'): ScopeEntry[] {
  const table = definition.table ? tables[definition.table] : undefined
  const params = rowsOf(definition, table).map((r) => entry('params', `$params.${r.name}`, r.param.split || r.param.list ? 'list' : r.type, r.param.label ?? r.field?.label ?? ''))
  const after = place === 'response' ? [...resultScope(definition, tables), ...sourceScope(definition, tables)] : place === 'errors' ? errors : []
  return [...params, ...after, ...request, ...auth, ...helpers]
}

/** The paths alone, without the functions of JavaScript: what the editors of filters, answers and middlewares complete. */
export const pathsOf = (scope: ScopeEntry[]): ScopeEntry[] => scope.filter((e) => e.path.startsWith('$'))
