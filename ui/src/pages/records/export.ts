import type { Asked } from '@/grid/records'
import type { Row } from '@/record/values'

/** `sheet` is CSV whose cells no spreadsheet takes for formulas: for reading only. */
export type Format = 'csv' | 'sheet' | 'ndjson'
export const formats: Format[] = ['csv', 'sheet', 'ndjson']

/** So many records can be named in an address; what is more is asked for by a filter. */
export const mostNamed = 1000

/** Where the server writes the records as a file, while it reads them: all that match, or the ones given. */
export function exportURL(asked: Asked, format: Format, rows: Row[] | null = null): string {
  const filter = rows ? { uid: { IN: rows.map((r) => r.uid) } } : asked.filter
  const query = new URLSearchParams({ format: format === 'sheet' ? 'csv' : format })
  if (format === 'sheet') query.set('spreadsheet', 'true')
  if (filter) query.set('filter', JSON.stringify(filter))
  if (asked.sort.length) query.set('sort', asked.sort.join(','))
  return `/_/api/projects/${encodeURIComponent(asked.project)}/tables/${encodeURIComponent(asked.table)}/export?${query}`
}

/** Lets the browser store what an address gives. */
export function download(url: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = ''
  link.click()
}
