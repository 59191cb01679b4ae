import { computed, ref, shallowRef, watch } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'
import { api, body, type Schemas } from '@/api/client'
import { emptyLayout, readLayout, type Layout } from '@/grid/columns'
import { kept } from '@/state/preferences'
import { useProject } from '@/state/project'

export type SavedView = Schemas['ListedView']

/** What is shown of a table: filter, sort, words and view stand in the address; columns are kept by this browser for each view. */
export function useView(tableName: () => string) {
  const route = useRoute()
  const router = useRouter()
  const { name: project } = useProject()
  const views = shallowRef<SavedView[]>([])
  const layouts = kept<Record<string, Layout>>('grid.layouts', {})

  const one = (name: string) => { const v = route.query[name]; return typeof v === 'string' ? v : '' }
  const filter = computed<unknown>(() => {
    try {
      return one('filter') ? JSON.parse(one('filter')) as unknown : null
    } catch {
      return null // a broken link shows all
    }
  })
  const sort = computed(() => one('sort').split(',').filter(Boolean))
  const words = computed(() => one('q'))
  const viewName = computed(() => one('view'))
  const view = computed(() => views.value.find((v) => keyOf(v) === viewName.value))
  const layoutKey = computed(() => `${project.value}/${tableName()}/${viewName.value}`)
  const layout = computed<Layout>(() => readLayout(layouts.value[layoutKey.value] ?? view.value?.columns ?? emptyLayout()))

  function go(query: LocationQueryRaw, push = false) {
    const next = { ...route.query, ...query }
    for (const [k, v] of Object.entries(next)) if (v === '' || v === null || v === undefined) delete next[k]
    void router[push ? 'push' : 'replace']({ name: route.name ?? undefined, params: route.params, query: next })
  }
  const setFilter = (f: unknown) => go({ filter: f ? JSON.stringify(f) : '' }, true)
  const setSort = (s: string[]) => go({ sort: s.join(',') })
  const setWords = (q: string) => go({ q })
  function setLayout(l: Layout) { layouts.value = { ...layouts.value, [layoutKey.value]: l } }

  async function load() {
    const table = tableName()
    const list = (await body(api.GET('/projects/{project}/tables/{table}/views', { params: { path: { project: project.value, table } } }))).items
    if (table === tableName()) views.value = list
  }
  function open(v: SavedView | undefined) {
    if (!v) return go({ view: '', filter: '', sort: '', q: '' }, true)
    go({ view: keyOf(v), filter: v.filter ? JSON.stringify(v.filter) : '', sort: v.sort.join(','), q: '' }, true)
  }
  async function save(name: string, shared: boolean) {
    const path = { project: project.value, table: tableName(), view: name }
    const saved = await body(api.PUT('/projects/{project}/tables/{table}/views/{view}', { params: { path }, body: { shared, filter: filter.value, sort: sort.value, columns: layout.value } }))
    const now = layout.value
    await load()
    const key = keyOf(saved)
    layouts.value = { ...layouts.value, [`${project.value}/${tableName()}/${key}`]: now }
    go({ view: key })
  }
  async function rename(v: SavedView, name: string) {
    await api.PATCH('/projects/{project}/tables/{table}/views/{view}', { params: { path: { project: project.value, table: tableName(), view: v.name } }, body: { shared: v.shared, name } })
    await load()
    if (viewName.value === keyOf(v)) go({ view: keyOf({ ...v, name }) })
  }
  async function drop(v: SavedView) {
    await api.DELETE('/projects/{project}/tables/{table}/views/{view}', { params: { path: { project: project.value, table: tableName(), view: v.name }, query: { shared: v.shared } } })
    await load()
    if (viewName.value === keyOf(v)) go({ view: '' })
  }
  const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
  /** Whether the view was changed since it was saved. */
  const touched = computed(() => !!view.value && (!same(view.value.filter, filter.value) || !same(view.value.sort, sort.value) || !same(readLayout(view.value.columns), layout.value)))
  const loading = ref(false)
  watch(tableName, async () => {
    loading.value = true
    views.value = []
    await load().catch(() => {})
    loading.value = false
  }, { immediate: true })
  return { filter, sort, words, view, viewName, views, layout, touched, setFilter, setSort, setWords, setLayout, open, save, rename, drop, go, loading }
}

/** How the address names a view: a private one may have the name of a shared one. */
export const keyOf = (v: { name: string; shared: boolean }) => (v.shared ? v.name : `~${v.name}`)

export type View = ReturnType<typeof useView>
