/** The onion as a list of nodes, without a document. */
import { isObject, type Json, type Settings } from './schemaForm'

/** As in the project file: a name, or an object of a name and its settings. */
export type Step = string | { [name: string]: Settings | null }
export interface Manifest { name: string; doc: string; schema: unknown; slots: string[]; before: boolean }
export interface Trace { name: string; ms: number; error?: string }
export interface Problem { path: string[]; message: string; hint?: string }

/** A step with a key that stays while it is moved. `settings` is null where the step is a bare name. */
export interface FlowNode { key: string; name: string; settings: Settings | null }

let next = 1
export const newNode = (name: string, settings: Settings | null = null): FlowNode => ({ key: `${name}-${next++}`, name, settings })

export function nodeOf(step: Step): FlowNode {
  if (typeof step === 'string') return newNode(step)
  const [name = '', settings] = Object.entries(step)[0] ?? []
  return newNode(name, isObject(settings) ? settings : {})
}

export function stepOf(node: FlowNode): Step {
  if (node.settings === null || node.name === 'main') return node.name
  return { [node.name]: node.settings }
}

/** Nodes of steps, with the keys of the nodes before where they are the same steps. Without steps there is main. */
export function reconcile(steps: readonly Step[] | undefined | null, before: FlowNode[]): FlowNode[] {
  const left = [...before]
  const take = (fits: (n: FlowNode) => boolean) => {
    const at = left.findIndex(fits)
    return at < 0 ? undefined : left.splice(at, 1)[0]
  }
  const fresh = (steps?.length ? steps : ['main']).map(nodeOf)
  const same = fresh.map((n) => take((o) => JSON.stringify(stepOf(o)) === JSON.stringify(stepOf(n))))
  return fresh.map((n, i) => ({ ...n, key: (same[i] ?? take((o) => o.name === n.name) ?? n).key }))
}

export interface Traced { ms: number; error: string; stopped: boolean; reached: boolean }

/**
 * What a trial says of each node, by key. The server lists the inner steps first, each with the time of those inside it; what is sent after
 * success is not in it. The innermost that was reached, unless it is main, has ended the request.
 */
export function traced(nodes: FlowNode[], trace: readonly Trace[] | undefined | null): Map<string, Traced> {
  const found = new Map<string, Traced>()
  if (!trace?.length) return found
  const outer = [...trace].reverse()
  let at = 0
  for (const node of nodes) {
    const index = outer.findIndex((t, i) => i >= at && t.name === node.name)
    const step = outer[index]
    if (!step) {
      found.set(node.key, { ms: 0, error: '', stopped: false, reached: false })
      continue
    }
    at = index + 1
    const inner = outer[index + 1]
    const stopped = index === outer.length - 1 && node.name !== 'main'
    const own = inner === undefined || inner.error !== step.error // an error passes through all around it
    found.set(node.key, { ms: Math.max(0, step.ms - (inner?.ms ?? 0)), error: own ? step.error ?? '' : '', stopped, reached: true })
  }
  return found
}

/** Problems by the index of the step: paths as the server gives them, which may begin anywhere before `middlewares` or `on_write`. */
export function problemsAt(problems: readonly Problem[] | undefined | null, index: number): Problem[] {
  return (problems ?? []).flatMap((p) => {
    const list = p.path.findIndex((part) => part === 'middlewares' || part === 'on_write')
    const path = p.path.slice(list + 1)
    return path[0] === String(index) ? [{ ...p, path: path.slice(2) }] : []
  })
}

const short = (v: Json | undefined): string => {
  if (v === undefined || v === null) return ''
  if (typeof v === 'string') return v
  if (Array.isArray(v)) return v.map(short).join(', ')
  if (isObject(v)) return 'env' in v ? `$${String(v.env)}` : 'file' in v ? String(v.file) : '•••'
  return String(v)
}
const slot = (v: Json | undefined) => short(v).replace(/^\$(request|params|auth)\./, '')

/** What the settings come to, in a few characters: "60 / 1m by ip". */
export function summary({ name, settings }: FlowNode): string {
  const s = settings ?? {}
  const on = (...names: string[]) => names.filter((n) => s[n] !== undefined && s[n] !== false)
  switch (name) {
    case 'rate_limit': return s.limit === undefined ? '' : `${short(s.limit)} / ${short(s.per) || '1m'} by ${slot(s.by) || 'ip'}`
    case 'auth': return [s.optional === true ? 'optional' : '', short(s.roles), s.jwt ? 'jwt' : '', short(s.scope)].filter(Boolean).join(' · ')
    case 'basic_auth': return isObject(s.users) ? Object.keys(s.users).join(', ') : ''
    case 'captcha': return short(s.provider)
    case 'cors': return short(s.origins) || '*'
    case 'ip_filter': return on('allow', 'deny').map((n) => `${n} ${short(s[n])}`).join(' · ')
    case 'referer': return short(s.hosts)
    case 'body_limit': return typeof s.bytes === 'number' ? bytes(s.bytes) : ''
    case 'cache': return short(s.ttl) || '1m'
    case 'script': return on('before', 'after').join(' + ')
    case 'webhook': return short(s.url).replace(/^https?:\/\//, '')
    case 'email': return short(s.to)
    default: return Object.entries(s).filter(([, v]) => typeof v !== 'object').slice(0, 2).map(([k, v]) => `${k} ${short(v)}`).join(' · ')
  }
}

export function bytes(n: number): string {
  for (const [size, unit] of [[2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [1024, 'KiB']] as const) if (n >= size) return `${Math.round(n / size * 10) / 10} ${unit}`
  return `${n} B`
}

/** Remembers lists, so that a change can be undone. Changes of one `group` that follow each other count as one. */
export class History<T> {
  private past: T[] = []
  private future: T[] = []
  private group = ''
  record(before: T, group = '') {
    if (!group || group !== this.group) this.past = [...this.past.slice(-99), before]
    this.group = group
    this.future = []
  }
  undo(present: T): T | undefined { return this.step(this.past, this.future, present) }
  redo(present: T): T | undefined { return this.step(this.future, this.past, present) }
  private step(from: T[], to: T[], present: T): T | undefined {
    const found = from.pop()
    if (found !== undefined) to.push(present)
    this.group = ''
    return found
  }
}
