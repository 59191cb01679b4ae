import { quote } from './literal'
import type { Group, Json, Node, Operand, Row } from './node'

/** What a sentence is made with: texts by their key below filter.say, and the names of fields and paths as people call them. */
export interface Words {
  say: (key: string, values?: Record<string, string>) => string
  field: (path: string) => string
  path: (path: string) => string
}

/** Says a filter in a sentence; an empty text where there is none. Rows that are off are not said. */
export function sentence(root: Group, words: Words): string {
  return root.off ? '' : say(root, words, false)
}

function say(node: Node, words: Words, inner: boolean): string {
  if (node.off) return ''
  if (node.kind === 'raw') return JSON.stringify(node.json)
  if (node.kind === 'row') return sayRow(node, words)
  const living = node.items.filter((n) => !n.off && (n.kind !== 'group' || n.items.length > 0))
  const items = living.map((n) => say(n, words, living.length > 1 && n.kind === 'group' && n.op !== node.op)).filter((s) => s !== '')
  if (items.length === 0) return ''
  if (node.op === 'NOT') return words.say('not', { all: items.join(words.say('and')) })
  const all = items.join(words.say(node.op === 'AND' ? 'and' : 'or'))
  return inner && items.length > 1 ? words.say('brackets', { all }) : all
}

const names: Record<string, string> = {
  '=': 'eq', '<>': 'ne', '>': 'gt', '<': 'lt', '>=': 'ge', '<=': 'le', LIKE: 'like', ILIKE: 'ilike', IN: 'in', IS_NULL: 'null', CONTAINS: 'contains',
  STARTS_WITH: 'starts', BETWEEN: 'between', SEARCH: 'search',
}
/** The key of an operator's texts: filter.op.* as it is chosen, filter.say.* as it is said. */
export const operatorKey = (op: string, not: boolean) => (not ? `not_${names[op]}` : names[op]!)

function sayRow(r: Row, words: Words): string {
  const [l = '', r1 = '', r2 = ''] = [r.left.map((o) => sayOperand(o, words)).join(', '), ...r.right.map((o) => sayOperand(o, words))]
  const list = r.op === 'IN' ? r.right.map((o) => sayOperand(o, words)).join(', ') : r1
  const said = words.say(operatorKey(r.op, r.not), { l, r: list, to: r2 })
  return r.optional ? words.say('optional', { said }) : said
}

function sayOperand(o: Operand, words: Words): string {
  switch (o.kind) {
    case 'field': return words.field(o.path)
    case 'path': return words.path(o.path)
    case 'script': return o.code
    case 'value': return sayValue(o.value)
  }
}

function sayValue(value: Json): string {
  if (typeof value === 'string') return quote(value)
  return Array.isArray(value) ? value.map(sayValue).join(', ') : JSON.stringify(value)
}
