import type { Tables } from '@/filter/check'
import type { Json } from './shape'

export interface About { kind?: string; table?: string; tables: Tables }
type Members = { [name: string]: Json }

/** A record as it is answered without a template: uid, the fields without hidden ones, times, version. */
export function record({ table, tables }: About): Members {
  const fields = Object.entries(tables(table ?? '')?.fields ?? {}).filter(([, f]) => f && !f.hidden).map(([name]) => name)
  return Object.fromEntries(['uid', ...fields, 'created_at', 'updated_at', 'version'].map((name) => [name, `$record.${name}`]))
}

const each = (rest: Members): Json => [{ $each: '$records', ...rest }]
const content = (about: About): Json => (about.kind === 'LIST' ? each(record(about)) : about.table ? record(about) : {})

export const responses: Record<string, (about: About) => Json> = {
  /** What is answered without a template, written out. */
  standard: (about) => (about.kind === 'LIST' ? { items: each(record(about)), page: '$page', size: '$size', total: '$total' } : content(about)),
  plain: content,
  envelope: (about) => ({ code: 0, msg: 'ok', data: content(about) }),
  jsonapi: (about): Json => {
    const { uid, ...attributes } = record(about)
    const one: Json = { type: about.table ?? 'records', id: uid ?? '$record.uid', attributes }
    return about.kind === 'LIST' ? { data: each(one), meta: { total: '$total', pages: '$pages' } } : { data: one }
  },
  paged: (about) => ({ data: each(record(about)), pagination: { page: '$page', size: '$size', pages: '$pages', total: '$total', next: '$next' } }),
}

export const errors: Record<string, () => { status?: Json; body: Json }> = {
  simple: () => ({ body: { ok: false, code: '$error.code', message: '$error.message' } }),
  envelope: () => ({ status: 200, body: { code: '={invalid: 1001, not_found: 1004, rate_limited: 1029}[$error.code] ?? 1500', msg: '$error.message', data: null } }),
  fields: () => ({ body: { message: '$error.message', errors: { $each: '$error.errors', $as: 'e', $key: '$e.param', $value: '$e.message' } } }),
  jsonapi: () => ({ body: { errors: [{ $each: '$error.errors', $as: 'e', status: '${$error.status}', code: '$e.code', title: '$error.message', detail: '$e.message', source: { parameter: '$e.param' } }] } }),
}
