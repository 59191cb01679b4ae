import type { Field, Table } from '@/state/project'
import { nameFault, tidy, type Attribute, type NameFault } from './fieldType'

/** A field while it is edited. key stays whatever its name becomes; was is its saved name, null for a new one. */
export interface DraftField { key: string; was: string | null; name: string; def: Field }

/** A table while it is edited; never changed in place, so that undoing is going back to an earlier one. */
export interface Draft { name: string; settings: Settings; fields: DraftField[] }

export type Settings = Omit<Table, 'fields' | 'was'>

export function draftOf(name: string, table: Table): Draft {
  const { fields, was: _, ...settings } = table
  return { name, settings, fields: Object.entries(fields ?? {}).map(([field, def]) => ({ key: field, was: field, name: field, def: def as Field })) }
}

/** The definition as the server takes it; renamed fields say what they were. */
export function definitionOf(draft: Draft): Table {
  const fields: Record<string, Field> = {}
  for (const f of draft.fields) fields[f.name] = { ...(f.was !== null && f.was !== f.name && { was: f.was }), ...tidy(f.def) }
  return { ...tidySettings(draft.settings), fields }
}

export function tidySettings(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, v]) => v !== undefined && v !== null && v !== '' && !(Array.isArray(v) && v.length === 0))) as Settings
}

export const inserted = <T>(list: T[], at: number, item: T): T[] => [...list.slice(0, at), item, ...list.slice(at)]

let made = 0

/** Adds a field behind another, or at the end. */
export function added(draft: Draft, name: string, def: Field, after?: string): { draft: Draft; key: string } {
  const key = `new-${++made}`
  const at = after === undefined ? draft.fields.length : draft.fields.findIndex((f) => f.key === after) + 1
  return { key, draft: { ...draft, fields: inserted(draft.fields, at, { key, was: null, name, def }) } }
}

export const changedField = (draft: Draft, key: string, change: (f: DraftField) => DraftField): Draft => ({ ...draft, fields: draft.fields.map((f) => (f.key === key ? change(f) : f)) })

export const without = (draft: Draft, key: string): Draft => ({ ...draft, fields: draft.fields.filter((f) => f.key !== key) })

export function movedTo(draft: Draft, key: string, index: number): Draft {
  const from = draft.fields.findIndex((f) => f.key === key)
  const field = draft.fields[from]
  return field ? { ...draft, fields: inserted(draft.fields.filter((f) => f !== field), index, field) } : draft
}

/** A free name like the given one. */
export function freeName(draft: Draft, base: string): string {
  const taken = new Set(draft.fields.flatMap((f) => [f.name.toLowerCase(), f.was?.toLowerCase()]))
  for (let i = 2; ; i++) {
    const name = `${base}_${i}`
    if (!taken.has(name)) return name
  }
}

/** Other fields with the names of this one: in the draft, or in what is saved, for a rename onto a name that is given up only now. */
export function faultOf(draft: Draft, saved: Draft, f: DraftField): NameFault | null {
  const fault = nameFault(f.name, draft.fields.filter((o) => o.key !== f.key).map((o) => o.name))
  if (fault || f.name === f.was || f.was?.toLowerCase() === f.name.toLowerCase()) return fault
  return saved.fields.some((o) => o.name.toLowerCase() === f.name.toLowerCase()) ? 'saved' : null
}

/** What a field lacks that its type wants. */
export function lackOf(f: DraftField): Attribute | null {
  if (f.def.type === 'enum' && !f.def.values?.length) return 'values'
  if ((f.def.type === 'reference' || f.def.type === 'references') && !f.def.to) return 'to'
  return f.def.type === 'generated' && !f.def.expression?.trim() ? 'expression' : null
}

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(ordered(a)) === JSON.stringify(ordered(b))

/** A value with the names of its objects in order, for comparing. */
function ordered(v: unknown): unknown {
  if (Array.isArray(v)) return v.map(ordered)
  if (v === null || typeof v !== 'object') return v
  return Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, x]) => [k, ordered(x)]))
}
