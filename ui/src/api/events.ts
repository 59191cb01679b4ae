import { onBeforeUnmount, onMounted, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { api } from './client'

/** Who wants to know of changed records, by table. */
const listeners = new Map<string, Set<() => void>>()

/**
 * Calls fn after records of a table of the present project have changed, by any door and any person, oneself among them; several changes
 * come as one call, and one comes after a lost connection, when nobody knows what was missed. The table may change; it ends with the component.
 */
export function useRecordEvents(table: MaybeRefOrGetter<string>, fn: () => void): void {
  let off = () => {}
  onMounted(() => watch(() => toValue(table), (name) => { off(); off = name ? listen(name, fn) : () => {} }, { immediate: true }))
  onBeforeUnmount(() => off())
}

function listen(table: string, fn: () => void): () => void {
  const set = listeners.get(table) ?? new Set()
  listeners.set(table, set.add(fn))
  connectSoon()
  return () => {
    set.delete(fn)
    if (set.size === 0 && listeners.get(table) === set) listeners.delete(table)
  }
}

/** What the state of the project does with what the stream tells. */
interface Follower { definition: (revision: number) => void; gone: () => void }

let followed: { project: string; follower: Follower } | null = null
let source: EventSource | null = null
let address = ''
let interrupted = false
const later = { connect: 0, retry: 0 }
const retryAfter = 10_000 // ms, where the server refuses the stream
const together = 300 // ms in which changes of one table are one

/** Follows a project until another, or null, is followed. A hidden tab listens to nothing: browsers keep few connections to a host. */
export function follow(project: string | null, follower?: Follower): void {
  followed = project && follower ? { project, follower } : null
  connectSoon()
}

/** Tells all listeners that anything may have changed. */
export function recordsMayHaveChanged(): void {
  for (const table of listeners.keys()) tell(table)
}

const told = new Map<string, number>()
function tell(table: string) {
  if (told.has(table)) return
  told.set(table, window.setTimeout(() => {
    told.delete(table)
    for (const fn of listeners.get(table) ?? []) fn()
  }, together))
}

function connectSoon() {
  window.clearTimeout(later.connect)
  later.connect = window.setTimeout(connect, 50)
}

function wantedAddress(): string {
  if (!followed || document.hidden || !('EventSource' in window)) return ''
  const tables = [...listeners.keys()].sort().join(',')
  return `/_/api/projects/${followed.project}/events${tables ? `?tables=${tables}` : ''}`
}

const tablesOf = (url: string) => url.split('?tables=')[1]?.split(',') ?? []

function connect() {
  const wanted = wantedAddress()
  if (wanted === address && source?.readyState !== EventSource.CLOSED) return
  window.clearTimeout(later.retry)
  if (tablesOf(address).some((name) => listeners.has(name))) interrupted = true // between the two streams something may happen
  source?.close()
  source = null
  address = wanted
  if (wanted) listenTo(new EventSource(wanted))
}

function listenTo(stream: EventSource) {
  source = stream
  const { follower } = followed!
  const data = (e: Event) => JSON.parse((e as MessageEvent<string>).data) as { revision: number; table: string }
  stream.addEventListener('definition', (e) => follower.definition(data(e).revision))
  stream.addEventListener('records', (e) => tell(data(e).table))
  stream.addEventListener('gone', () => { stream.close(); follower.gone() })
  stream.onopen = () => {
    if (interrupted) recordsMayHaveChanged()
    interrupted = false
  }
  stream.onerror = () => {
    interrupted = true
    if (stream !== source || stream.readyState !== EventSource.CLOSED) return
    void api.GET('/me').catch(() => {}) // the watchers of the client hear whether the session or the server is gone
    later.retry = window.setTimeout(connect, retryAfter)
  }
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) interrupted = true
  connectSoon()
})
