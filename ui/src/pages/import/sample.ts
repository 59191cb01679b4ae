import { cellsOf, Splitter } from './csv'
import { textOf } from './guess'

export type Format = 'csv' | 'ndjson'

/** The beginning of a file: the names of its columns, and some rows of their texts. */
export interface Sample { format: Format; columns: string[]; rows: Array<Array<string | null>>; problem?: 'empty' | 'delimiter' | 'json' | 'doubled' }

/** How much of a file is looked at, in bytes, and how many of its rows. */
const looked = 1 << 20
const most = 500

export function formatOf(name: string): Format {
  return /\.(ndjson|jsonl|json)$/i.test(name) ? 'ndjson' : 'csv'
}

export async function sampleOf(file: File): Promise<Sample> {
  const whole = file.size <= looked
  const text = new TextDecoder().decode(await file.slice(0, looked).arrayBuffer())
  return sampleText(text, formatOf(file.name), whole)
}

/** A file whose content is one JSON array as NDJSON, a record a line; others as they are. An array that cannot be read says why. */
export async function asLines(file: File): Promise<File> {
  if (formatOf(file.name) !== 'ndjson' || !/^\uFEFF?\s*\[/.test(await file.slice(0, 1024).text())) return file
  const list = JSON.parse(await file.text()) as unknown[]
  return new File(list.map((r) => `${JSON.stringify(r)}\n`), file.name, { type: 'application/x-ndjson' })
}

/** whole: the text is all of the file, so its last line counts. */
export function sampleText(text: string, format: Format, whole = true): Sample {
  const splitter = new Splitter(format === 'csv')
  const lines = [...splitter.push(text), ...(whole ? splitter.end() : [])].slice(0, most + 1)
  return format === 'csv' ? sampleCSV(lines.map((l) => cellsOf(l.raw))) : sampleJSON(lines.map((l) => l.raw))
}

function sampleCSV(lines: Array<Array<string | null>>): Sample {
  const columns = (lines[0] ?? []).map((c) => c ?? '')
  const rows = lines.slice(1)
  const sample: Sample = { format: 'csv', columns, rows }
  if (columns.length === 0) sample.problem = 'empty'
  else if (columns.length === 1 && /[;\t]/.test(columns[0] ?? '')) sample.problem = 'delimiter'
  else if (new Set(columns).size !== columns.length) sample.problem = 'doubled'
  return sample
}

function sampleJSON(lines: string[]): Sample {
  const records: Array<Record<string, unknown>> = []
  const sample: Sample = { format: 'ndjson', columns: [], rows: [] }
  if (lines.length === 0) return { ...sample, problem: 'empty' }
  for (const line of lines) {
    try {
      const value: unknown = JSON.parse(line)
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ...sample, problem: 'json' }
      records.push(value as Record<string, unknown>)
    } catch {
      return { ...sample, problem: 'json' }
    }
  }
  sample.columns = [...new Set(records.flatMap((r) => Object.keys(r)))]
  sample.rows = records.map((r) => sample.columns.map((c) => textOf(r[c])))
  return sample
}
