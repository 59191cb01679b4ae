import { textOf, type Around } from '@/grid/cells'
import type { Column } from '@/grid/columns'
import { formatTSV } from '@/grid/tsv'
import { sent, type Row } from '@/record/values'

export type Format = 'csv' | 'tsv' | 'ndjson'
export const mime: Record<Format, string> = { csv: 'text/csv', tsv: 'text/tab-separated-values', ndjson: 'application/x-ndjson' }

/** One piece of a file of records, without its header. */
export function written(rows: Row[], columns: Column[], around: (c: Column) => Around, format: Format): string {
  if (format === 'ndjson') return rows.map((r) => `${JSON.stringify(Object.fromEntries([['uid', r.uid], ...columns.filter((c) => c.name !== 'uid').map((c) => [c.name, sent(c.field, r[c.name])])]))}\n`).join('')
  const cells = rows.map((r) => columns.map((c) => guarded(textOf(r[c.name], around(c)), c)))
  return `${format === 'tsv' ? formatTSV(cells) : cells.map((row) => row.map(quoted).join(',')).join('\r\n')}${format === 'tsv' ? '\n' : '\r\n'}`
}

export function header(columns: Column[], format: Format): string {
  if (format === 'ndjson') return ''
  return format === 'tsv' ? `${formatTSV([columns.map((c) => c.name)])}\n` : `${columns.map((c) => quoted(c.name)).join(',')}\r\n`
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** What a spreadsheet would run as a formula gets an apostrophe. */
const guarded = (text: string, c: Column) => (c.field.type !== 'number' && c.field.type !== 'autonumber' && /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.]+$/.test(text) ? `'${text}` : text)

export function download(parts: string[], name: string, format: Format): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob(parts, { type: `${mime[format]};charset=utf-8` }))
  link.download = `${name}.${format}`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
