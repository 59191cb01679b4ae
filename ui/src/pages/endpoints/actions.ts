import { api } from '@/api/client'
import { useProject, type Table } from '@/state/project'
import type { Detail } from '../endpoint/useEndpoint'
import type { Made } from './make'

const actions = ['list', 'view', 'create', 'update', 'delete']

/** The table's `crud` without one of its actions; null where none is left. */
export function crudWithout(crud: NonNullable<Table>['crud'], action: string): unknown {
  const form = typeof crud === 'string' ? { path: crud } : { ...(crud as object) } as { path: string; only?: string[] }
  const only = ((form as { only?: string[] }).only ?? actions).filter((a) => a !== action)
  return only.length > 0 ? { ...form, only } : null
}

async function apply(file: { tables?: Record<string, unknown>; endpoints: Record<string, unknown> }): Promise<void> {
  const { name, revision, changed } = useProject()
  await api.POST('/apply', { body: { source: JSON.stringify({ project: name.value, ...file }), if_revision: revision() } })
  await changed()
}

/** Makes an endpoint of `crud` one of the project's own, with the same definition: in one change, so that no request finds it gone. */
export async function takeOver(detail: Detail): Promise<void> {
  const table = useProject().table(detail.table) as Record<string, unknown> | undefined
  const crud = crudWithout(table?.crud as NonNullable<Table>['crud'], detail.name.slice(0, -detail.table.length - 1))
  await apply({ tables: { [detail.table]: { ...table, crud } }, endpoints: { [detail.name]: detail.definition } })
}

/** Makes several endpoints in one change: all or none. */
export const makeAll = (made: Made[]) => apply({ endpoints: Object.fromEntries(made.map((m) => [m.name, m.definition])) })
