/** What a slot holds, as a person thinks of it: a text with ${…} perhaps, a path, JavaScript, or any other JSON. */
export type SlotKind = 'text' | 'path' | 'script' | 'json'

export function slotKind(value: unknown): SlotKind {
  if (value === undefined) return 'text'
  if (typeof value !== 'string') return 'json'
  if (/^\$(?!\$|\{)/.test(value)) return 'path'
  return /^=(?!=)/.test(value) ? 'script' : 'text'
}

/** The text that is edited for a value: without the mark of its kind. */
export function slotText(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value !== 'string') return JSON.stringify(value)
  if (slotKind(value) === 'script') return value.slice(1)
  return slotKind(value) === 'text' && /^(\$\$|==)/.test(value) ? value.slice(1) : value
}

/** The value of an edited text; undefined where the text is no JSON, or empty. */
export function slotValue(kind: SlotKind, text: string): unknown {
  if (text === '') return undefined
  if (kind === 'script') return `=${text}`
  if (kind === 'path') return text.startsWith('$') ? text : `$${text}`
  if (kind === 'json') {
    try {
      return JSON.parse(text) as unknown
    } catch {
      return undefined
    }
  }
  return /^(\$(?!\{)|=)/.test(text) ? text[0] + text : text
}
