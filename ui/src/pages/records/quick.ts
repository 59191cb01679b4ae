/** A condition of the bar: one field, one operator, one value. */
export interface Quick { field: string; op: string; value: unknown }

/** The operators of the bar. `null` and `not null` take no value. */
export const operators = ['=', '<>', 'CONTAINS', 'STARTS_WITH', '>', '>=', '<', '<=', 'IN', 'null', 'not null'] as const

/** The key of an operator's text. */
export const opKey = (op: string): string => `records.op.${words[op] ?? op}`
const words: Record<string, string> = { '=': 'is', '<>': 'isNot', CONTAINS: 'contains', STARTS_WITH: 'starts', '>': 'above', '>=': 'atLeast', '<': 'below', '<=': 'atMost', IN: 'oneOf', null: 'empty', 'not null': 'filled' }

/** Which operators make sense for a type, the usual one first. */
export function operatorsOf(type: string): string[] {
  switch (type) {
    case 'text': case 'email': case 'url': case 'generated': return ['CONTAINS', '=', '<>', 'STARTS_WITH', 'null', 'not null']
    case 'number': case 'autonumber': case 'datetime': case 'date': return ['=', '<>', '>', '>=', '<', '<=', 'null', 'not null']
    case 'boolean': return ['=', 'null', 'not null']
    case 'enum': case 'reference': return ['=', '<>', 'IN', 'null', 'not null']
  }
  return ['null', 'not null']
}

type Node = Record<string, unknown>
const isNode = (v: unknown): v is Node => typeof v === 'object' && v !== null && !Array.isArray(v)

/** The filter of the conditions: the tree that endpoints use too. None is null. */
export function toFilter(list: Quick[]): unknown {
  const nodes = list.map(node)
  return nodes.length > 1 ? nodes.reduce((l, r) => ({ t: 'AND', l, r })) : nodes[0] ?? null
}

const literal = (value: unknown): Node => ({ t: 'LITERAL', v: typeof value === 'string' ? quoted(value) : value })

/** A text as a JavaScript string that needs no more escapes than the server reads. */
const quoted = (text: string) => `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')}'`

function node({ field, op, value }: Quick): Node {
  const l = { t: 'FIELD', v: field }
  if (op === 'null') return { t: 'IS_NULL', v: l }
  if (op === 'not null') return { t: 'NOT', v: { t: 'IS_NULL', v: l } }
  return { t: op, l, r: op === 'IN' && Array.isArray(value) ? { t: 'LITERAL', v: value } : literal(value) }
}

/** The conditions of a filter, where it is only that: conditions that must all hold. Else null. */
export function fromFilter(filter: unknown): Quick[] | null {
  if (filter === null || filter === undefined) return []
  if (!isNode(filter)) return null
  if (filter.t === 'AND') {
    const parts = Array.isArray(filter.v) ? filter.v : [filter.l, filter.r]
    const lists = parts.map(fromFilter)
    return lists.includes(null) ? null : (lists as Quick[][]).flat()
  }
  if (typeof filter.t !== 'string') return shorthand(filter)
  if (filter.t === 'IS_NULL') return nullOf(filter.v ?? filter.l, 'null')
  if (filter.t === 'NOT' && isNode(filter.v) && filter.v.t === 'IS_NULL') return nullOf(filter.v.v ?? filter.v.l, 'not null')
  if (!(operators as readonly string[]).includes(filter.t) || !isNode(filter.l) || filter.l.t !== 'FIELD') return null
  const value = plain(filter.r)
  return value === undefined ? null : [{ field: String(filter.l.v), op: filter.t, value }]
}

const nullOf = (v: unknown, op: string): Quick[] | null => (isNode(v) && v.t === 'FIELD' ? [{ field: String(v.v), op, value: null }] : null)

function shorthand(filter: Node): Quick[] | null {
  const list: Quick[] = []
  for (const [field, v] of Object.entries(filter)) {
    if (['AND', 'OR', 'NOT'].includes(field)) return null
    if (isNode(v)) {
      const [op, value, ...more] = Object.entries(v).flat()
      if (more.length || !(operators as readonly unknown[]).includes(op)) return null
      list.push({ field, op: String(op), value })
    } else list.push(v === null ? { field, op: 'null', value: null } : { field, op: '=', value: v })
  }
  return list
}

/** The value of a literal; undefined: it is none. */
function plain(v: unknown): unknown {
  if (!isNode(v)) return v
  if (v.t !== 'LITERAL') return undefined
  if (typeof v.v !== 'string') return v.v
  const m = /^(['"])([\s\S]*)\1$/.exec(v.v.trim())
  return m ? (m[2] as string).replace(/\\(.)/g, (_, c: string) => ({ n: '\n', t: '\t', r: '\r' })[c] ?? c) : undefined
}

/** The filter of the address with the words of the search box. */
export function searching(filter: unknown, words: string, fields: string[]): unknown {
  const text = words.trim()
  if (!text || !fields.length) return filter ?? null
  const search = { t: 'SEARCH', l: fields.map((v) => ({ t: 'FIELD', v })), r: { t: 'LITERAL', v: quoted(text) } }
  return filter ? { t: 'AND', l: filter, r: search } : search
}
