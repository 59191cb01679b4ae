import { computed, ref } from 'vue'
import { api, ApiError, body, type Schemas } from '@/api/client'
import { useProject } from '@/state/project'
import type { Definition, Draft } from './draft'
import { alike, merged, type Members } from './json'

export type Detail = Schemas['EndpointDetail']

/** What somebody else did to the endpoint while it was edited here. */
export interface Conflict { theirs: Definition | null; both: Definition | null; clashes: string[] }

/** Loads and saves the endpoint of a draft. */
export function useEndpoint(draft: Draft) {
  const { name: project, revision, changed } = useProject()
  const detail = ref<Detail | null>(null)
  const conflict = ref<Conflict | null>(null)
  const saving = ref(false)
  const place = (endpoint: string) => ({ path: { project: project.value, endpoint } })

  async function load(name: string) {
    detail.value = await body(api.GET('/projects/{project}/endpoints/{endpoint}', { params: place(name) }))
    draft.load(name, detail.value.definition as Definition)
  }

  async function put(definition: Definition) {
    const { name } = draft.base.value
    const renamed = draft.name.value === name ? '' : draft.name.value
    await api.PUT('/projects/{project}/endpoints/{endpoint}', {
      params: { ...place(name), query: { if_revision: revision() } }, body: { name: renamed, definition },
    })
    const now = renamed || name
    const [fresh] = await Promise.all([body(api.GET('/projects/{project}/endpoints/{endpoint}', { params: place(now) })), changed()])
    detail.value = fresh
    draft.saved(now, fresh.definition as Definition, definition)
  }

  /** What the server has now, or null where the endpoint is gone. */
  async function theirs(): Promise<Definition | null> {
    try {
      return (await body(api.GET('/projects/{project}/endpoints/{endpoint}', { params: place(draft.base.value.name) }))).definition as Definition
    } catch (e) {
      if (e instanceof ApiError && e.status === 404) return null
      throw e
    }
  }

  /** After a refused revision: goes on where the endpoint itself is as it was, else asks for a decision. Answers whether it was saved. */
  async function raced(refused: ApiError): Promise<boolean> {
    const before = revision()
    await changed()
    if (revision() === before) throw refused
    const now = await theirs()
    if (now && alike(now as Members, draft.base.value.definition as Members)) {
      await put(draft.definition.value)
      return true
    }
    const joined = now && merged(draft.base.value.definition as Members, draft.definition.value as Members, now as Members)
    conflict.value = { theirs: now, both: joined && joined.clashes.length === 0 ? joined.result as unknown as Definition : null, clashes: joined?.clashes ?? [] }
    return false
  }

  /** Answers whether it was saved. A refusal is shown at its places, and thrown where it has none. */
  async function save(): Promise<boolean> {
    if (saving.value) return false
    saving.value = true
    try {
      await put(draft.definition.value)
      return true
    } catch (e) {
      if (!(e instanceof ApiError)) throw e
      if (e.status === 409) return await raced(e)
      if (e.problems.length === 0) throw e
      draft.problems.value = e.problems
      return false
    } finally {
      saving.value = false
    }
  }

  /** Ends the conflict: with theirs, mine or both. */
  function resolve(definition: Definition, from: Conflict) {
    draft.base.value = { name: draft.base.value.name, definition: from.theirs ?? definition }
    draft.replace(definition)
    conflict.value = null
  }

  return { detail, conflict, saving, load, save, resolve, isCrud: computed(() => detail.value?.crud ?? false) }
}
