import { describe, expect, it } from 'vitest'
import { bytes, duration, stamp } from '@/charts/format'
import { largest, moved, polyline, roof, stacked } from '@/charts/plot'

const row = (key: string, ...values: Array<number | null>) => ({ key, label: key, color: 'brand', values })

describe('a chart', () => {
  it('stacks so that the first series holds all', () => {
    expect(stacked([row('fine', 5, 0), row('refused', 2, 1), row('failed', 1, null)])).toEqual([[8, 1], [3, 1], [1, 0]])
    expect(stacked([])).toEqual([])
  })
  it('ends its axis at a round number', () => {
    expect([0, 1, 7, 11, 99, 130, 0.4, 4200].map(roof)).toEqual([1, 1, 8, 15, 100, 150, 0.4, 5000])
    expect(largest([[1, null], [3, 2]])).toBe(3)
    expect(largest([])).toBe(0)
  })
  it('moves its cursor by keys and stays inside', () => {
    expect(moved('ArrowLeft', -1, 5)).toBe(4)
    expect(moved('ArrowLeft', 0, 5)).toBe(0)
    expect(moved('ArrowRight', 4, 5)).toBe(4)
    expect(moved('Home', 3, 5)).toBe(0)
    expect(moved('End', 3, 5)).toBe(4)
    expect(moved('PageUp', 25, 60)).toBe(15)
    expect(moved('PageDown', 55, 60)).toBe(59)
    expect(moved('a', 3, 5)).toBeUndefined()
  })
  it('draws a sparkline from the ground to the top', () => {
    expect(polyline([0, 2, 4], 10, 8)).toBe('0,8 5,4 10,0')
    expect(polyline([3], 10, 8)).toBe('0,0')
    expect(polyline([], 10, 8)).toBe('')
  })
})

describe('formats', () => {
  it('say durations in the unit one thinks in', () => {
    expect([0.234, 9.96, 120.4, 1240].map((n) => duration(n, 'en'))).toEqual(['0.2 ms', '10 ms', '120 ms', '1.24 s'])
  })
  it('say sizes by thousands', () => {
    expect([0, 999, 1500, 20_000_000].map((n) => bytes(n, 'en'))).toEqual(['0 B', '999 B', '1.5 kB', '20 MB'])
  })
  it('say times as finely as the steps', () => {
    const at = new Date(2026, 10, 27, 9, 5)
    expect(stamp(at, 60, 'en')).toBe('09:05')
    expect(stamp(at, 3600, 'en')).toBe('Nov 27, 09:05')
    expect(stamp(at, 86_400, 'en')).toBe('Nov 27')
  })
})
