import type { Schemas } from '@/api/client'

export type Usage = Schemas['TrafficUsage']

const most = 5

/** Where the slowest twentieth of requests is slowest. */
export const slowest = (all: Usage[]) => all.filter((u) => u.endpoint).sort((a, b) => b.total.p95_ms - a.total.p95_ms).slice(0, most)

/** Where the most requests failed or were refused; failures first. */
export const failing = (all: Usage[]) => all.filter((u) => u.total.failed + u.total.refused > 0)
  .sort((a, b) => b.total.failed - a.total.failed || b.total.refused - a.total.refused).slice(0, most)
