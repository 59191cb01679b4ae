import { ApiError, refusal, spoken, watchers } from '@/api/client'
import type { StoredFile } from './values'

/** What an import says at its end. */
export interface ImportReport { records: number; refused: number; errors: Array<{ line: number; message: string }> }

export interface ImportQuery { format: 'csv' | 'ndjson'; dry_run?: boolean; skip?: boolean; columns?: Record<string, string> }

/** What is under way: `progress` is told the bytes that went, of how many. abort() ends it. */
export interface Transfer { progress?: (sent: number, total: number) => void; signal?: AbortSignal }

/** Streams a body to the admin API; fetch tells no progress of what it sends, so this is an XMLHttpRequest. */
function upload<T>(address: string, content: Blob, { progress, signal }: Transfer): Promise<T> {
  return new Promise((resolve, reject) => {
    const x = new XMLHttpRequest()
    x.open('POST', `/_/api${address}`)
    x.setRequestHeader('X-Sayrud-CSRF', '1')
    x.setRequestHeader('Accept-Language', spoken.language)
    x.setRequestHeader('Content-Type', 'application/octet-stream')
    x.upload.onprogress = (e) => progress?.(e.loaded, e.total)
    x.onload = () => {
      for (const watch of watchers) watch(x.status)
      if (x.status < 300) return resolve(JSON.parse(x.responseText) as T)
      refusal(new Response(x.responseText, { status: x.status, headers: { 'X-Request-Id': x.getResponseHeader('X-Request-Id') ?? '' } })).then(reject, reject)
    }
    x.onerror = () => {
      for (const watch of watchers) watch(0)
      reject(new ApiError(0, 'offline', 'The server does not answer.'))
    }
    x.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    signal?.addEventListener('abort', () => x.abort())
    if (signal?.aborted) return x.onabort(new ProgressEvent('abort'))
    x.send(content)
  })
}

const at = (project: string, table: string) => `/projects/${encodeURIComponent(project)}/tables/${encodeURIComponent(table)}`

/** Adds the records of a file; with dry_run nothing stays. Without skip one refused record refuses all. */
export function importFile(project: string, table: string, content: Blob, query: ImportQuery, transfer: Transfer = {}): Promise<ImportReport> {
  const q = new URLSearchParams({ format: query.format })
  if (query.dry_run) q.set('dry_run', 'true')
  if (query.skip) q.set('skip', 'true')
  if (query.columns) q.set('columns', JSON.stringify(query.columns))
  return upload(`${at(project, table)}/import?${q}`, content, transfer)
}

/** Stores a file for a field; the answer is what a record names it by. A file that no record names is collected after a day. */
export function uploadFile(project: string, table: string, field: string, file: File, transfer: Transfer = {}): Promise<StoredFile> {
  return upload(`${at(project, table)}/fields/${encodeURIComponent(field)}/files?${new URLSearchParams({ name: file.name })}`, file, transfer)
}
