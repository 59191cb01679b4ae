import type { Field, Table } from '@/state/project'
import type { Completion } from './options'

/** Names that expressions know, as completions. Details are types, which are the same in both languages. */

/** The helpers of expressions. */
export const helpers: Completion[] = [
  ['$now()', 'datetime'], ["$ago('1h')", 'datetime'], ['$uuid()', 'text'], ['$md5(s)', 'text'], ['$sha256(s)', 'text'], ['$markdown(s)', 'html'], ['$epoch(t)', 's'],
  ['$epoch_ms(t)', 'ms'], ['$int(b)', '0 | 1'], ["$date(t, 'YYYY-MM-DD')", 'text'], ['$json(v)', 'text'], ["$env('NAME')", 'text'],
].map(([label = '', detail]) => ({ label, detail, type: 'function' }))

/** What $request holds. */
export const request: Completion[] = ['method', 'path', 'ip', 'origin', 'headers', 'query', 'params', 'body'].map((name) => ({ label: `$request.${name}`, type: 'property' }))

/** What $auth holds, or null. */
export const auth: Completion[] = ['kind', 'id', 'email', 'roles', 'claims'].map((name) => ({ label: `$auth.${name}`, type: 'property' }))

/** What every record has beside its fields. */
export const builtIn: Array<[string, string]> = [['uid', 'text'], ['created_at', 'datetime'], ['updated_at', 'datetime']]

/**
 * The fields of a table under a root: $record.nick. tables leads one step further through references ($record.parent.nick); stored leaves out
 * generated fields, which constraints do not see.
 */
export function fieldsUnder(root: string, table: Table | undefined, o: { tables?: (name: string) => Table | undefined; stored?: boolean } = {}): Completion[] {
  const found: Completion[] = []
  for (const [name, field] of Object.entries((table?.fields ?? {}) as Record<string, Field>)) {
    if (o.stored && field.type === 'generated') continue
    found.push({ label: `${root}.${name}`, type: 'property', detail: field.type, info: field.label && field.label !== name ? field.label : undefined })
    const to = field.type === 'reference' && field.to ? o.tables?.(field.to) : undefined
    if (to) found.push(...fieldsUnder(`${root}.${name}`, to))
  }
  return [...found, ...builtIn.map(([name, detail]) => ({ label: `${root}.${name}`, type: 'property', detail }))]
}
