import type { FieldType } from './fieldType'

/** A default as text, for one line: a text as it is, anything else as JSON. */
export function defaultText(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What the text means for a type: $path and =expression stay text, numbers and booleans become such, JSON is read where it can be. */
export function defaultOf(text: string, type: FieldType): unknown {
  if (text === '') return undefined
  if (/^[$=]/.test(text)) return text
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  if (type === 'number' && /^-?\d{1,15}(\.\d+)?$/.test(text.trim())) return Number(text)
  if (type === 'json' || type === 'references') {
    try {
      return JSON.parse(text) as unknown
    } catch {
      return text
    }
  }
  return text
}
