import type { Definition } from './draft'
import { clearIn, isObject, setIn } from './json'

export type PageForm = 'none' | 'number' | 'offset' | 'cursor'
type Page = Definition['page']

/** The slots of each form of pages. */
export const pageKeys: Record<PageForm, Array<'number' | 'size' | 'offset' | 'limit' | 'cursor'>> = { none: [], number: ['number', 'size'], offset: ['offset', 'limit'], cursor: ['cursor', 'size'] }

export function pageForm(page: Page): PageForm {
  if (!page || Object.keys(page).length === 0) return 'none'
  if (page.cursor !== undefined) return 'cursor'
  return page.offset !== undefined || page.limit !== undefined ? 'offset' : 'number'
}

const usual: Record<string, unknown> = {
  number: { in: 'query', type: 'integer', default: 1, min: 1 }, size: { in: 'query', type: 'integer', default: 20, min: 1, max: 100 },
  offset: { in: 'query', type: 'integer', default: 0, min: 0 }, limit: { in: 'query', type: 'integer', default: 20, min: 1, max: 100 }, cursor: { in: 'query', type: 'text' },
}
const paramName = (key: string) => (key === 'number' ? 'page' : key)

/** The definition with another form of pages; the parameters that it reads are added where they are missing. */
export function pageOf(definition: Definition, form: PageForm): Definition {
  if (form === 'none') return clearIn(definition, ['page']) as Definition
  let out: unknown = definition
  const page: Record<string, unknown> = definition.page?.total ? { total: true } : {}
  for (const key of pageKeys[form]) {
    const name = paramName(key)
    page[key] = `$params.${name}`
    if (definition.params?.[name] === undefined) out = setIn(out, ['params', name], usual[key])
  }
  return setIn(out, ['page'], page) as Definition
}

/** A key of an order: a field, and whether it descends. */
export interface SortKey { field: string; down: boolean }
export type SortForm = 'none' | 'list' | 'map' | 'free'

export const readKey = (text: string): SortKey => (text.startsWith('-') ? { field: text.slice(1), down: true } : { field: text, down: false })
export const writeKey = (key: SortKey): string => (key.down ? '-' : '') + key.field
export const readKeys = (value: unknown): SortKey[] => (Array.isArray(value) ? value : value === undefined || value === null || value === '' ? [] : [value]).map((v) => readKey(String(v)))

export function sortForm(sort: unknown): SortForm {
  if (sort === undefined || sort === null) return 'none'
  if (!isObject(sort)) return 'list'
  return Array.isArray(sort.allow) ? 'free' : 'map'
}

/** The definition's order in another form, which keeps the keys that there were. */
export function sortAs(sort: unknown, form: SortForm): unknown {
  const keys = isObject(sort) ? readKeys(Object.values(isObject(sort.allow) ? sort.allow : {})[0] ?? (sort.allow as unknown[] | undefined)?.[0]) : readKeys(sort)
  const first = keys.length > 0 ? keys : [{ field: 'created_at', down: true }]
  if (form === 'none') return undefined
  if (form === 'list') return first.map(writeKey)
  if (form === 'free') return { by: '$params.sort', allow: [...new Set(first.map((k) => k.field))] }
  return { by: '$params.sort', allow: { new: first.length === 1 ? writeKey(first[0]!) : first.map(writeKey) } }
}

/** The definition with another order; the parameter that chooses it is added where it is missing, and follows the names of the orders. */
export function withSort(definition: Definition, sort: unknown): Definition {
  if (sort === undefined) return clearIn(definition, ['sort']) as Definition
  const out = setIn(definition, ['sort'], sort) as Definition
  if (!isObject(sort) || sort.by !== '$params.sort') return out
  const before = definition.params?.sort
  const names = isObject(sort.allow) ? Object.keys(sort.allow) : undefined
  if (!before) return setIn(out, ['params', 'sort'], { in: 'query', type: 'text', ...(names && { values: names, default: names[0] }) }) as Definition
  const old = isObject(definition.sort) && isObject(definition.sort.allow) ? Object.keys(definition.sort.allow) : []
  if (!names || JSON.stringify(before.values) !== JSON.stringify(old)) return out
  return setIn(out, ['params', 'sort'], { ...before, values: names, ...(before.default !== undefined && !names.includes(String(before.default)) && { default: names[0] }) }) as Definition
}
