import { onBeforeUnmount, ref, shallowRef, watch } from 'vue'
import { ApiError } from '@/api/client'

/** Asks the server a moment after something changed, and gives the last answer; earlier ones that come late are dropped. */
export function useTry<In, Out>(input: () => In, ask: (input: In, signal: AbortSignal) => Promise<Out>, o: { wait?: number; when?: () => boolean } = {}) {
  const answer = shallowRef<Out>()
  const problem = shallowRef<ApiError>()
  const busy = ref(false)
  let timer = 0
  let running: AbortController | undefined

  async function run() {
    window.clearTimeout(timer)
    running?.abort()
    const mine = running = new AbortController()
    busy.value = true
    try {
      const given = await ask(input(), mine.signal)
      if (mine.signal.aborted) return
      answer.value = given
      problem.value = undefined
    } catch (e) {
      if (mine.signal.aborted) return
      answer.value = undefined
      problem.value = e instanceof ApiError ? e : new ApiError(0, '', String(e))
    } finally {
      if (!mine.signal.aborted) busy.value = false
    }
  }
  function clear() {
    window.clearTimeout(timer)
    running?.abort()
    answer.value = problem.value = undefined
    busy.value = false
  }
  watch(() => JSON.stringify(input()), () => {
    window.clearTimeout(timer)
    if (o.when && !o.when()) return clear()
    timer = window.setTimeout(run, o.wait ?? 250)
  }, { immediate: true })
  onBeforeUnmount(clear)
  return { answer, problem, busy, run, clear }
}

/** A value of a record as one short text. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'object' && 'v' in value && 'u' in value) return String((value as { v: unknown }).v ?? (value as { u: unknown }).u)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
