import { describe, expect, it } from 'vitest'
import type { LocationQuery } from 'vue-router'
import { shows, steps } from '@/pages/dashboard/checklist'
import { failing, slowest, type Usage } from '@/pages/dashboard/top'
import { bounds, isOpen, readChoice, writeChoice, zoomed } from '@/pages/logs/range'

describe('what the log shows', () => {
  it('is in the address, and back', () => {
    for (const query of [
      {}, { range: '7d' }, { status: '4xx,5xx', endpoint: '-', q: 'boom', min: '200' }, { live: '1', range: '15m' },
      { since: '2026-11-27T10:00:00.000Z', until: '2026-11-27T10:30:00.000Z' },
    ] as LocationQuery[]) {
      const written = Object.fromEntries(Object.entries(writeChoice(readChoice(query))).filter(([, v]) => v !== undefined).map(([k, v]) => [k, String(v)]))
      expect(written).toEqual(query)
    }
  })
  it('is the last hour where the address is broken', () => {
    const c = readChoice({ range: '3y', since: 'yesterday', until: '2026-11-27T10:30:00Z', status: '9xx', min: '-4' })
    expect(c).toEqual({ range: { preset: '1h' }, status: [], endpoint: '', search: '', least: 0, live: false })
    expect(readChoice({ since: '2026-11-27T11:00:00Z', until: '2026-11-27T10:00:00Z' }).range).toEqual({ preset: '1h' })
    expect(isOpen(c)).toBe(true)
  })
  it('does not follow a fixed time', () => {
    expect(writeChoice({ ...readChoice({ since: '2026-11-27T10:00:00Z', until: '2026-11-27T11:00:00Z' }), live: true }).live).toBeUndefined()
  })
  it('begins so long before now', () => {
    const now = new Date('2026-11-27T12:00:00Z')
    expect(bounds({ preset: '15m' }, now).since.toISOString()).toBe('2026-11-27T11:45:00.000Z')
    expect(bounds({ preset: '7d' }, now).since.toISOString()).toBe('2026-11-20T12:00:00.000Z')
  })
  it('is cut at whole minutes by a zoom', () => {
    const at = (text: string) => new Date(`2026-11-27T${text}Z`)
    expect(zoomed(at('10:00:30'), at('10:02:10'))).toEqual({ since: at('10:00:00'), until: at('10:03:00') })
    expect(zoomed(at('10:00:00'), at('10:00:00'))).toEqual({ since: at('10:00:00'), until: at('10:01:00') })
  })
})

describe('the first steps', () => {
  const fresh = { tables: 0, hasRecords: false, endpoints: 0, wasTried: false }
  it('read what is there', () => {
    expect(steps({ ...fresh, tables: 2, wasTried: true }).filter((s) => s.done).map((s) => s.step)).toEqual(['table', 'try'])
  })
  it('show while something is left, or until they are put away', () => {
    const done = steps({ tables: 1, hasRecords: true, endpoints: 1, wasTried: true })
    expect(shows(steps(fresh), undefined)).toBe(true)
    expect(shows(steps(fresh), 'dismissed')).toBe(false)
    expect(shows(done, undefined)).toBe(false)
    expect(shows(done, 'begun')).toBe(true)
  })
})

describe('the tops', () => {
  const usage = (endpoint: string, p95: number, failed: number, refused: number): Usage => ({
    endpoint, requests: [], errors: [], total: { at: '', requests: 10, refused, failed, bytes: 0, mean_ms: 1, p50_ms: 1, p95_ms: p95, p99_ms: p95 },
  })
  const all = [usage('a', 5, 0, 9), usage('', 99, 0, 3), usage('b', 50, 1, 0), usage('c', 7, 0, 0)]
  it('put the slow first, and no path without endpoint', () => {
    expect(slowest(all).map((u) => u.endpoint)).toEqual(['b', 'c', 'a'])
  })
  it('put failures before refusals', () => {
    expect(failing(all).map((u) => u.endpoint)).toEqual(['b', 'a', ''])
  })
})
