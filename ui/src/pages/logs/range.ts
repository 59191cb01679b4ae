import type { LocationQuery, LocationQueryRaw } from 'vue-router'

export const presets = ['15m', '1h', '24h', '7d'] as const
export type Preset = typeof presets[number]

const minutes: Record<Preset, number> = { '15m': 15, '1h': 60, '24h': 24 * 60, '7d': 7 * 24 * 60 }

/** What the address chooses: a stretch of time up to now, or a fixed one. */
export type Range = { preset: Preset } | { since: Date; until: Date }

/** Everything that the page shows is in the address. */
export interface Choice {
  range: Range
  /** Classes of status: 2xx, 4xx … none is all. */
  status: string[]
  /** An endpoint's name; - is those without, '' all. */
  endpoint: string
  search: string
  /** The least duration in ms; 0 is any. */
  least: number
  live: boolean
}

export const classes = ['2xx', '3xx', '4xx', '5xx'] as const

const first = (v: LocationQuery[string] | undefined) => (Array.isArray(v) ? v[0] : v) ?? ''

function time(text: string): Date | undefined {
  const at = new Date(text)
  return text && !Number.isNaN(at.getTime()) ? at : undefined
}

export function readRange(query: LocationQuery): Range {
  const [since, until] = [time(first(query.since)), time(first(query.until))]
  if (since && until && since < until) return { since, until }
  const preset = presets.find((p) => p === first(query.range))
  return { preset: preset ?? '1h' }
}

export function readChoice(query: LocationQuery): Choice {
  return {
    range: readRange(query),
    status: classes.filter((c) => first(query.status).split(',').includes(c)),
    endpoint: first(query.endpoint),
    search: first(query.q),
    least: Math.max(0, Math.floor(Number(first(query.min)) || 0)),
    live: first(query.live) === '1',
  }
}

/** The query of an address that says so; what is as usual is left out. */
export function writeChoice(c: Choice): LocationQueryRaw {
  const fixed = 'since' in c.range
  return {
    range: 'preset' in c.range && c.range.preset !== '1h' ? c.range.preset : undefined,
    since: 'since' in c.range ? c.range.since.toISOString() : undefined,
    until: 'since' in c.range ? c.range.until.toISOString() : undefined,
    status: c.status.length ? c.status.join(',') : undefined,
    endpoint: c.endpoint || undefined,
    q: c.search || undefined,
    min: c.least || undefined,
    live: c.live && !fixed ? '1' : undefined,
  }
}

/** Where a range begins and ends, at a time. */
export function bounds(range: Range, now: Date): { since: Date; until: Date } {
  if ('since' in range) return range
  return { since: new Date(now.getTime() - minutes[range.preset] * 60_000), until: now }
}

/** Cuts a dragged stretch at whole minutes, at least one long. */
export function zoomed(since: Date, until: Date): Range {
  const minute = 60_000
  const from = Math.floor(since.getTime() / minute) * minute
  return { since: new Date(from), until: new Date(Math.max(from + minute, Math.ceil(until.getTime() / minute) * minute)) }
}

/** Whether nothing but time is chosen. */
export const isOpen = (c: Choice) => !c.status.length && !c.endpoint && !c.search && !c.least
