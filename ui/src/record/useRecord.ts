import { computed, reactive, ref, shallowRef } from 'vue'
import { ApiError } from '@/api/client'
import type { Table } from '@/state/project'
import { createRecord, deleteRecord, getRecord, patchRecord } from './records'
import { changesOf, type Row } from './values'

/** One record under edit: what the server holds, what was edited, what is wrong. uid 'new' is one that does not exist yet. */
export function useRecord(project: string, tableName: string, table: () => Table | undefined) {
  const base = shallowRef<Partial<Row>>({})
  const edits = shallowRef<Record<string, unknown>>({})
  const theirs = shallowRef<Row | null>(null)
  const elsewhere = shallowRef<Row | 'deleted' | null>(null)
  const errors = ref<Record<string, string>>({})
  const problem = ref('')
  const state = ref<'loading' | 'ready' | 'missing' | 'failed'>('loading')
  const busy = ref(false)
  const broken = reactive(new Map<string, string>())
  const uid = ref('')
  let aborted = new AbortController()

  const fields = computed(() => table()?.fields ?? {})
  const changes = computed(() => changesOf(fields.value, base.value, edits.value))
  const dirty = computed(() => Object.keys(changes.value).length > 0 || broken.size > 0)
  const isNew = computed(() => !base.value.uid)

  function reset(row: Partial<Row>, initial: Record<string, unknown> = {}) {
    base.value = row
    edits.value = { ...initial }
    errors.value = {}
    problem.value = ''
    theirs.value = null
    elsewhere.value = null
    broken.clear()
    state.value = 'ready'
    uid.value = row.uid ?? ''
  }
  async function load(wanted: string, initial: Record<string, unknown> = {}) {
    aborted.abort()
    if (wanted === 'new') return reset({}, initial)
    aborted = new AbortController()
    const { signal } = aborted
    state.value = 'loading'
    try {
      const row = await getRecord(project, tableName, wanted, signal)
      if (!signal.aborted) reset(row)
    } catch (e) {
      if (signal.aborted) return
      state.value = e instanceof ApiError && e.status === 404 ? 'missing' : 'failed'
      problem.value = (e as Error).message
    }
  }
  function edit(name: string, value: unknown) {
    edits.value = { ...edits.value, [name]: value }
    const { [name]: _, ...rest } = errors.value
    errors.value = rest
  }
  function refused(e: ApiError) {
    const known = e.errors.filter((x) => x.param && x.param in fields.value)
    errors.value = Object.fromEntries(known.map((x) => [x.param as string, x.message ?? '']))
    problem.value = known.length === e.errors.length && known.length > 0 ? '' : e.message
  }
  /** Saves; gives the record, or null where something is in the way: a refusal, or another's change, which stands in `theirs` then. */
  async function save(): Promise<Row | null> {
    if (broken.size > 0) {
      errors.value = { ...errors.value, ...Object.fromEntries(broken) }
      return null
    }
    const { uid: at, version } = base.value
    return write(() => (at && version ? patchRecord(project, tableName, at, version, changes.value) : createRecord(project, tableName, changes.value)))
  }
  /** Saves what a comparison chose, on top of theirs. */
  async function saveMerged(data: Record<string, unknown>): Promise<Row | null> {
    const over = theirs.value
    if (!over) return null
    if (Object.keys(data).length === 0) {
      reset(over)
      return over
    }
    return write(() => patchRecord(project, tableName, over.uid, over.version, data))
  }
  async function write(send: () => Promise<Row>): Promise<Row | null> {
    busy.value = true
    errors.value = {}
    problem.value = ''
    try {
      const row = await send()
      reset(row)
      return row
    } catch (e) {
      if (!(e instanceof ApiError)) throw e
      if (e.status === 412 && base.value.uid) theirs.value = await getRecord(project, tableName, base.value.uid)
      else refused(e)
      return null
    } finally {
      busy.value = false
    }
  }
  /** Looks whether the record is another by now. What is in the form stays. */
  async function look() {
    const { uid: at, version } = base.value
    if (!at || busy.value || state.value !== 'ready') return
    try {
      const now = await getRecord(project, tableName, at)
      if (base.value.uid === at && base.value.version === version) elsewhere.value = now.version === version ? null : now
    } catch (e) {
      if (e instanceof ApiError && e.status === 404 && base.value.uid === at) elsewhere.value = 'deleted'
    }
  }
  /** Takes what the record is by now, or compares it with what was edited here. */
  function takeElsewhere() {
    const now = elsewhere.value
    if (!now || now === 'deleted') return
    if (dirty.value) theirs.value = now
    else reset(now)
  }
  const remove = () => deleteRecord(project, tableName, uid.value)

  return { base, edits, theirs, elsewhere, look, takeElsewhere, errors, problem, state, busy, broken, uid, fields, changes, dirty, isNew, reset, load, edit, save, saveMerged, remove }
}
