import type { Field, Table } from '@/state/project'
import type { Definition } from './draft'
import { isObject } from './json'
import { rowsOf } from './params'

export const operations = ['set', 'increment', 'append', 'remove'] as const
export type Operation = typeof operations[number]

/** A line of `set`: what is done to a field. min and max clamp an increment. */
export interface Line { key: string; operation: Operation; value: unknown; min?: unknown; max?: unknown }

export function lineOf(key: string, value: unknown): Line {
  if (isObject(value)) {
    const operation = operations.find((o) => o !== 'set' && o in value)
    const others = Object.keys(value).filter((k) => k !== operation && k !== 'min' && k !== 'max')
    if (operation && others.length === 0) return { key, operation, value: value[operation], ...(value.min !== undefined && { min: value.min }), ...(value.max !== undefined && { max: value.max }) }
  }
  return { key, operation: 'set', value }
}

export function valueOf(line: Line): unknown {
  if (line.operation === 'set') return line.value
  return { [line.operation]: line.value ?? null, ...(line.min !== undefined && { min: line.min }), ...(line.max !== undefined && { max: line.max }) }
}

export const linesOf = (set: Record<string, unknown> | undefined): Line[] => Object.entries(set ?? {}).map(([key, value]) => lineOf(key, value))
export const setOf = (lines: Line[]): Record<string, unknown> => Object.fromEntries(lines.map((l) => [l.key, valueOf(l) ?? null]))

export const writable = (field: Field | undefined) => !!field && field.type !== 'generated' && field.type !== 'autonumber'

/** What is done without `set`: parameters go to the fields of their names. Those of the path name the record and are not written. */
export function silentLines(definition: Definition, table: Table | undefined): Line[] {
  return rowsOf(definition, table).filter((r) => r.in !== 'path' && writable(r.field)).map((r) => ({ key: r.name, operation: 'set', value: `$params.${r.name}` }))
}

const numbers = ['number', 'integer', 'autonumber']
const texts = ['text', 'email', 'url', 'enum']

/** Tells why the values of a parameter's type do not go into a field, or '' where they do. Texts are parsed by no one, so types must be alike. */
export function mismatch(line: Line, definition: Definition, table: Table | undefined): '' | 'type' | 'operation' | 'unknown' | 'param' {
  const field = table?.fields?.[line.key] as Field | undefined
  if (!field) return line.key.startsWith('$') ? '' : 'unknown'
  if (line.operation === 'increment' && !['number', 'json'].includes(field.type)) return 'operation'
  if ((line.operation === 'append' || line.operation === 'remove') && !['references', 'json'].includes(field.type)) return 'operation'
  const name = typeof line.value === 'string' ? /^\$params\.([A-Za-z_]\w*)$/.exec(line.value)?.[1] : undefined
  if (!name) return ''
  const row = rowsOf(definition, table).find((r) => r.name === name)
  if (!row) return 'param'
  const type = row.type
  if (field.type === 'json' || (row.field && row.field === field)) return ''
  if (numbers.includes(field.type)) return numbers.includes(type) ? '' : 'type'
  if (texts.includes(field.type)) return texts.includes(type) ? '' : 'type'
  if (field.type === 'reference' || field.type === 'references') return texts.includes(type) ? '' : 'type'
  if (field.type === 'date' || field.type === 'datetime') return ['date', 'datetime'].includes(type) ? '' : 'type'
  return field.type === type ? '' : 'type'
}
