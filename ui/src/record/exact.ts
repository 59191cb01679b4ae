import type { Row } from './values'

/** A number of more digits than JavaScript's numbers hold. */
class Exact {
  constructor(readonly text: string) {}
}

const digits = (text: string) => text.replace(/e.*$/i, '').replace(/^[+-]?0*\.?0*|\./g, '').replace(/0+$/, '')

/** A reviver that keeps what JSON.parse would round. Browsers give the source as a third argument (ES2026, JSON.parse source text access). */
function keep(_: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && context?.source && digits(String(value)) !== digits(context.source) ? new Exact(context.source) : value
}

function rounded(value: unknown): unknown {
  if (value instanceof Exact) return Number(value.text)
  if (Array.isArray(value)) return value.map(rounded)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, rounded(v)]))
}

const plain = (row: Record<string, unknown>) => Object.fromEntries(Object.entries(row).map(([name, v]) => [name, v instanceof Exact ? v.text : rounded(v)])) as Row

/** Reads a record; a number that JavaScript would round becomes a text of all its digits, which the API takes as well. */
export function parseRow(text: string): Row {
  return plain(JSON.parse(text, keep as (key: string, value: unknown) => unknown) as Record<string, unknown>)
}

/** Reads a page of records in the same way; where no number is that long, which is soon seen, in the fast one. */
export function parsePage(text: string): { items: Row[]; next: string | null } {
  if (!/[\d.]{17}/.test(text)) {
    const page = JSON.parse(text) as { items: Row[]; next?: string }
    return { items: page.items, next: page.next ?? null }
  }
  const page = JSON.parse(text, keep as (key: string, value: unknown) => unknown) as { items: Array<Record<string, unknown>>; next?: string }
  return { items: page.items.map(plain), next: page.next ?? null }
}
