import { computed, readonly, shallowRef } from 'vue'
import { api, body, type Schemas } from '@/api/client'
import { follow } from '@/api/events'
import { hasUnsaved } from './unsaved'

type Detail = Schemas['ProjectDetail']
export type Table = NonNullable<Schemas['Definitiontable']>
export type Field = NonNullable<Schemas['Definitionfield']>
export type Endpoint = NonNullable<Schemas['Definitionendpoint']>

const current = shallowRef<Detail | null>(null)
const projects = shallowRef<Array<Schemas['ProjectInfo']>>([])
let loading: { name: string; done: Promise<void> } | null = null

/** The project as the server has it, where somebody changed it while something here is not saved. */
const elsewhere = shallowRef<Detail | null>(null)
const dropped = shallowRef('')
const ownChange = 700 // ms that a change made here may take until it is read again

const read = (name: string) => body(api.GET('/projects/{project}', { params: { path: { project: name } } }))

async function load(name: string): Promise<void> {
  const detail = await read(name)
  current.value = detail
  elsewhere.value = null
  follow(name, { definition: heard, gone: () => { dropped.value = name } })
}

let hearing = 0
function heard(revision: number) {
  window.clearTimeout(hearing)
  if (revision !== current.value?.revision) hearing = window.setTimeout(() => void look(), ownChange)
}

/** Compares with the server: what changed there is taken over, or shown where it would disturb what is not saved. */
async function look(): Promise<void> {
  const name = current.value?.name
  if (!name) return
  const detail = await read(name).catch(() => null) // the stream, or the next answer, tells again
  if (!detail || current.value?.name !== name || detail.revision === current.value.revision) return
  if (hasUnsaved()) elsewhere.value = detail
  else current.value = detail
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
    look,
    /** See [elsewhere]: the shell's bar shows it. */
    elsewhere: readonly(elsewhere) as Readonly<typeof elsewhere>,
    ignoreElsewhere() {
      elsewhere.value = null
    },
    /** The name of a project that was dropped while it was open. */
    dropped,
    close() {
      current.value = null
      elsewhere.value = null
      follow(null)
    },
  }
}
