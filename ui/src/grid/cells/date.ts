import { put, type CellType } from './cell'
import { clock } from './datetime'

export function readDate(typed: string, timezone: string, now = new Date()): string | null {
  const text = typed.trim()
  const days = /^(today|今天)$/i.test(text) ? 0 : /^(tomorrow|明天)$/i.test(text) ? 1 : /^(yesterday|昨天)$/i.test(text) ? -1 : null
  if (days !== null) return clock(new Date(now.getTime() + days * 864e5).toISOString(), timezone).slice(0, 10)
  const m = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text) ?? /^(\d{4})年(\d{1,2})月(\d{1,2})日$/.exec(text)
  if (!m) return null
  const value = `${m[1]}-${(m[2] as string).padStart(2, '0')}-${(m[3] as string).padStart(2, '0')}`
  const at = new Date(`${value}T00:00:00Z`)
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== value ? null : value
}

export const date: CellType = {
  edit: 'choice', look: 'numbers',
  paint: (cell, value) => put(cell, String(value)),
  text: (value) => String(value),
  parse: (typed, around) => {
    const value = readDate(typed, around.timezone)
    return value === null ? { wrong: 'date' } : { value }
  },
  choices: (words, around) => ['today', 'tomorrow', 'yesterday'].filter((k) => k.startsWith(words.trim().toLowerCase()) || around.t(`grid.${k}`).startsWith(words.trim()))
    .map((k) => ({ label: around.t(`grid.${k}`), hint: readDate(k, around.timezone) as string, value: readDate(k, around.timezone) })),
}
