import { displayOf, findReferences } from '@/record/records'
import { inWords, isReference, uidOf } from '@/record/values'
import { useProject } from '@/state/project'
import { element, type Around, type CellType, type Choice } from './cell'

export function chip(value: unknown): HTMLElement {
  const shown = inWords(isReference(value) ? value.v : undefined)
  const e = element('span', 'chip reference', shown || uidOf(value))
  if (!shown) e.classList.add('bare')
  return e
}

/** The records of the table referred to that are found by words. */
export async function found(words: string, around: Around, signal: AbortSignal): Promise<Choice[]> {
  const to = around.field.to ?? ''
  const target = useProject().table(to)
  const list = await findReferences(around.project, to, target, words, around.field.display ?? displayOf(target)?.[0], signal)
  return list.map((r) => ({ label: inWords(r.v) || r.u, hint: inWords(r.v) ? r.u : undefined, value: r }))
}

export const reference: CellType = {
  edit: 'choice',
  paint: (cell, value) => cell.replaceChildren(chip(value)),
  text: (value) => inWords(value),
  title: (value) => `${inWords(value)}\n${uidOf(value)}`,
  parse: (typed) => (/^[A-Za-z0-9_-]{1,64}$/.test(typed.trim()) ? { value: { u: typed.trim() } } : { wrong: 'reference' }),
  choices: found,
  link: (value, around) => (uidOf(value) ? { table: around.field.to, uid: uidOf(value) } : null),
}
