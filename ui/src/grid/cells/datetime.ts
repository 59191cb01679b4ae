import { fromLocal } from '@/record/times'
import { put, type Around, type CellType } from './cell'

const formats = new Map<string, Intl.DateTimeFormat>()

/** The clock of a timezone at a moment: 2026-11-23 13:28:00. A formatter costs far more to make than to use. */
export function clock(text: string, timezone: string): string {
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) return text
  let format = formats.get(timezone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' })
    formats.set(timezone, format)
  }
  const shown = format.format(at).replace(', ', ' ')
  const ms = at.getUTCMilliseconds()
  return ms ? `${shown}.${String(ms).padStart(3, '0')}` : shown
}

export function readMoment(typed: string, timezone: string, now = new Date()): string | null {
  const text = typed.trim()
  if (/^(now|现在)$/i.test(text)) return now.toISOString()
  const day = /^(today|今天)$/i.test(text) ? 0 : /^(tomorrow|明天)$/i.test(text) ? 1 : /^(yesterday|昨天)$/i.test(text) ? -1 : null
  if (day !== null) return fromLocal(`${clock(new Date(now.getTime() + day * 864e5).toISOString(), timezone).slice(0, 10)}T00:00`, timezone)
  if (/[zZ]$|[+-]\d\d:?\d\d$/.test(text) && /\d[T ]\d/.test(text)) {
    const at = new Date(text.replace(' ', 'T'))
    return Number.isNaN(at.getTime()) ? null : at.toISOString()
  }
  const m = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,3})?)?)?$/.exec(text)
  if (!m) return null
  const two = (s = '0') => s.padStart(2, '0')
  const local = `${m[1]}-${two(m[2])}-${two(m[3])}T${two(m[4])}:${two(m[5])}:${two(m[6])}${m[7] ?? ''}`
  const moment = fromLocal(local, timezone)
  return moment === local ? null : moment
}

export const datetime: CellType = {
  edit: 'choice', look: 'numbers',
  paint: (cell, value, around) => put(cell, clock(String(value), around.timezone).replace(/\.\d+$/, '')),
  text: (value, around) => clock(String(value), around.timezone),
  title: (value, around) => `${clock(String(value), around.timezone)} ${around.timezone}\n${String(value)}`,
  parse: (typed, around) => {
    const value = readMoment(typed, around.timezone)
    return value === null ? { wrong: 'datetime' } : { value }
  },
  choices: (words, around) => suggestions(words, around),
}

function suggestions(words: string, around: Around) {
  const typed = words.trim() ? readMoment(words, around.timezone) : null
  if (typed) return [{ label: clock(typed, around.timezone), hint: around.timezone, value: typed }]
  return ['now', 'today', 'tomorrow', 'yesterday'].filter((k) => k.startsWith(words.trim().toLowerCase()) || around.t(`grid.${k}`).startsWith(words.trim())).map((k) => {
    const value = readMoment(k, around.timezone) as string
    return { label: around.t(`grid.${k}`), hint: clock(value, around.timezone).replace(/\.\d+$/, ''), value }
  })
}
