import { turns } from './tree'
import type { Comparison, Group, Json, Node, Operand, Row } from './node'

/** What a filter has to know of a field: a part of the definition. */
export interface FieldLike { type: string; label?: string; to?: string; display?: string; values?: string[]; integer?: boolean; hidden?: boolean }
export interface TableLike { fields?: { [name: string]: FieldLike | undefined } }
export type Tables = (name: string) => TableLike | undefined

/** What a path leads to. `type` is a field's, or of generated fields 'generated', whose type is not written down. */
export interface Column { path: string; type: string; field?: FieldLike; label: string }

const reserved: Record<string, string> = { uid: 'text', id: 'number', version: 'number', created_at: 'datetime', updated_at: 'datetime' }
const kinds: Record<string, string> = { email: 'text', url: 'text', autonumber: 'number', integer: 'number' }
/** The kind of a type: several types compare alike. */
export const kindOf = (type: string) => kinds[type] ?? type

const parts: Record<string, string> = { name: 'text', size: 'number', type: 'text', sha256: 'text', url: 'text' }

/** Follows a dotted path from a table, as engine/plan does. Undefined where it leads nowhere. */
export function resolve(path: string, table: string, tables: Tables, steps = 0): Column | undefined {
  const [name = '', ...rest] = path.split('.')
  if (reserved[name]) return rest.length ? undefined : { path, type: reserved[name], label: name }
  const field = tables(table)?.fields?.[name]
  if (!field || rest.includes('')) return undefined
  const label = field.label || name
  if (rest.length === 0) return { path, type: field.type, field, label }
  if (field.type === 'json') return { path, type: 'json', label: path }
  if (field.type === 'file') return { path, type: parts[rest.at(-1)!] ? 'json' : 'json', label: `${label} › ${rest.join('.')}` }
  if (field.type !== 'reference' || !field.to || steps > 3) return undefined
  if (rest[0] === 'u' && rest.length === 1 && !tables(field.to)?.fields?.u) return { path, type: 'reference', field, label: `${label} › uid` }
  const [next, ...more] = rest
  const inner = resolve([next === 'v' && !tables(field.to)?.fields?.v && field.display ? field.display : next, ...more].join('.'), field.to, tables, steps + 1)
  return inner && { ...inner, path, label: `${label} › ${inner.label}` }
}

/** The fields that a filter of the table can name: its own, then those behind references. */
export function columns(table: string, tables: Tables, depth = 1): Column[] {
  const fields = Object.keys(tables(table)?.fields ?? {})
  const own = [...fields, ...Object.keys(reserved)].map((name) => resolve(name, table, tables)).filter((c) => c !== undefined)
  const behind = depth === 0 ? [] : own.filter((c) => c.field?.type === 'reference' && c.field.to).flatMap((c) =>
    columns(c.field!.to!, tables, depth - 1).filter((inner) => inner.path !== 'id' && inner.path !== 'version')
      .map((inner) => ({ ...inner, path: `${c.path}.${inner.path}`, label: `${c.label} › ${inner.label}` })))
  return [...own, ...behind]
}

/** An operator as people choose it: with its opposite as another one. */
export interface Choice { op: Comparison; not: boolean }
const of = (...names: string[]): Choice[] => names.map((name) => {
  const not = name.startsWith('!')
  return { op: (not ? name.slice(1) : name) as Comparison, not }
})
const order = ['=', '<>', '>', '>=', '<', '<=', 'BETWEEN', 'IN', '!IN', 'IS_NULL', '!IS_NULL']
const text = ['=', '<>', 'CONTAINS', '!CONTAINS', 'STARTS_WITH', '!STARTS_WITH', 'IN', '!IN', 'IS_NULL', '!IS_NULL', 'SEARCH', 'LIKE', '!LIKE', 'ILIKE', '!ILIKE', '>', '>=', '<', '<=', 'BETWEEN']
const offered: Record<string, Choice[]> = {
  text: of(...text),
  enum: of('=', '<>', 'IN', '!IN', 'IS_NULL', '!IS_NULL', 'CONTAINS', 'STARTS_WITH', 'LIKE', 'ILIKE'),
  number: of(...order),
  datetime: of(...order),
  date: of(...order),
  boolean: of('=', '<>', 'IS_NULL', '!IS_NULL'),
  json: of('=', '<>', 'CONTAINS', '!CONTAINS', 'IN', '!IN', 'IS_NULL', '!IS_NULL', '>', '>=', '<', '<=', 'BETWEEN', 'SEARCH', 'STARTS_WITH', 'LIKE', 'ILIKE'),
  reference: of('=', '<>', 'IN', '!IN', 'IS_NULL', '!IS_NULL'),
  references: of('CONTAINS', '!CONTAINS', 'IS_NULL', '!IS_NULL'),
  file: of('IS_NULL', '!IS_NULL'),
}
/** The operators that make sense for a type, the likeliest first. */
export const operators = (type: string): Choice[] => offered[kindOf(type)] ?? of(...new Set([...text, ...order]))

export const noValue = (op: Comparison) => op === 'IS_NULL'

/** What is wrong with a node: a key of the texts filter.wrong.* with its values. */
export interface Complaint { id: number; key: string; values: Record<string, string> }

/** Checks what the server will check when the definition is saved; what it does not know it lets pass. */
export function validate(root: Group, table: string, tables: Tables, rules: { optional?: boolean } = {}): Complaint[] {
  const complaints: Complaint[] = []
  const say = (node: Node, key: string, values: Record<string, string> = {}) => complaints.push({ id: node.id, key, values })
  const check = (node: Node) => {
    if (node.off) return
    if (node.kind === 'raw') say(node, 'raw')
    else if (node.kind === 'group') node.items.forEach(check)
    else checkRow(node, table, tables, rules, (key, values) => say(node, key, values))
  }
  root.items.forEach(check)
  return complaints
}

type Say = (key: string, values?: Record<string, string>) => void

function checkRow(r: Row, table: string, tables: Tables, rules: { optional?: boolean }, say: Say): void {
  const sides = [...r.left, ...r.right].filter((o) => o.kind === 'field')
  for (const o of sides) {
    if (o.path === '') return say('noField')
    if (!resolve(o.path, table, tables)) return say('unknownField', { field: o.path })
  }
  if (r.optional && rules.optional === false) return say('optional')
  const [left] = r.left
  const column = left?.kind === 'field' ? resolve(left.path, table, tables) : undefined
  if (!column) return
  if (!operators(column.type).some((c) => c.op === r.op) && kindOf(column.type) !== 'generated') return say('operator', { field: column.label })
  checkValues(r, column, say)
}

function checkValues(r: Row, column: Column, say: Say): void {
  const [one] = r.right
  if (r.op === 'BETWEEN' && r.right.length !== 2) return say('between')
  if (r.op === 'IN') {
    if (r.right.length === 1 && one?.kind === 'value' && !Array.isArray(one.value)) return say('list')
    if (r.right.length === 1 && one?.kind === 'value' && Array.isArray(one.value) && one.value.length === 0) return say('emptyList')
  }
  if (['LIKE', 'ILIKE', 'CONTAINS', 'STARTS_WITH', 'SEARCH'].includes(r.op)) {
    if (one?.kind === 'field') return say('valueOnly')
    if (column.type !== 'references') return
  }
  for (const value of values(r.right)) {
    if (!fits(value, column)) return say(column.type === 'enum' ? 'enum' : 'type', { value: String(value), field: column.label })
  }
}

const values = (list: Operand[]): Json[] => list.flatMap((o) => (o.kind !== 'value' ? [] : Array.isArray(o.value) ? o.value : [o.value]))

/** Whether the server takes a value for a field's type. */
export function fits(value: Json, { type, field }: Column): boolean {
  switch (kindOf(type)) {
    case 'number': return typeof value === 'number' || (typeof value === 'string' && /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value))
    case 'boolean': return typeof value === 'boolean' || value === 'true' || value === 'false'
    case 'enum': return typeof value !== 'string' || !field?.values || field.values.includes(value)
    case 'date': return typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)
    case 'datetime': return typeof value === 'number' || (typeof value === 'string' && value !== '' && (/^\d+$/.test(value) || !Number.isNaN(Date.parse(value))))
    case 'reference': return typeof value === 'string' && value !== ''
    default: return true
  }
}

/** Gives a row another field, with an operator and a value that it can have. */
export function withField(r: Row, path: string, column: Column | undefined): Row {
  const { was: _was, ...rest } = r
  const choices = operators(column?.type ?? 'generated')
  const keeps = choices.some((c) => c.op === r.op && (c.not === r.not || turns(r.op)))
  const next: Row = { ...rest, left: [{ kind: 'field', path }] }
  const before = r.left[0]?.kind === 'field' && r.left[0].path
  const operator = keeps ? next : withOperator(next, choices[0]!)
  return before === path || !column ? operator : { ...operator, right: operator.right.map((o) => fitting(o, column)) }
}

/** A value that does not fit the type makes way for the type's emptiest one. */
function fitting(o: Operand, column: Column): Operand {
  if (o.kind !== 'value') return o
  if (Array.isArray(o.value)) return { kind: 'value', value: o.value.filter((v) => fits(v, column)) }
  return o.value !== '' && fits(o.value, column) ? o : { kind: 'value', value: initial(column) }
}

export function initial({ type, field }: Column): Json {
  if (kindOf(type) === 'boolean') return true
  return type === 'enum' ? field?.values?.[0] ?? '' : ''
}

/** Gives a row another operator; its values go along as far as they can. */
export function withOperator(r: Row, { op, not }: Choice): Row {
  const { was: _was, ...rest } = r
  const next: Row = { ...rest, op, not, left: op === 'SEARCH' ? r.left : r.left.slice(0, 1) }
  const [one = { kind: 'value', value: '' } as Operand] = r.right
  const list = one.kind === 'value' && Array.isArray(one.value) ? one.value : undefined
  if (op === 'IS_NULL') return { ...next, right: [], optional: false }
  if (op === 'IN') return { ...next, right: one.kind === 'value' && !list ? [{ kind: 'value', value: one.value === '' ? [] : [one.value] }] : r.right.length > 1 && r.op !== 'IN' ? [one] : r.right.length ? r.right : [{ kind: 'value', value: [] }] }
  const first: Operand = list ? { kind: 'value', value: list[0] ?? '' } : one
  if (op === 'BETWEEN') return { ...next, right: r.op === 'BETWEEN' && r.right.length === 2 ? r.right : [first, list?.[1] !== undefined ? { kind: 'value', value: list[1] } : { kind: 'value', value: '' }] }
  return { ...next, right: [first] }
}
