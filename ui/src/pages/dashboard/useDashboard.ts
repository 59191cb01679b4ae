import { onBeforeUnmount, ref, shallowRef, watch, type Ref } from 'vue'
import { api, body, type Schemas } from '@/api/client'

const pause = 30_000

/** What the dashboard shows; read again from time to time while the page is looked at. */
export function useDashboard(project: Ref<string>, owner: Ref<boolean>) {
  const series = shallowRef<Schemas['SeriesOut'] | null>(null)
  const usages = shallowRef<Schemas['TrafficUsage'][]>([])
  const overview = shallowRef<Schemas['Overview'] | null>(null)
  const info = shallowRef<Schemas['ServerInfo'] | null>(null)
  const changes = shallowRef<Schemas['Entry'][]>([])
  const failed = ref('')
  let timer = 0
  let turn = 0

  async function load() {
    const mine = ++turn
    window.clearTimeout(timer)
    const path = { project: project.value }
    try {
      const [s, u, o, i, c] = await Promise.all([
        body(api.GET('/projects/{project}/traffic', { params: { path, query: { points: 72 } } })),
        body(api.GET('/projects/{project}/traffic/endpoints', { params: { path } })),
        body(api.GET('/projects/{project}/overview', { params: { path } })),
        body(api.GET('/info')),
        owner.value ? body(api.GET('/projects/{project}/audit', { params: { path, query: { limit: 8 } } })) : null,
      ])
      if (mine !== turn) return
      series.value = s
      usages.value = u.items
      overview.value = o
      info.value = i
      changes.value = c?.items ?? []
      failed.value = ''
    } catch (e) {
      if (mine === turn) failed.value = e instanceof Error ? e.message : String(e)
    }
    if (mine === turn) timer = window.setTimeout(again, pause)
  }
  function again() {
    if (document.visibilityState === 'visible') void load()
    else timer = window.setTimeout(again, pause)
  }
  watch(project, (name) => { if (name) void load() }, { immediate: true })
  onBeforeUnmount(() => {
    turn++
    window.clearTimeout(timer)
  })
  return { series, usages, overview, info, changes, failed, load }
}
