import type { Field } from '@/state/project'

/** Names of every record that a file may bring beside fields. */
export const own = ['uid', 'created_at', 'updated_at']

/** Names of a dump that an import leaves out by itself. */
const passed = ['id', 'version']

const bare = (name: string) => name.toLowerCase().normalize('NFKC').replace(/[^\p{L}\p{N}]/gu, '')

/** The field that each column means: by its name, by its label, or by its name without case and signs; '' is none. No field twice. */
export function mapColumns(columns: string[], fields: Record<string, Field>): Record<string, string> {
  const mapped: Record<string, string> = {}
  const taken = new Set<string>()
  const targets = [...Object.keys(fields).filter((n) => fields[n]?.type !== 'generated'), ...own]
  const passes: Array<(column: string, target: string) => boolean> = [
    (c, t) => c === t,
    (c, t) => c === fields[t]?.label,
    (c, t) => bare(c) !== '' && (bare(c) === bare(t) || bare(c) === bare(fields[t]?.label ?? '')),
  ]
  for (const fits of passes) {
    for (const column of columns) {
      if (mapped[column]) continue
      const target = targets.find((t) => !taken.has(t) && fits(column, t))
      if (target) {
        mapped[column] = target
        taken.add(target)
      }
    }
  }
  for (const column of columns) mapped[column] ??= ''
  return mapped
}

/** The fields that two columns are to fill. */
export function doubled(mapping: Record<string, string>): string[] {
  const names = Object.values(mapping).filter(Boolean)
  return [...new Set(names.filter((n, i) => names.indexOf(n) !== i))]
}

/** Required fields that nothing fills: each record would be refused. */
export function unfilled(mapping: Record<string, string>, fields: Record<string, Field>): string[] {
  const filled = new Set(Object.values(mapping))
  return Object.entries(fields).filter(([name, f]) => f.required && f.default === undefined && f.type !== 'autonumber' && f.type !== 'generated' && !filled.has(name)).map(([name]) => name)
}

const reserved = new Set([...own, ...passed])

/** A name for a field of a column, different from those in `taken`. */
export function nameOf(column: string, taken: Iterable<string>): string {
  const used = new Set([...taken, ...reserved])
  let base = column.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 48)
  if (!/^[a-z]/.test(base)) base = base ? `c_${base}` : 'column'
  let name = base
  for (let i = 2; used.has(name); i++) name = `${base}_${i}`
  return name
}
