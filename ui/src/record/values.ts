import type { Field } from '@/state/project'

/** A record as the admin API gives it: uid, the fields by name, created_at, updated_at, version. */
export type Row = Record<string, unknown> & { uid: string; version: number }

/** What a record refers to: its uid, and the value of the field that is displayed. */
export interface Reference { u: string; v?: unknown }

/** A file of a record. A link of `url` is over after some hours. */
export interface StoredFile { name: string; size: number; type: string; sha256: string; url?: string }

/** Which input a field has. */
export type Kind = 'line' | 'text' | 'number' | 'boolean' | 'datetime' | 'date' | 'enum' | 'json' | 'reference' | 'references' | 'files' | 'shown'

/** A text without a limit, or with one beyond this, may have several lines. */
const line = 200

export function kindOf(field: Field): Kind {
  switch (field.type) {
    case 'text': return typeof field.max === 'number' && field.max <= line ? 'line' : 'text'
    case 'email': case 'url': return 'line'
    case 'file': return 'files'
    case 'autonumber': case 'generated': return 'shown'
    default: return field.type
  }
}

/** Whether a record may be written with a value for the field. */
export const writable = (field: Field): boolean => field.type !== 'generated' && field.type !== 'autonumber'

export const isReference = (value: unknown): value is Reference => typeof value === 'object' && value !== null && typeof (value as Reference).u === 'string'

export function isFile(value: unknown): value is StoredFile {
  return typeof value === 'object' && value !== null && typeof (value as StoredFile).sha256 === 'string'
}

/** The uid that a reference holds, however it is written; '' is none. */
export const uidOf = (value: unknown): string => (typeof value === 'string' ? value : isReference(value) ? value.u : '')

/** A list, whatever a field of one or many holds. */
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === null || value === undefined ? [] : [value])

/** What the API takes for a value of the form: references are uids, files are told by their content. */
export function sent(field: Field, value: unknown): unknown {
  if (value === undefined || value === null) return null
  switch (field.type) {
    case 'reference': return uidOf(value) || null
    case 'references': return listOf(value).map(uidOf)
    case 'file': {
      const files = listOf(value).filter(isFile).map((f) => ({ name: f.name, sha256: f.sha256 }))
      return field.many ? files : files[0] ?? null
    }
    default: return value
  }
}

/** Equal as JSON, members in any order. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false
  const x = a as Record<string, unknown>, y = b as Record<string, unknown>
  const names = Object.keys(x)
  return names.length === Object.keys(y).length && names.every((n) => n in y && same(x[n], y[n]))
}

/** Equal for the field: a number is one however it is written, a reference by its uid, a file by its content and name. */
export function sameIn(field: Field, a: unknown, b: unknown): boolean {
  const x = sent(field, a), y = sent(field, b)
  if (field.type === 'references' || field.type === 'file') return same(listOf(x), listOf(y))
  if (field.type === 'number' && x !== null && y !== null && x !== '' && y !== '') return plainNumber(String(x)) === plainNumber(String(y))
  return same(x, y)
}

/** A number without what does not count: plus sign, zeros around it. What is no plain number stays as it is. */
function plainNumber(text: string): string {
  const parts = /^([+-]?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(text.trim())
  if (!parts) return text
  const digits = parts[2] + (parts[3] ? `.${parts[3]}` : '')
  return digits === '0' ? '0' : `${parts[1] === '-' ? '-' : ''}${digits}`
}

/** The fields of `edits` that differ from the record, in the form that the API takes. */
export function changesOf(fields: Record<string, Field>, base: Partial<Row>, edits: Record<string, unknown>): Record<string, unknown> {
  const data: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(edits)) {
    const field = fields[name]
    if (field && writable(field) && !sameIn(field, base[name], value)) data[name] = sent(field, value)
  }
  return data
}

/** A value in a line of text: for titles, lists and comparisons. */
export function inWords(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(inWords).join(', ')
  if (isReference(value)) return inWords(value.v) || value.u
  if (isFile(value)) return value.name
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The text that a record goes by: its first field of text with a value, else its uid. */
export function titleOf(fields: Record<string, Field>, row: Partial<Row>): string {
  for (const [name, field] of Object.entries(fields)) {
    const value = row[name]
    if ((field.type === 'text' || field.type === 'email') && !field.hidden && typeof value === 'string' && value.trim()) return value.slice(0, 80)
  }
  return typeof row.uid === 'string' ? row.uid : ''
}
