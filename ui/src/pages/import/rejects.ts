import type { ImportReport } from '@/record/transfer'
import { Splitter } from './csv'
import type { Format } from './sample'

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

/** The records that were refused, as a file: for CSV with the columns line and reason before the others, for NDJSON as {line, reason, record}. */
export async function rejects(file: Blob, format: Format, errors: ImportReport['errors']): Promise<Blob> {
  const reasons = new Map(errors.map((e) => [e.line, e.message]))
  const last = Math.max(0, ...reasons.keys())
  const out: string[] = []
  const splitter = new Splitter(format === 'csv')
  const take = (lines: Array<{ line: number; raw: string }>) => {
    for (const { line, raw } of lines) {
      const reason = reasons.get(line)
      if (format === 'csv' && out.length === 0) out.push(`line,reason,${raw}`)
      else if (reason !== undefined) out.push(format === 'csv' ? `${line},${quoted(reason)},${raw}` : written(line, reason, raw))
    }
    return (lines.at(-1)?.line ?? 0) >= last
  }
  const reader = file.stream().getReader()
  const decoder = new TextDecoder()
  for (let over = false; !over;) {
    const { done, value } = await reader.read()
    over = take(done ? [...splitter.push(decoder.decode()), ...splitter.end()] : splitter.push(decoder.decode(value, { stream: true }))) || done
  }
  await reader.cancel()
  return new Blob([out.map((line) => `${line}\n`).join('')], { type: format === 'csv' ? 'text/csv' : 'application/x-ndjson' })
}

function written(line: number, reason: string, raw: string): string {
  try {
    return JSON.stringify({ line, reason, record: JSON.parse(raw) as unknown })
  } catch {
    return JSON.stringify({ line, reason, record: raw })
  }
}

/** Lets the browser store a file. */
export function store(content: Blob, name: string) {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
