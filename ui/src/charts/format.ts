import { useI18n } from 'vue-i18n'

/** 3.2 ms, 120 ms, 1.24 s. */
export function duration(ms: number, locale: string): string {
  const n = (value: number, digits: number) => value.toLocaleString(locale, { maximumFractionDigits: digits })
  if (ms < 10) return `${n(ms, 1)} ms`
  if (ms < 1000) return `${n(ms, 0)} ms`
  return `${n(ms / 1000, 2)} s`
}

/** 512 B, 1.5 kB, 20 MB: by thousands, as PostgreSQL's disk counts for nobody. */
export function bytes(count: number, locale: string): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let n = count
  let unit = 0
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1000
    unit++
  }
  return `${n.toLocaleString(locale, { maximumFractionDigits: n < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`
}

/** How a time stands on an axis: the shorter the steps, the finer. */
export function stamp(at: Date, stepS: number, locale: string): string {
  if (stepS >= 86_400) return at.toLocaleDateString(locale, { month: 'short', day: 'numeric' })
  if (stepS >= 3600) return at.toLocaleString(locale, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return at.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

/** The formats in the language that is spoken. */
export function useFormat() {
  const { locale } = useI18n()
  return {
    duration: (ms: number) => duration(ms, locale.value),
    bytes: (n: number) => bytes(n, locale.value),
    count: (n: number) => n.toLocaleString(locale.value),
    compact: (n: number) => n.toLocaleString(locale.value, { notation: 'compact', maximumFractionDigits: 1 }),
    percent: (part: number, of: number) => (of > 0 ? part / of : 0).toLocaleString(locale.value, { style: 'percent', maximumFractionDigits: part > 0 && part / of < 0.1 ? 2 : 0 }),
    stamp: (at: Date, stepS: number) => stamp(at, stepS, locale.value),
    moment: (at: Date) => at.toLocaleString(locale.value, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }),
  }
}
