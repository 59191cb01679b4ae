import type { Field } from '@/state/project'

/** What a column may be: a definition, and how sure that is, from 0 to 1. */
export interface Guess { field: Field; confidence: number }

const forms: Array<{ field: Field; fits: (text: string) => boolean; likely?: number }> = [
  { field: { type: 'number', integer: true }, fits: (s) => /^[+-]?(0|[1-9]\d{0,17})$/.test(s) },
  { field: { type: 'number' }, fits: (s) => /^[+-]?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?$/.test(s) },
  { field: { type: 'boolean' }, fits: (s) => /^(true|false|yes|no|on|off)$/i.test(s) },
  { field: { type: 'date' }, fits: (s) => /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(s) },
  { field: { type: 'datetime' }, fits: (s) => /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/i.test(s) },
  { field: { type: 'email' }, fits: (s) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(s) },
  { field: { type: 'url' }, fits: (s) => /^https?:\/\/\S+$/i.test(s) },
  { field: { type: 'json' }, fits: (s) => /^[[{]/.test(s) && isJSON(s) },
]

function isJSON(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The same few texts again and again are values of an enum. */
function asEnum(texts: string[]): Field | undefined {
  const values = [...new Set(texts)]
  const few = values.length >= 2 && values.length <= 12 && texts.length >= 20 && texts.length >= values.length * 5
  return few && values.every((v) => v.length <= 40 && !v.includes('\n')) ? { type: 'enum', values: values.sort() } : undefined
}

/**
 * Tells the type of a column by some of its values; null and '' are none. A type is taken where nearly all values have its form; the
 * confidence is their part, less where there are few of them. Leading zeros make numbers of telephone or post codes a text.
 */
export function guess(values: Array<string | null>): Guess {
  const texts = values.filter((v): v is string => v !== null && v.trim() !== '').map((v) => v.trim())
  if (texts.length === 0) return { field: { type: 'text' }, confidence: 0 }
  const weight = texts.length / (texts.length + 1)
  for (const { field, fits } of forms) {
    const share = texts.filter(fits).length / texts.length
    if (share >= 0.95) return { field: { ...field }, confidence: share * weight }
  }
  const few = asEnum(texts)
  return few ? { field: few, confidence: 0.8 * weight } : { field: { type: 'text' }, confidence: weight }
}

/** What a value of NDJSON is as the text of a cell. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** low, medium or high, for the eye. */
export const levelOf = (confidence: number): 'low' | 'medium' | 'high' => (confidence >= 0.9 ? 'high' : confidence >= 0.6 ? 'medium' : 'low')
