import { isPath, readLiteral, readSlot, writeLiteral, writeSlot } from './literal'
import { comparisons, fresh, type Comparison, type Connective, type Group, type Json, type Node, type Operand, type Raw, type Row } from './node'

export * from './node'

type Members = { [name: string]: Json }
const isObject = (v: Json | undefined): v is Members => typeof v === 'object' && v !== null && !Array.isArray(v)
const isComparison = (t: unknown): t is Comparison => comparisons.includes(t as Comparison)
const isConnective = (t: unknown): t is 'AND' | 'OR' => t === 'AND' || t === 'OR'

/** Operators that have no opposite of their own: NOT before them belongs to the row. */
const turned: readonly Comparison[] = ['LIKE', 'ILIKE', 'IN', 'IS_NULL', 'CONTAINS', 'STARTS_WITH', 'BETWEEN', 'SEARCH']
export const turns = (op: Comparison) => turned.includes(op)

export const group = (op: Connective = 'AND', items: Node[] = []): Group => ({ kind: 'group', id: fresh(), op, items, off: false })
export const row = (field: string, op: Comparison = '=', right: Operand[] = [{ kind: 'value', value: '' }]): Row => ({
  kind: 'row', id: fresh(), op, not: false, left: [{ kind: 'field', path: field }], right, optional: false, off: false,
})
const raw = (json: Json, reason: string): Raw => ({ kind: 'raw', id: fresh(), json, off: false, reason })

/** What a filter's texts mean: expressions of an endpoint, or data as in the filter of a grid. */
export interface Reading { data?: boolean }

/** Reads a filter in either form. The root is a group always: one comparison alone stands in an AND. */
export function parse(json: Json | undefined, reading: Reading = {}): Group {
  if (json === null || json === undefined || (isObject(json) && Object.keys(json).length === 0)) return group()
  const node = readNode(json, reading)
  return node.kind === 'group' ? node : group('AND', [node])
}

/** Whether a filter is written in the shorthand. */
export const isShorthand = (json: Json | undefined) => isObject(json) && Object.keys(json).length > 0 && !isTree(json)

const isTree = (v: Members) => isComparison(v.t) || isConnective(v.t) || v.t === 'NOT' || v.t === 'FIELD' || v.t === 'LITERAL'

function readNode(json: Json, reading: Reading): Node {
  if (!isObject(json) || Object.keys(json).length === 0) return raw(json, 'object')
  const { t } = json
  if (isConnective(t)) return readConnective(t, json, reading)
  if (t === 'NOT') return readNot(json, reading)
  if (isComparison(t)) return readRow(t, json) ?? raw(json, 'comparison')
  if (t === 'FIELD' || t === 'LITERAL') return raw(json, 'operand')
  if (looksLikeTree(json)) return raw(json, 'operator')
  return readShorthand(json, reading)
}

/** A `t` that is no operator beside operands is a misspelt one, else a field named t. */
function looksLikeTree(json: Members): boolean {
  return typeof json.t === 'string' && ['l', 'r', 'v'].some((side) => {
    const child = Array.isArray(json[side]) ? json[side][0] : json[side]
    return isObject(child) && typeof child.t === 'string'
  })
}

const only = (json: Members, ...names: string[]) => Object.keys(json).every((name) => name === 't' || names.includes(name))

function readConnective(op: 'AND' | 'OR', json: Members, reading: Reading): Node {
  if (only(json, 'v') && Array.isArray(json.v) && json.v.length > 0) {
    return { ...group(op, json.v.map((item) => readNode(item, reading))), form: 'v' }
  }
  if (only(json, 'l', 'r') && json.l !== undefined && json.r !== undefined) {
    return { ...group(op, [readNode(json.l, reading), readNode(json.r, reading)]), form: 'lr' }
  }
  return raw(json, 'connective')
}

function readNot(json: Members, reading: Reading): Node {
  const side = json.v === undefined ? 'l' : 'v'
  const inner = json[side]
  if (inner === undefined || !only(json, side)) return raw(json, 'connective')
  const node = readNode(inner, reading)
  if (node.kind === 'row' && !node.not && turns(node.op)) return { ...node, not: true, was: json }
  // NOT of an AND of several is one group; an AND written otherwise than it would be again keeps its own.
  const joins = node.kind === 'group' && node.op === 'AND' && node.items.length > 1 && (node.form === (node.items.length === 2 ? 'lr' : 'v'))
  return { ...group('NOT', joins ? node.items : [node]), form: side }
}

function readRow(op: Comparison, json: Members): Row | null {
  if (json.optional !== undefined && typeof json.optional !== 'boolean') return null
  const base = { kind: 'row' as const, id: fresh(), not: false, optional: json.optional === true, off: false, was: json }
  if (op === 'IS_NULL') {
    const left = readOperand(json.v === undefined ? json.l : json.v)
    return left && only(json, 'v', 'l') ? { ...base, op, left: [left], right: [] } : null
  }
  const left = op === 'SEARCH' && Array.isArray(json.l) ? json.l.map(readOperand) : [readOperand(json.l)]
  const right = readRight(op, json.r)
  if (!only(json, 'l', 'r', 'optional') || left.length === 0 || left.some((o) => !o) || !right) return null
  return asksNull({ ...base, op, left: left as Operand[], right })
}

/** A null that is written out means IS_NULL. */
function asksNull(r: Row): Row {
  const [value] = r.right
  const isNull = r.right.length === 1 && value?.kind === 'value' && value.value === null
  return isNull && (r.op === '=' || r.op === '<>') ? { ...r, op: 'IS_NULL', not: r.op === '<>', right: [] } : r
}

function readOperand(v: Json | undefined): Operand | null {
  if (!isObject(v) || v.v === undefined || !only(v, 'v')) return null
  if (v.t === 'FIELD') return typeof v.v === 'string' ? { kind: 'field', path: v.v } : null
  return v.t === 'LITERAL' ? readLiteral(v.v) : null
}

function readRight(op: Comparison, v: Json | undefined): Operand[] | null {
  if (Array.isArray(v) && (op === 'IN' || op === 'BETWEEN')) {
    const list = v.map(readOperand)
    return list.every((o) => o !== null) ? list : null
  }
  const one = readOperand(v)
  if (one && op === 'BETWEEN' && one.kind === 'value' && Array.isArray(one.value)) return one.value.map((value) => ({ kind: 'value', value }))
  return one && [one]
}

function readShorthand(json: Members, reading: Reading): Node {
  const items = Object.entries(json).flatMap(([name, v]): Node[] => {
    if (isConnective(name)) {
      const fine = Array.isArray(v) && v.length > 0
      return [fine ? { ...group(name, v.map((item) => readNode(item, reading))), form: 'v' } : raw({ [name]: v }, 'connective')]
    }
    if (name === 'NOT') return [readNot({ t: 'NOT', v }, reading)]
    return readAbout(name, v, reading)
  })
  const [first] = items
  return items.length === 1 && first ? first : group('AND', items)
}

function readAbout(name: string, v: Json, reading: Reading): Node[] {
  if (!isObject(v)) return [shortRow(name, '=', v, false, reading) ?? raw({ [name]: v }, 'comparison')]
  const { optional, ...operations } = v
  const entries = Object.entries(operations)
  if (entries.length === 0 || (optional !== undefined && typeof optional !== 'boolean')) return [raw({ [name]: v }, 'comparison')]
  return entries.map(([op, value]) => (isComparison(op) && shortRow(name, op, value, optional === true, reading)) || raw({ [name]: { [op]: value } }, 'operator'))
}

function shortRow(name: string, op: Comparison, v: Json, optional: boolean, { data }: Reading): Row | null {
  const read = (item: Json): Operand => (data ? { kind: 'value', value: item } : readSlot(item))
  const base = { ...row(name, op), optional }
  if (op === 'IS_NULL') return typeof v === 'boolean' ? { ...base, optional: false, not: !v, right: [] } : null
  if (isObject(v) || (Array.isArray(v) && op !== 'IN' && op !== 'BETWEEN')) return null
  if (!Array.isArray(v)) return asksNull({ ...base, right: [read(v)] })
  const list = v.map(read)
  const plain = list.every((o) => o.kind === 'value')
  return { ...base, right: op === 'IN' && plain ? [{ kind: 'value', value: list.map((o) => (o.kind === 'value' ? o.value : null)) }] : list }
}

/** Writes the tree; null where nothing is left of it. Rows and groups that are off are no part of it. */
export function format(root: Group): Json {
  const items = root.items.map(write).filter((v) => v !== undefined)
  if (root.off || items.length === 0) return null
  if (root.op !== 'NOT' && items.length === 1 && root.form !== 'v') return items[0]!
  return join(root, items)
}

function write(node: Node): Json | undefined {
  if (node.off) return undefined
  if (node.kind === 'raw') return node.json
  if (node.kind === 'row') return node.was ?? writeRow(node)
  const items = node.items.map(write).filter((v) => v !== undefined)
  return items.length ? join(node, items) : undefined
}

function join({ op, form }: Group, items: Json[]): Json {
  if (op === 'NOT') {
    const inner = items.length === 1 ? items[0]! : join({ op: 'AND' } as Group, items)
    return form === 'l' ? { t: op, l: inner } : { t: op, v: inner }
  }
  return items.length === 2 && form !== 'v' ? { t: op, l: items[0]!, r: items[1]! } : { t: op, v: items }
}

const writeOperand = (o: Operand): Json => ({ t: o.kind === 'field' ? 'FIELD' : 'LITERAL', v: writeLiteral(o) })

function writeRow(r: Row): Json {
  const [left] = r.left
  const l = r.left.length > 1 ? r.left.map(writeOperand) : writeOperand(left ?? { kind: 'field', path: '' })
  const node: Members = r.op === 'IS_NULL' ? { t: r.op, v: l } : { t: r.op, l, r: writeRight(r), ...(r.optional && { optional: true }) }
  return r.not ? { t: 'NOT', v: node } : node
}

function writeRight({ op, right }: Row): Json {
  const [one] = right
  if (op === 'BETWEEN' && right.length !== 1) {
    const list = right.flatMap((o) => (o.kind === 'value' ? [o.value] : []))
    return list.length === right.length ? { t: 'LITERAL', v: list } : right.map(writeOperand)
  }
  return op === 'IN' && right.length !== 1 ? right.map(writeOperand) : writeOperand(one ?? { kind: 'value', value: '' })
}

/** Writes the shorthand; undefined where it cannot say all of it. */
export function formatShort(root: Group): Json | undefined {
  const items = root.items.filter((n) => !n.off)
  if (root.off || items.length === 0) return null
  return root.op === 'AND' ? shortAll(items) : shortNode({ ...root, items })
}

function shortAll(items: Node[]): Json | undefined {
  const all: Members = {}
  const rest: Json[] = []
  for (const item of items) {
    const one = shortNode(item)
    if (one === undefined) return undefined
    if (one === null) continue
    // A name can stand only once in an object, and the order of an AND means nothing but to its reader.
    if (isObject(one) && !isTree(one) && Object.keys(one).every((name) => !(name in all))) Object.assign(all, one)
    else if (!joined(all, one)) rest.push(one)
  }
  if (rest.length === 0) return Object.keys(all).length ? all : null
  if ('AND' in all) return { AND: [all, ...rest] }
  return Object.keys(all).length ? { ...all, AND: rest } : { AND: rest }
}

/** Adds an operation to those of its field: {likes: {">": 1, "<": 9}}. */
function joined(all: Members, one: Json): boolean {
  if (!isObject(one) || isTree(one)) return false
  const [name, about] = Object.entries(one)[0]!
  const present = all[name]
  if (isConnective(name) || name === 'NOT' || !isObject(about) || !isObject(present)) return false
  if (about.optional !== present.optional || Object.keys(about).some((op) => op !== 'optional' && op in present)) return false
  all[name] = { ...present, ...about }
  return true
}

function shortNode(node: Node): Json | undefined {
  if (node.off) return null
  if (node.kind === 'raw') return isObject(node.json) ? node.json : undefined
  if (node.kind === 'row') return shortComparison(node)
  const items = node.items.filter((n) => !n.off)
  if (items.length === 0) return null
  if (node.op === 'NOT') {
    const inner = items.length === 1 ? shortNode(items[0]!) : shortAll(items)
    return inner && { NOT: inner }
  }
  const list = items.map(shortNode)
  return list.some((v) => v === undefined) ? undefined : { [node.op]: list.filter((v) => v !== null) as Json[] }
}

function shortComparison(r: Row): Json | undefined {
  const [left] = r.left
  const tree = r.was ?? writeRow(r)
  if (r.left.length !== 1 || left?.kind !== 'field' || /^(AND|OR|NOT)$/.test(left.path) || left.path === 't') return tree
  if (r.op === 'IS_NULL') return { [left.path]: r.not ? { '<>': null } : null }
  const [one] = r.right
  const list = r.op === 'IN' || r.op === 'BETWEEN'
  const items = list && r.right.length === 1 && one?.kind === 'value' && Array.isArray(one.value)
    ? one.value.map((value) => writeSlot({ kind: 'value', value })) : r.right.map(writeSlot)
  if (items.some((v) => v === undefined)) return tree
  const value = list && !(items.length === 1 && one?.kind !== 'value') ? items as Json[] : items[0]!
  const about: Json = r.op === '=' && !r.optional ? value : { [r.op]: value, ...(r.optional && { optional: true }) }
  return r.not ? { NOT: { [left.path]: about } } : { [left.path]: about }
}

/** The paths and expressions whose values only a request brings, in order. */
export function unknowns(root: Node): Operand[] {
  if (root.off || root.kind === 'raw') return []
  const found = root.kind === 'group' ? root.items.flatMap(unknowns) : [...root.left, ...root.right].filter((o) => o.kind === 'path' || o.kind === 'script')
  return found.filter((o, i) => found.findIndex((other) => nameOf(other) === nameOf(o)) === i)
}

/** The text of a path or an expression: what a sample value is kept by. */
export const nameOf = (o: Operand) => (o.kind === 'path' ? o.path : o.kind === 'script' ? o.code : '')

export { isPath }
