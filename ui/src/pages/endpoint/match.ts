/** How a match rule asks: for a value, for one of several, for anything, for nothing. */
export type MatchKind = 'is' | 'any' | 'present' | 'absent'

export function matchKind(value: unknown): MatchKind {
  if (Array.isArray(value)) return 'any'
  return value === '*' ? 'present' : value === '' ? 'absent' : 'is'
}

/** The value of a rule, made from the text beside it. */
export function matchValue(kind: MatchKind, text: string): unknown {
  if (kind === 'present') return '*'
  if (kind === 'absent') return ''
  if (kind === 'any') return text.split(',').map((s) => s.trim()).filter((s, i, all) => s !== '' || i === all.length - 1)
  return text === '' || text === '*' ? 'value' : text
}

export const matchRows = (match: Record<string, unknown> | undefined): Array<[string, unknown]> => Object.entries(match ?? {})
