import type { Field } from '@/state/project'
import { sameIn, sent, writable, type Row } from './values'

/** How a field stands when two people changed a record: only one of them did, both did the same, or both differ. */
export type Standing = 'mine' | 'theirs' | 'agreed' | 'both'

export interface Disputed { name: string; field: Field; standing: Standing; base: unknown; mine: unknown; theirs: unknown }

export type Choices = Record<string, 'mine' | 'theirs'>

/** Compares what both made of `base`: fields that nobody changed are left out. `mine` holds the edited fields only. */
export function compare(fields: Record<string, Field>, base: Partial<Row>, mine: Record<string, unknown>, theirs: Partial<Row>): Disputed[] {
  const list: Disputed[] = []
  for (const [name, field] of Object.entries(fields)) {
    if (!writable(field)) continue
    const own = name in mine ? mine[name] : base[name]
    const changedMine = !sameIn(field, base[name], own), changedTheirs = !sameIn(field, base[name], theirs[name])
    if (!changedMine && !changedTheirs) continue
    const standing: Standing = !changedTheirs ? 'mine' : !changedMine ? 'theirs' : sameIn(field, own, theirs[name]) ? 'agreed' : 'both'
    list.push({ name, field, standing, base: base[name], mine: own, theirs: theirs[name] })
  }
  return list
}

/** What needs no choice is chosen: each keeps what only they changed. */
export function settled(list: Disputed[]): Choices {
  const choices: Choices = {}
  for (const d of list) if (d.standing !== 'both') choices[d.name] = d.standing === 'mine' ? 'mine' : 'theirs'
  return choices
}

/** The names that still want a choice. */
export const open = (list: Disputed[], choices: Choices): string[] => list.filter((d) => !choices[d.name]).map((d) => d.name)

/** What is to be written on top of theirs, in the form that the API takes. */
export function merged(list: Disputed[], choices: Choices): Record<string, unknown> {
  const data: Record<string, unknown> = {}
  for (const d of list) if (choices[d.name] === 'mine' && !sameIn(d.field, d.theirs, d.mine)) data[d.name] = sent(d.field, d.mine)
  return data
}
