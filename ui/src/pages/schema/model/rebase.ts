import type { Field } from '@/state/project'
import { changesOf, type Change } from './changes'
import { same, type Draft, type DraftField, type Settings } from './draft'

/** Where both changed the same thing: what is mine stays, what was theirs is shown. */
export interface Clash { field: string; attribute: string; mine: unknown; theirs: unknown }

/** Somebody saved the table meanwhile: what they changed, my changes put on top of it, and where both changed the same. */
export interface Rebased { draft: Draft; theirs: Change[]; clashes: Clash[] }

export function rebase(base: Draft, mine: Draft, theirs: Draft): Rebased {
  const clashes: Clash[] = []
  const before = new Map(base.fields.map((f) => [f.name, f]))
  const there = new Map(theirs.fields.map((f) => [f.name, f]))
  const fields: DraftField[] = []
  for (const f of mine.fields) {
    const old = f.was === null ? undefined : before.get(f.was)
    const now = f.was === null ? undefined : there.get(f.was)
    if (old && now) fields.push({ ...f, def: merged(f.name, old.def, f.def, now.def, clashes) as Field })
    else if (!old) fields.push(f)
    else if (!same(old.def, f.def) || old.name !== f.name) { // they dropped what I changed
      clashes.push({ field: f.name, attribute: '', mine: f.def.type, theirs: undefined })
      fields.push({ ...f, key: `again-${f.key}`, was: null })
    }
  }
  const dropped = new Set(base.fields.filter((o) => !mine.fields.some((f) => f.was === o.name)).map((o) => o.name))
  for (const now of theirs.fields) {
    const old = before.get(now.name)
    if (!old) {
      const taken = fields.find((f) => f.name.toLowerCase() === now.name.toLowerCase())
      if (taken && taken.was === null) {
        if (!same(taken.def, now.def)) clashes.push({ field: now.name, attribute: '', mine: taken.def.type, theirs: now.def.type })
        fields[fields.indexOf(taken)] = { ...taken, was: now.name }
      } else if (!taken) fields.push(now)
    } else if (dropped.has(now.name) && !same(old.def, now.def)) {
      clashes.push({ field: now.name, attribute: '', mine: undefined, theirs: now.def.type })
    }
  }
  const settings = merged('', base.settings, mine.settings, theirs.settings, clashes) as Settings
  const name = mine.name !== base.name ? mine.name : theirs.name
  return { draft: { name, settings, fields }, theirs: changesOf(base, theirs), clashes }
}

/** Attribute by attribute: what only one changed is theirs or mine, what both changed is mine. */
function merged(field: string, base: object, mine: object, theirs: object, clashes: Clash[]): object {
  const b = base as Record<string, unknown>, m = mine as Record<string, unknown>, t = theirs as Record<string, unknown>
  const out: Record<string, unknown> = {}
  for (const name of new Set([...Object.keys(m), ...Object.keys(t)])) {
    const iChanged = !same(b[name], m[name]), theyChanged = !same(b[name], t[name])
    if (iChanged && theyChanged && !same(m[name], t[name])) clashes.push({ field, attribute: name, mine: m[name], theirs: t[name] })
    const value = iChanged ? m[name] : t[name]
    if (value !== undefined) out[name] = value
  }
  return out
}
