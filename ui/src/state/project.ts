import { computed, readonly, shallowRef } from 'vue'
import { api, body, type Schemas } from '@/api/client'

type Detail = Schemas['ProjectDetail']
export type Table = NonNullable<Schemas['Definitiontable']>
export type Field = NonNullable<Schemas['Definitionfield']>
export type Endpoint = NonNullable<Schemas['Definitionendpoint']>

const current = shallowRef<Detail | null>(null)
const projects = shallowRef<Array<Schemas['ProjectInfo']>>([])
let loading: { name: string; done: Promise<void> } | null = null

async function load(name: string): Promise<void> {
  current.value = await body(api.GET('/projects/{project}', { params: { path: { project: name } } }))
}

/**
 * The project of the address, with its definition. Every change of definitions answers with a report; call changed() after it, so that
 * all pages see the new revision. Pass revision() as if_revision, so that nobody's change is overwritten unseen.
 */
export function useProject() {
  return {
    project: readonly(current) as Readonly<typeof current>,
    name: computed(() => current.value?.name ?? ''),
    tables: computed(() => Object.entries(current.value?.definition.tables ?? {}) as Array<[string, Table]>),
    table: (name: string): Table | undefined => current.value?.definition.tables?.[name] as Table | undefined,
    canEdit: computed(() => current.value?.role === 'owner' || current.value?.role === 'editor'),
    isOwner: computed(() => current.value?.role === 'owner'),
    revision: () => current.value?.revision ?? 0,
    projects: readonly(projects) as Readonly<typeof projects>,
    async list() {
      projects.value = (await body(api.GET('/projects'))).items
    },
    /** Loads the project unless it is the present one already. */
    async open(name: string) {
      if (current.value?.name === name) return
      if (loading?.name !== name) {
        loading = { name, done: load(name).finally(() => { loading = null }) }
      }
      await loading.done
    },
    /** Reads the definition again. */
    changed: () => load(current.value?.name ?? ''),
    close() {
      current.value = null
    },
  }
}
