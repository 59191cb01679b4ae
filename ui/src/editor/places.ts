import type { Diagnostic } from './options'

/** What the server says of a place in a text: offset counts bytes of UTF-8; below 0 it means the whole. */
export interface Problem {
  path: string[]
  offset: number
  message: string
  hint: string
}

/** The UTF-16 position of a byte offset. */
export function positionOf(text: string, bytes: number): number {
  let at = 0
  let seen = 0
  for (const char of text) {
    if (seen >= bytes) break
    const point = char.codePointAt(0) ?? 0
    seen += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
    at += char.length
  }
  return at
}

/** The position of a line and column, both from 1. */
export function positionAt(text: string, line: number, column: number): number {
  let start = 0
  for (let l = 1; l < line; l++) {
    const end = text.indexOf('\n', start)
    if (end < 0) return text.length
    start = end + 1
  }
  return Math.min(text.length, start + Math.max(0, column - 1))
}

/** The line and column of a position, both from 1. */
export function lineAndColumn(text: string, position: number): { line: number; column: number } {
  const before = text.slice(0, position)
  const start = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: position - start + 1 }
}

const word = /[\p{L}\p{N}_$]+|\s+|./uy

/** The part that a complaint at a position underlines: the word, the string or the sign there; at the end the last one. */
export function spanAt(text: string, position: number): { from: number; to: number } {
  const end = text.trimEnd().length
  if (position >= end) return { from: Math.max(0, end - 1), to: Math.max(end, Math.min(1, text.length)) }
  const quote = text[position]
  if (quote === "'" || quote === '"') {
    const close = text.indexOf(quote, position + 1)
    if (close > 0) return { from: position, to: close + 1 }
  }
  word.lastIndex = position
  return { from: position, to: position + (word.exec(text)?.[0].length ?? 1) }
}

/** Problems of one text as diagnostics: those whose path begins with the given one, or all. */
export function diagnosticsOf(text: string, problems: Problem[], path: string[] = []): Diagnostic[] {
  return problems
    .filter((p) => path.every((name, i) => p.path[i] === name))
    .map((p) => {
      const span = p.offset < 0 ? { from: 0, to: text.length } : spanAt(text, positionOf(text, p.offset))
      return { ...span, message: p.hint ? `${p.message}; ${p.hint}` : p.message, severity: 'error' as const }
    })
}
