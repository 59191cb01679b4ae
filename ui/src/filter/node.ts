/** JSON as a definition holds it. The text stands before the boolean: of props of this type Vue would make '' true. */
export type Json = null | string | boolean | number | Json[] | { [name: string]: Json }

/** The operators that compare (engine/filter.go). */
export const comparisons = [
  '=', '<>', '>', '<', '>=', '<=', 'LIKE', 'ILIKE', 'IN', 'IS_NULL', 'CONTAINS', 'STARTS_WITH', 'BETWEEN', 'SEARCH',
] as const
export type Comparison = (typeof comparisons)[number]
export type Connective = 'AND' | 'OR' | 'NOT'

/**
 * One side of a comparison: a field, a value that is itself, a path ($params.post), JavaScript. `slot` is the text it had in the shorthand
 * where that says it in another way than `code` does.
 */
export type Operand =
  | { kind: 'field'; path: string }
  | { kind: 'value'; value: Json }
  | { kind: 'path'; path: string }
  | { kind: 'script'; code: string; slot?: string }

/** A comparison. `not` turns it around; `was` is how it is written as long as nobody changed it. */
export interface Row {
  kind: 'row'
  id: number
  op: Comparison
  not: boolean
  left: Operand[] // one; of SEARCH one field or several
  right: Operand[] // none, one; of BETWEEN two; of IN one that is a list, or several
  optional: boolean
  off: boolean // kept in the panel only, not part of the filter
  was?: Json
}

/** A connective of items; NOT with several is NOT of their AND. `form` is how it was written: l and r, v, or for NOT l. */
export interface Group {
  kind: 'group'
  id: number
  op: Connective
  items: Node[]
  off: boolean
  form?: 'lr' | 'v' | 'l'
}

/** What is no node that this panel knows: it stays as it is. */
export interface Raw {
  kind: 'raw'
  id: number
  json: Json
  off: boolean
  reason: string
}

export type Node = Row | Group | Raw

/** A name that slots can use here: $params.post with the type of its values and what people call it. */
export interface ScopeName { path: string; type?: string; label?: string }

let last = 0
/** The next id of a node: unique while the page lives, never part of a filter. */
export const fresh = () => ++last
