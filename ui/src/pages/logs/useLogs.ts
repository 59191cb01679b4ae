import { computed, onBeforeUnmount, ref, shallowRef, watch, type Ref } from 'vue'
import { api, body, type Schemas } from '@/api/client'
import { toast } from '@/kit/toast'
import { bounds, type Choice } from './range'

export type Kept = Schemas['Kept']

const page = 100
const most = 2000 // rows that are shown
const livePause = 2000
const chartPause = 10_000

/** The requests and the numbers that a choice names; with live, what is new comes by itself. */
export function useLogs(project: Ref<string>, choice: Ref<Choice>) {
  const items = shallowRef<Kept[]>([])
  const series = shallowRef<Schemas['SeriesOut'] | null>(null)
  const loading = ref(true)
  const more = ref(false)
  const failed = ref('')
  let turn = 0
  let timer = 0
  let charted = 0

  const path = () => ({ project: project.value })
  function query(now: Date) {
    const { since, until } = bounds(choice.value.range, now)
    const c = choice.value
    return {
      since: since.toISOString(), until: 'since' in c.range ? until.toISOString() : undefined, status: c.status.length ? c.status : undefined,
      endpoint: c.endpoint || undefined, search: c.search || undefined, min_ms: c.least || undefined, limit: page,
    }
  }
  const read = (over: { before?: number; after?: number; limit?: number }) => body(api.GET('/projects/{project}/requests', { params: { path: path(), query: { ...query(new Date()), ...over } } }))

  async function chart() {
    charted = Date.now()
    const { since, until } = bounds(choice.value.range, new Date())
    series.value = await body(api.GET('/projects/{project}/traffic', {
      params: { path: path(), query: { since: since.toISOString(), until: until.toISOString(), points: 60, endpoint: choice.value.endpoint || undefined } },
    }))
  }

  async function load() {
    const mine = ++turn
    window.clearTimeout(timer)
    loading.value = true
    try {
      const [list] = await Promise.all([read({}), chart()])
      if (mine !== turn) return
      items.value = list.items
      more.value = list.items.length === page
      failed.value = ''
    } catch (e) {
      if (mine === turn) failed.value = e instanceof Error ? e.message : String(e)
    } finally {
      if (mine === turn) {
        loading.value = false
        next(mine)
      }
    }
  }

  function next(mine: number) {
    if (choice.value.live) timer = window.setTimeout(() => void follow(mine), livePause)
  }

  // What came behind the newest row; where more came than a page, the next look brings the rest.
  async function follow(mine: number) {
    if (mine !== turn) return
    if (document.visibilityState === 'visible') {
      try {
        const newest = items.value[0]?.id
        const list = await read(newest ? { after: newest } : {})
        if (mine !== turn) return
        if (list.items.length) items.value = [...list.items, ...items.value].slice(0, most)
        if (list.items.length || Date.now() - charted > chartPause) await chart()
        failed.value = ''
      } catch (e) {
        failed.value = e instanceof Error ? e.message : String(e)
      }
    }
    if (mine === turn) next(mine)
  }

  async function older() {
    const mine = turn
    try {
      const list = await read({ before: items.value.at(-1)?.id })
      if (mine !== turn) return
      items.value = [...items.value, ...list.items]
      more.value = list.items.length === page && items.value.length < most
    } catch (e) {
      toast.problem(e)
    }
  }

  /** All that the choice names, up to ten thousand, as NDJSON. */
  async function exported(): Promise<Blob> {
    const lines: string[] = []
    for (let before: number | undefined; lines.length < 10_000;) {
      const list = await read({ before, limit: 1000 })
      lines.push(...list.items.map((k) => JSON.stringify(k)))
      if (list.items.length < 1000) break
      before = list.items.at(-1)?.id
    }
    return new Blob(lines.map((l) => `${l}\n`), { type: 'application/x-ndjson' })
  }

  watch([project, choice], load, { immediate: true })
  onBeforeUnmount(() => {
    turn++
    window.clearTimeout(timer)
  })
  return { items, series, loading, more, failed, load, older, exported, empty: computed(() => !loading.value && !items.value.length) }
}
