import type { Field } from '@/state/project'

/** What a cell needs to know beside its value. */
export interface Around {
  field: Field
  timezone: string
  project: string
  t: (key: string, named?: Record<string, unknown>) => string
}

export interface Choice { label: string; hint?: string; value: unknown }
export type Parsed = { value: unknown } | { wrong: string }

/** How the values of one type look and are written. Values become text only: nothing here makes HTML of them. */
export interface CellType {
  align?: 'end' | 'center'
  /** The class of the cell beside `c`. */
  look?: string
  /** Draws a value that is not null. */
  paint(cell: HTMLElement, value: unknown, around: Around): void
  /** The text that is copied, and that an editor begins with. */
  text(value: unknown, around: Around): string
  /** Reads what was typed or pasted; an empty text never comes here but for texts. */
  parse?(text: string, around: Around): Parsed
  /** `text`: typed; `choice`: typed or picked from a list; `toggle`: turned at once; `record`: edited in the record's form. Nothing: read only. */
  edit?: 'text' | 'choice' | 'toggle' | 'record'
  /** What the list offers for what is typed. */
  choices?(words: string, around: Around, signal: AbortSignal): Choice[] | Promise<Choice[]>
  /** What the cell says when the pointer rests on it, where the text alone does not do. */
  title?(value: unknown, around: Around): string
  /** Ctrl+click and Ctrl+Enter lead here. */
  link?(value: unknown, around: Around): { href?: string; table?: string; uid?: string } | null
}

/** Sets a cell's text with as little work as can be. */
export function put(cell: HTMLElement, text: string): void {
  const only = cell.firstChild
  if (only !== null && only === cell.lastChild && only.nodeType === 3) (only as Text).data = text
  else cell.textContent = text
}

export function element(name: string, look: string, text = ''): HTMLElement {
  const e = document.createElement(name)
  e.className = look
  if (text) e.textContent = text
  return e
}
