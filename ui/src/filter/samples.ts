import { fits, kindOf, type Column } from './check'
import { nameOf } from './tree'
import type { Group, Json, Node, Operand, Row } from './node'

type ColumnOf = (path: string) => Column | undefined

/** Puts sample values where a request's would be; null where one that is needed is missing. Optional rows without one are left out. */
export function sampled(root: Group, samples: Record<string, string>, column: ColumnOf): Group | null {
  const node = fill(root, samples, column)
  return node === 'missing' ? null : (node as Group)
}

function fill(node: Node, samples: Record<string, string>, column: ColumnOf): Node | 'missing' {
  if (node.off || node.kind === 'raw') return node
  if (node.kind === 'row') return fillRow(node, samples, column)
  const items: Node[] = []
  for (const item of node.items) {
    const next = fill(item, samples, column)
    if (next === 'missing') return next
    items.push(next)
  }
  return { ...node, items }
}

function fillRow(r: Row, samples: Record<string, string>, column: ColumnOf): Row | 'missing' {
  const unknown = (o: Operand) => o.kind === 'path' || o.kind === 'script'
  if (![...r.left, ...r.right].some(unknown)) return r.optional ? plain(r) : r
  const about = r.left.find((o) => o.kind === 'field')
  const type = about?.kind === 'field' ? column(about.path)?.type ?? 'text' : 'text'
  let missing = false
  const put = (o: Operand): Operand => {
    if (!unknown(o)) return o
    const text = samples[nameOf(o)] ?? ''
    missing ||= text === ''
    return { kind: 'value', value: r.op === 'IN' && r.right.length === 1 ? text.split(',').map((w) => sample(w.trim(), type)) : sample(text, type) }
  }
  const next = plain({ ...r, left: r.left.map(put), right: r.right.map(put) })
  return !missing ? next : r.optional ? { ...next, off: true } : 'missing'
}

function plain({ was: _was, ...r }: Row): Row {
  return { ...r, optional: false }
}

function sample(text: string, type: string): Json {
  const kind = kindOf(type)
  if (kind === 'boolean') return text === 'true'
  return kind === 'number' && fits(text, { path: '', label: '', type }) ? Number(text) : text
}
