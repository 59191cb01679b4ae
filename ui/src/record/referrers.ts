import type { Field, Table } from '@/state/project'

/** A field of some table that refers to records of another. */
export interface Referrer { table: string; label: string; field: string; fieldLabel: string; many: boolean; onDelete: 'restrict' | 'cascade' | 'set_null' }

/** The fields whose references point at records of `table`. */
export function referrersOf(tables: Array<[string, Table]>, table: string): Referrer[] {
  return tables.flatMap(([name, t]) => (Object.entries(t.fields ?? {}) as Array<[string, Field]>)
    .filter(([, f]) => (f.type === 'reference' || f.type === 'references') && f.to === table)
    .map(([field, f]) => ({ table: name, label: t.label || name, field, fieldLabel: f.label || field, many: f.type === 'references', onDelete: f.on_delete ?? 'restrict' })))
}
