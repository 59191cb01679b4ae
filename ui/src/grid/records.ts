import { api, body } from '@/api/client'
import { parsePage } from '@/record/exact'
import type { Row } from '@/record/values'
import type { Loaded, Start } from './pageCache'
import type { Added, Update } from './editQueue'

export interface Asked { project: string; table: string; filter: unknown; sort: string[] }

const text = (filter: unknown) => (filter === undefined || filter === null ? {} : { filter: JSON.stringify(filter) as never })

/** A page of records behind a cursor. */
export async function loadPage(asked: Asked, start: Start, size: number, signal: AbortSignal): Promise<Loaded<Row>> {
  const answer = await body(api.GET('/projects/{project}/tables/{table}/records', {
    params: {
      path: { project: asked.project, table: asked.table },
      query: { cursor: start.cursor, skip: start.skip || undefined, size, ...(asked.sort.length ? { sort: asked.sort.join(',') as never } : {}), ...text(asked.filter) },
    },
    parseAs: 'text', signal,
  })) as string
  const { items, next } = parsePage(answer)
  return { rows: items, next }
}

/** Records by their uids, up to a thousand; those that are gone are left out. */
export async function recordsOf(project: string, table: string, uids: string[]): Promise<Row[]> {
  const asked = { project, table, filter: { uid: { IN: uids } }, sort: [] }
  return (await loadPage(asked, { cursor: '*', skip: 0 }, 1000, new AbortController().signal)).rows
}

export async function countRecords(asked: Asked, exact: boolean, signal: AbortSignal): Promise<{ count: number; exact: boolean }> {
  return body(api.GET('/projects/{project}/tables/{table}/count', {
    params: { path: { project: asked.project, table: asked.table }, query: { exact: exact || undefined, ...text(asked.filter) } }, signal,
  }))
}

export interface Saved { created: Row[]; updated: Row[]; deleted: Row[] }

/** Makes, changes and deletes records, all or none. */
export async function saveBatch(project: string, table: string, added: Added[], updates: Update[], deleted: Row[]): Promise<Saved> {
  const answer = await body(api.POST('/projects/{project}/tables/{table}/records/batch', {
    params: { path: { project, table } },
    body: {
      create: added.map((a) => ({ data: a.values })), update: updates.map(({ uid, version, data }) => ({ uid, version, data })),
      delete: deleted.map((r) => ({ uid: r.uid, version: r.version })),
    },
  }))
  return answer as unknown as Saved
}

/** Brings deleted records back. */
export async function restore(project: string, table: string, records: Row[]): Promise<void> {
  await api.POST('/projects/{project}/tables/{table}/records/restore', { params: { path: { project, table } }, body: { records } })
}

/** Goes through all records that match, page by page; stops where `each` gives false. */
export async function eachPage(asked: Asked, signal: AbortSignal, each: (rows: Row[]) => Promise<boolean>): Promise<void> {
  let cursor: string | null = '*'
  while (cursor !== null && !signal.aborted) {
    const page: Loaded<Row> = await loadPage(asked, { cursor, skip: 0 }, 1000, signal)
    if (page.rows.length && !(await each(page.rows))) return
    cursor = page.next
  }
}
