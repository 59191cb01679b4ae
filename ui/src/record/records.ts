import { api, body } from '@/api/client'
import type { Field, Table } from '@/state/project'
import { parseRow } from './exact'
import { importFile } from './transfer'
import { sent, uidOf, type Reference, type Row } from './values'

const path = (project: string, table: string, uid: string) => ({ project, table, uid })

async function row(answer: Promise<{ data?: unknown }>): Promise<Row> {
  return parseRow(await body(answer) as string)
}

export const getRecord = (project: string, table: string, uid: string, signal?: AbortSignal): Promise<Row> =>
  row(api.GET('/projects/{project}/tables/{table}/records/{uid}', { params: { path: path(project, table, uid) }, parseAs: 'text', signal }))

export const createRecord = (project: string, table: string, data: Record<string, unknown>): Promise<Row> =>
  row(api.POST('/projects/{project}/tables/{table}/records', { params: { path: { project, table } }, body: { data }, parseAs: 'text' }))

/** Changes fields; 412 where the record has another version by now. */
export const patchRecord = (project: string, table: string, uid: string, version: number, data: Record<string, unknown>): Promise<Row> =>
  row(api.PATCH('/projects/{project}/tables/{table}/records/{uid}', { params: { path: path(project, table, uid) }, body: { data }, headers: { 'If-Match': `"${version}"` }, parseAs: 'text' }))

export async function deleteRecord(project: string, table: string, uid: string): Promise<void> {
  await api.DELETE('/projects/{project}/tables/{table}/records/{uid}', { params: { path: path(project, table, uid) } })
}

interface Page { items: Row[]; total: number | null }

/** Some records of a table. */
export async function listRecords(project: string, table: string, query: { filter?: unknown; sort?: string[]; fields?: string[]; size?: number; total?: boolean }, signal?: AbortSignal): Promise<Page> {
  const { filter, ...rest } = query
  const answer = await body(api.GET('/projects/{project}/tables/{table}/records', {
    params: { path: { project, table }, query: { ...rest, ...(filter === undefined ? {} : { filter: JSON.stringify(filter) as never }) } }, signal,
  }))
  return answer as Page
}

/** The field by which records of a table are shown and found: the one that a reference names, else the first of text. */
export function displayOf(target: Table | undefined, display?: string): [string, Field] | undefined {
  const fields = Object.entries(target?.fields ?? {}) as Array<[string, Field]>
  return (display ? fields.find(([name]) => name === display) : undefined)
    ?? fields.find(([, f]) => f.type === 'text' && !f.hidden) ?? fields.find(([, f]) => f.type === 'email' && !f.hidden)
}

/** The filter that finds records by words: in the field that is displayed, or by their uid. */
export function byWords(words: string, display?: [string, Field]): unknown {
  const text = words.trim()
  if (!text) return undefined
  const either: unknown[] = []
  if (display) {
    const [name, field] = display
    if (['text', 'email', 'url', 'enum', 'generated'].includes(field.type)) either.push({ [name]: { ILIKE: `%${text.replace(/[\\%_]/g, '\\$&')}%` } })
    else if (['number', 'autonumber'].includes(field.type) && Number.isFinite(Number(text))) either.push({ [name]: Number(text) })
  }
  if (/^[0-9a-z]{6,32}$/.test(text)) either.push({ uid: text })
  return either.length === 0 ? { uid: text } : either.length === 1 ? either[0] : { OR: either }
}

/** Records that a reference may be given. */
export async function findReferences(project: string, to: string, target: Table | undefined, words: string, display?: string, signal?: AbortSignal): Promise<Reference[]> {
  const shown = displayOf(target, display)
  const { items } = await listRecords(project, to, { filter: byWords(words, shown), fields: shown ? [shown[0]] : ['uid'], size: 20 }, signal)
  return items.map((r) => ({ u: uidOf(r.uid), v: shown ? r[shown[0]] : undefined }))
}

/** The API's link of a table's records. */
export const recordURL = (project: string, table: string, uid = '') =>
  `${location.origin}/_/api/projects/${encodeURIComponent(project)}/tables/${encodeURIComponent(table)}/records${uid && `/${encodeURIComponent(uid)}`}`

/** Brings deleted records back under their uids: all or none. What a deletion took along stays gone. */
export async function restoreRecords(project: string, table: string, fields: Record<string, Field>, rows: Row[]): Promise<void> {
  const lines = rows.map((row) => JSON.stringify({
    uid: row.uid, created_at: row.created_at, updated_at: row.updated_at,
    ...Object.fromEntries(Object.entries(fields).filter(([name, f]) => f.type !== 'generated' && row[name] !== undefined).map(([name, f]) => [name, sent(f, row[name])])),
  }))
  const report = await importFile(project, table, new Blob([lines.join('\n')]), { format: 'ndjson' })
  if (report.refused > 0) throw new Error(report.errors.map((e) => e.message).join(' '))
}
