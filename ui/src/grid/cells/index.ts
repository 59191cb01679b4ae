import type { Field } from '@/state/project'
import { autonumber } from './autonumber'
import { boolean } from './boolean'
import type { Around, CellType, Parsed } from './cell'
import { date } from './date'
import { datetime } from './datetime'
import { email } from './email'
import { enumeration } from './enum'
import { file } from './file'
import { generated } from './generated'
import { json } from './json'
import { number } from './number'
import { reference } from './reference'
import { references } from './references'
import { text } from './text'
import { url } from './url'

export type { Around, CellType, Choice, Parsed } from './cell'

const types: Record<Field['type'], CellType> = { text, number, boolean, datetime, date, enum: enumeration, json, email, url, autonumber, reference, references, file, generated }

export const typeOf = (field: Field): CellType => types[field.type]

/** The text of any value, '' for none. */
export const textOf = (value: unknown, around: Around): string => (value === null || value === undefined ? '' : typeOf(around.field).text(value, around))

/** Reads what was typed or pasted. An empty text clears, but for texts that were typed. */
export function read(typed: string, around: Around, pasted = false): Parsed {
  const type = typeOf(around.field)
  if (!type.parse) return { wrong: 'readonly' }
  if (typed === '' && (pasted || around.field.type !== 'text')) return { value: null }
  return type.parse(typed, around)
}
