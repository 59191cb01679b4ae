import type { Field, Table } from '@/state/project'

/** What somebody chose of the columns. It may name fields that are gone, and lack ones that are new. */
export interface Layout { order: string[]; widths: Record<string, number>; hidden: string[]; pinned: string[]; shown: string[] }
export interface Column { name: string; field: Field; label: string; width: number; pinned: boolean; left: number; system: boolean }

export const emptyLayout = (): Layout => ({ order: [], widths: {}, hidden: [], pinned: [], shown: [] })

/** What every record has. They can be shown; only created_at is from the beginning. */
export const systemFields: Record<string, Field> = {
  uid: { type: 'text' }, created_at: { type: 'datetime' }, updated_at: { type: 'datetime' }, version: { type: 'number', integer: true },
}
export const isSystem = (name: string) => name in systemFields

/** The width of the column of row numbers. */
export const headWidth = 76
export const minWidth = 56
export const maxWidth = 800

const usual: Partial<Record<Field['type'], number>> = { number: 110, autonumber: 90, boolean: 90, date: 120, datetime: 180, enum: 130, file: 150, json: 220, reference: 170, references: 200 }

export function usualWidth(name: string, field: Field): number {
  const wanted = name === 'uid' ? 200 : name === 'version' ? 90 : usual[field.type] ?? 200
  return Math.max(wanted, Math.min(260, (field.label || name).length * 8 + 72))
}

/** All columns in their order, shown or not: pinned ones first. */
export function order(table: Table | undefined, layout: Layout): string[] {
  const known = [...Object.keys(table?.fields ?? {}), ...Object.keys(systemFields)]
  const asked = layout.order.filter((n) => known.includes(n))
  const rest = known.filter((n) => !asked.includes(n))
  // a new field stands before what every record has
  const tail = asked.length ? asked.findIndex((n) => isSystem(n)) : -1
  const fresh = rest.filter((n) => !isSystem(n)), system = rest.filter(isSystem)
  const all = tail < 0 ? [...asked, ...fresh, ...system] : [...asked.slice(0, tail), ...fresh, ...asked.slice(tail), ...system]
  return [...all.filter((n) => layout.pinned.includes(n)), ...all.filter((n) => !layout.pinned.includes(n))]
}

export function isShown(name: string, layout: Layout): boolean {
  if (layout.hidden.includes(name)) return false
  return !isSystem(name) || name === 'created_at' || layout.shown.includes(name)
}

export const fieldOf = (table: Table | undefined, name: string): Field | undefined => (table?.fields as Record<string, Field> | undefined)?.[name] ?? systemFields[name]

/** The columns that are shown, left to right. `label` gives the name of what every record has. */
export function arrange(table: Table | undefined, layout: Layout, label: (name: string) => string): Column[] {
  let left = headWidth
  return order(table, layout).filter((n) => isShown(n, layout)).map((name) => {
    const field = fieldOf(table, name) as Field
    const column: Column = {
      name, field, label: isSystem(name) ? label(name) : field.label || name, system: isSystem(name),
      width: layout.widths[name] ?? usualWidth(name, field), pinned: layout.pinned.includes(name), left,
    }
    left += column.width
    return column
  })
}

export const totalWidth = (columns: Column[]) => columns.reduce((sum, c) => sum + c.width, headWidth)

export function resized(layout: Layout, name: string, width: number): Layout {
  return { ...layout, widths: { ...layout.widths, [name]: Math.round(Math.max(minWidth, Math.min(maxWidth, width))) } }
}

/** Puts a column before another; before '' is last. It keeps to its side of the pin. */
export function moved(table: Table | undefined, layout: Layout, name: string, before: string): Layout {
  if (name === before) return layout
  const names = order(table, layout).filter((n) => n !== name)
  const to = before ? names.indexOf(before) : names.length
  names.splice(to < 0 ? names.length : to, 0, name)
  return { ...layout, order: names }
}

/** Moves a shown column over its neighbour. */
export function nudged(table: Table | undefined, layout: Layout, name: string, by: 1 | -1): Layout {
  const pinned = layout.pinned.includes(name)
  const names = order(table, layout).filter((n) => isShown(n, layout) && layout.pinned.includes(n) === pinned)
  const i = names.indexOf(name), other = names[i + by]
  if (i < 0 || other === undefined) return layout
  return by < 0 ? moved(table, layout, name, other) : moved(table, layout, other, name)
}

export function pinned(layout: Layout, name: string, on: boolean): Layout {
  return { ...layout, pinned: on ? [...layout.pinned.filter((n) => n !== name), name] : layout.pinned.filter((n) => n !== name) }
}

export function shown(layout: Layout, name: string, on: boolean): Layout {
  const hidden = layout.hidden.filter((n) => n !== name), shownNames = layout.shown.filter((n) => n !== name)
  return { ...layout, hidden: on ? hidden : [...hidden, name], shown: on && isSystem(name) ? [...shownNames, name] : shownNames }
}

/** Reads a layout that was kept, by whichever version. */
export function readLayout(value: unknown): Layout {
  const v = (typeof value === 'object' && value !== null ? value : {}) as Partial<Record<keyof Layout, unknown>>
  const names = (list: unknown) => (Array.isArray(list) ? list.filter((n): n is string => typeof n === 'string') : [])
  const widths = typeof v.widths === 'object' && v.widths !== null ? Object.entries(v.widths).filter((e): e is [string, number] => typeof e[1] === 'number') : []
  return { order: names(v.order), widths: Object.fromEntries(widths), hidden: names(v.hidden), pinned: names(v.pinned), shown: names(v.shown) }
}

/** Sorts as the API takes them: names, a minus before those that descend. A click on a header asks up, down, none. */
export function sortedBy(sort: string[], name: string, add: boolean): string[] {
  const now = sort.find((s) => s.replace(/^-/, '') === name)
  const next = now === undefined ? [name] : now === name ? [`-${name}`] : []
  if (!add) return next
  return now === undefined ? [...sort, ...next] : sort.flatMap((s) => (s === now ? next : [s]))
}
