import { computed, onBeforeUnmount, shallowRef, watch } from 'vue'
import { ApiError } from '@/api/client'
import { PageCache } from '@/grid/pageCache'
import { countRecords, loadPage, type Asked } from '@/grid/records'
import type { Row } from '@/record/values'

/** The records that a table's filter and sort give, page by page, and how many there are. */
export function useRecords(asked: () => Asked) {
  const tick = shallowRef(0)
  const count = shallowRef<{ count: number; exact: boolean } | null>(null)
  const counting = shallowRef(false)
  const problem = shallowRef<Error | null>(null)
  const first = shallowRef(false) // the first page has come
  let control = new AbortController()
  let remembered = new Map<string, Row>() // before a refresh, to see what others changed
  let flashed: (uid: string, field: string) => void = () => {}

  const cache = new PageCache<Row>((start, size, signal) => loadPage(asked(), start, size, signal), {
    changed: () => {
      first.value = true
      problem.value = null
      compare()
      tick.value++
    },
    failed: (e) => {
      first.value = true
      problem.value = e as Error
    },
  })
  const size = computed(() => (tick.value, cache.end ?? Math.max(count.value?.count ?? 0, 0)))

  function compare() {
    for (const [uid, before] of remembered) {
      const i = cache.find(uid), row = i < 0 ? undefined : cache.row(i)
      if (!row || row.version === before.version) continue
      for (const name of Object.keys(row)) if (JSON.stringify(row[name]) !== JSON.stringify(before[name])) flashed(uid, name)
      remembered.delete(uid)
    }
  }
  async function recount(exact = false) {
    control.abort()
    const signal = (control = new AbortController()).signal
    counting.value = true
    try {
      const n = await countRecords(asked(), exact, signal)
      if (signal.aborted) return
      count.value = n
      if (n.exact && cache.end === undefined && n.count > 0) cache.end = n.count
      tick.value++
    } catch (e) {
      if (!signal.aborted && e instanceof ApiError) count.value ??= { count: cache.end ?? cache.size, exact: false }
    } finally {
      if (!signal.aborted) counting.value = false
    }
  }
  function restart() {
    cache.clear()
    count.value = null
    first.value = false
    problem.value = null
    tick.value++
    cache.want(0, cache.size - 1)
    void recount()
  }
  let visible: [number, number] = [0, 0]
  function want(from: number, to: number) {
    visible = [from, to]
    cache.want(from, to)
  }
  /** Reads again what is seen, quietly; cells that changed meanwhile flash. */
  function refresh() {
    remembered = new Map()
    for (let i = visible[0]; i <= visible[1]; i++) {
      const row = cache.row(i)
      if (row) remembered.set(row.uid, row)
    }
    cache.end = undefined
    cache.refresh()
    void recount()
  }
  watch(() => JSON.stringify(asked()), restart, { immediate: true })
  onBeforeUnmount(() => { control.abort(); cache.clear() })
  return { cache, tick, count, counting, problem, first, size, want, refresh, restart, recount, onFlash: (fn: typeof flashed) => { flashed = fn } }
}

export type Records = ReturnType<typeof useRecords>
