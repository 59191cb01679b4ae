import type { Json } from './node'

/** Where a text stops being JSON: a line and a column from 1. */
export interface Place { line: number; column: number }

/** Reads JSON; where it is none, tells the place. */
export function readJson(text: string): { json: Json } | { place: Place; offset: number } {
  try {
    return { json: text.trim() === '' ? null : JSON.parse(text) as Json }
  } catch (e) {
    const offset = offsetOf(e instanceof Error ? e.message : '', text)
    const before = text.slice(0, offset).split('\n')
    return { place: { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }, offset }
  }
}

/** Browsers tell the place in their sentence only, each in its own way, and not always. */
function offsetOf(message: string, text: string): number {
  const position = /position (\d+)/.exec(message)
  if (position) return Number(position[1])
  const place = /line (\d+) column (\d+)/.exec(message)
  if (place) return text.split('\n').slice(0, Number(place[1]) - 1).reduce((n, l) => n + l.length + 1, 0) + Number(place[2]) - 1
  const token = /Unexpected token '?(.)'?, /.exec(message)
  return token ? Math.max(0, text.indexOf(token[1]!)) : text.length
}

/** JSON with two spaces, where what is short stays on one line: {"t": "FIELD", "v": "post"}. */
export function pretty(json: Json, width = 100, indent = ''): string {
  const flat = oneLine(json)
  if (flat.length + indent.length <= width || typeof json !== 'object' || json === null) return flat
  const inner = `${indent}  `
  const lines = Array.isArray(json)
    ? json.map((v) => `${inner}${pretty(v, width, inner)}`)
    : Object.entries(json).map(([name, v]) => `${inner}${JSON.stringify(name)}: ${pretty(v, width, inner)}`)
  const [open, close] = Array.isArray(json) ? '[]' : '{}'
  return lines.length ? `${open}\n${lines.join(',\n')}\n${indent}${close}` : `${open}${close}`
}

function oneLine(json: Json): string {
  if (Array.isArray(json)) return `[${json.map(oneLine).join(', ')}]`
  if (typeof json !== 'object' || json === null) return JSON.stringify(json)
  const members = Object.entries(json).map(([name, v]) => `${JSON.stringify(name)}: ${oneLine(v)}`)
  return members.length ? `{${members.join(', ')}}` : '{}'
}
