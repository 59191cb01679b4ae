import { computed, ref, shallowRef, type Ref } from 'vue'
import { api, ApiError, body } from '@/api/client'
import { rowsOf } from '@/pages/endpoint/params'
import type { Definition } from '@/pages/endpoint/draft'
import { useProject } from '@/state/project'
import { kept } from '@/state/preferences'
import { emptyInputs, fieldsOfPath, missingInPath, requestOf } from './request'
import type { BuiltRequest, Inputs, Tried } from './exchange'

export interface Past { at: number; inputs: Inputs; method: string; path: string; status: number; ms: number }
const remembered = 20

/** Runs an endpoint with what was filled in, and remembers the last requests. `real` sends the saved one for good. */
export function useTrial(name: Ref<string>, saved: Ref<{ name: string; definition: Definition }>, definition: Ref<Definition>, real: Ref<boolean>) {
  const { name: project, table } = useProject()
  const inputs = ref<Inputs>(emptyInputs())
  const rows = computed(() => rowsOf(definition.value, table(definition.value.table ?? '')))
  const request = computed(() => requestOf(definition.value as { route: string; match?: Record<string, unknown> }, rows.value, inputs.value))
  const missing = computed(() => missingInPath(rows.value, inputs.value))
  const result = shallowRef<Tried | null>(null)
  const refused = shallowRef<ApiError | null>(null)
  const busy = ref(false)
  const history = kept<Past[]>(`trial.${project.value}.${saved.value.name}`, [])
  let stop: AbortController | null = null

  async function send(): Promise<Tried | null> {
    stop?.abort()
    const own = stop = new AbortController()
    busy.value = true
    refused.value = null
    const sent = request.value
    try {
      const answer = real.value ? await reallyRun(sent, own.signal) : await dryRun(sent, own.signal)
      if (own.signal.aborted) return null
      result.value = answer
      const past = { at: Date.now(), inputs: { ...plain(inputs.value), token: '' }, method: sent.method, path: sent.path, status: answer.status, ms: answer.ms }
      history.value = [past, ...history.value.filter((h) => h.path !== sent.path || JSON.stringify(h.inputs) !== JSON.stringify(past.inputs))].slice(0, remembered)
      return answer
    } catch (e) {
      if (own.signal.aborted) return null
      result.value = null
      refused.value = e instanceof ApiError ? e : new ApiError(0, 'offline', e instanceof Error ? e.message : String(e))
      return null
    } finally {
      if (stop === own) busy.value = false
    }
  }

  /** Runs another definition with what is filled in, and leaves no trace of it here. */
  async function sample(other: Definition): Promise<Tried> {
    if (missing.value.length > 0) throw new Error(missing.value.map((name) => `{${name}}`).join(' '))
    return dryRun(request.value, undefined, other)
  }

  /** Puts values of the newest record into the path where the filter says which of its fields they are. */
  async function prefill() {
    const wanted = fieldsOfPath(definition.value, rows.value).filter(([param]) => !inputs.value.values[param])
    const name = definition.value.table
    if (wanted.length === 0 || !name) return
    try {
      const page = await body(api.GET('/projects/{project}/tables/{table}/records', { params: { path: { project: project.value, table: name }, query: { size: 1 } } }))
      const record = (page as { items?: Array<Record<string, unknown>> }).items?.[0]
      if (!record) return
      const found = wanted.flatMap(([param, field]) => (['string', 'number'].includes(typeof record[field]) ? [[param, String(record[field])]] : []))
      inputs.value = { ...inputs.value, values: { ...Object.fromEntries(found) as Record<string, string>, ...inputs.value.values } }
    } catch {
      // whoever may not read records fills in the path by hand
    }
  }

  async function dryRun(sent: BuiltRequest, signal?: AbortSignal, other = definition.value): Promise<Tried> {
    const out = await body(api.POST('/projects/{project}/try/endpoint', {
      params: { path: { project: project.value } }, signal,
      body: { name: name.value, definition: other, request: { path: sent.path, headers: sent.headers, body: sent.body, session: inputs.value.auth === 'me' } },
    }))
    return { ...out, size: new TextEncoder().encode(out.body).length, method: sent.method, path: sent.path }
  }

  async function reallyRun(sent: BuiltRequest, signal: AbortSignal): Promise<Tried> {
    const own = inputs.value.auth === 'me'
    const start = performance.now()
    const answer = await fetch(`/api/${project.value}${sent.path}`, {
      method: sent.method, signal, headers: { ...sent.headers, ...(own && { 'X-Sayrud-CSRF': '1' }) }, body: sent.body || undefined, credentials: own ? 'same-origin' : 'omit',
    })
    const text = await answer.text()
    const ms = performance.now() - start
    const headers: Record<string, string[]> = {}
    answer.headers.forEach((value, key) => { headers[key] = [value] })
    return { real: true, status: answer.status, headers, body: text, sql: [], steps: [], ms, error: '', size: new TextEncoder().encode(text).length, method: sent.method, path: sent.path }
  }

  return { inputs, rows, request, missing, result, refused, busy, history, send, sample, prefill }
}

const plain = (inputs: Inputs): Inputs => JSON.parse(JSON.stringify(inputs)) as Inputs
