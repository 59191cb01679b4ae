import { same, tidySettings, type Draft, type DraftField } from './draft'
import { tidy } from './fieldType'

/** One attribute before and after; undefined where there is none. */
export interface Edit { attribute: string; before: unknown; after: unknown }

export type Change =
  | { kind: 'add'; key: string; field: string; type: string }
  | { kind: 'drop'; field: string; type: string }
  | { kind: 'rename'; key: string; field: string; before: string }
  | { kind: 'retype'; key: string; field: string; before: string; type: string }
  | { kind: 'change'; key: string; field: string; edits: Edit[] }
  | { kind: 'order' }
  | { kind: 'renameTable'; before: string; name: string }
  | { kind: 'table'; edits: Edit[] }

export function editsOf(before: object, after: object): Edit[] {
  const was = before as Record<string, unknown>, now = after as Record<string, unknown>
  const names = new Set([...Object.keys(was), ...Object.keys(now)])
  return [...names].filter((n) => !same(was[n], now[n])).map((attribute) => ({ attribute, before: was[attribute], after: now[attribute] }))
}

/** What leads from the saved table to the edited one, in the order in which it is read: what comes, what changes, what goes. */
export function changesOf(saved: Draft, draft: Draft): Change[] {
  const before = new Map(saved.fields.map((f) => [f.name, f]))
  const list: Change[] = []
  if (draft.name !== saved.name) list.push({ kind: 'renameTable', before: saved.name, name: draft.name })
  const edits = editsOf(tidySettings(saved.settings), tidySettings(draft.settings))
  if (edits.length > 0) list.push({ kind: 'table', edits })
  for (const f of draft.fields) {
    const old = f.was === null ? undefined : before.get(f.was)
    if (old) list.push(...changesOfField(old, f))
    else list.push({ kind: 'add', key: f.key, field: f.name, type: f.def.type })
  }
  const kept = new Set(draft.fields.map((f) => f.was))
  if (!same(saved.fields.filter((f) => kept.has(f.name)).map((f) => f.name), draft.fields.filter((f) => f.was !== null && before.has(f.was)).map((f) => f.was))) list.push({ kind: 'order' })
  for (const f of saved.fields) if (!kept.has(f.name)) list.push({ kind: 'drop', field: f.name, type: f.def.type })
  return list
}

function changesOfField(old: DraftField, f: DraftField): Change[] {
  const list: Change[] = []
  if (old.name !== f.name) list.push({ kind: 'rename', key: f.key, field: f.name, before: old.name })
  if (old.def.type !== f.def.type) list.push({ kind: 'retype', key: f.key, field: f.name, before: old.def.type, type: f.def.type })
  const edits = editsOf(tidy(old.def), tidy(f.def)).filter((e) => e.attribute !== 'type')
  if (edits.length > 0) list.push({ kind: 'change', key: f.key, field: f.name, edits })
  return list
}

/** Rules that records of before may break: after any of these is tightened, the records are counted. */
const rules = new Set(['required', 'empty', 'min', 'max', 'pattern', 'values', 'integer', 'constraint', 'to', 'types', 'max_size', 'many'])

/** The fields whose new rules records of before may break. */
export function stricter(changes: Change[]): string[] {
  return [...new Set(changes.flatMap((c) => (c.kind === 'change' && c.edits.some((e) => rules.has(e.attribute) && e.after !== undefined) ? [c.field] : [])))]
}
