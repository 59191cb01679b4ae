import { api, body, type Schemas } from '@/api/client'
import type { Field, Table } from '@/state/project'

export type Listed = Schemas['TableSummary']

/** The tables with what they hold, by name. */
export async function summaries(project: string): Promise<Map<string, Listed>> {
  const { items } = await body(api.GET('/projects/{project}/tables', { params: { path: { project } } }))
  return new Map(items.map((t) => [t.name, t]))
}

/** A copy of a table's definition for a table of another name: without endpoints, whose routes are taken, and with references to itself turned to the copy. */
export function copyOf(definition: Table, name: string, copy: string, label: string): Table {
  const fields = Object.fromEntries((Object.entries(definition.fields ?? {}) as Array<[string, Field]>).map(([n, f]) => [n, f.to === name ? { ...f, to: copy } : f]))
  const { crud: _, ...rest } = definition as Table & { crud?: unknown }
  return { ...rest, ...(label ? { label } : {}), fields } as Table
}
