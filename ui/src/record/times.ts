/** The parts of a moment in a timezone. */
function parts(at: Date, timezone: string): Record<string, string> {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3,
  })
  return Object.fromEntries(format.formatToParts(at).map((p) => [p.type, p.value]))
}

/** A moment as an <input type="datetime-local"> holds it: the clock's time in the timezone. What is no moment stays as it is. */
export function toLocal(text: string, timezone: string): string {
  const at = new Date(text)
  if (!/[zZ]$|[+-]\d\d:?\d\d$/.test(text) || Number.isNaN(at.getTime())) return text
  const p = parts(at, timezone)
  const seconds = p.second === '00' && p.fractionalSecond === '000' ? '' : `:${p.second}${p.fractionalSecond === '000' ? '' : `.${p.fractionalSecond}`}`
  return `${p.year?.padStart(4, '0')}-${p.month}-${p.day}T${p.hour}:${p.minute}${seconds}`
}

/** The moment at which the clock of the timezone shows `local`, as the API writes it; without one the text stays. */
export function fromLocal(local: string, timezone: string): string {
  const wanted = new Date(`${local}Z`).getTime()
  if (Number.isNaN(wanted)) return local
  const shows = (at: number) => new Date(`${toLocal(new Date(at).toISOString(), timezone)}Z`).getTime()
  let at = wanted
  for (let i = 0; i < 3; i++) at += wanted - shows(at)
  return new Date(at).toISOString()
}

/** A moment for reading, in the timezone. */
export function moment(text: unknown, timezone: string, language: string): string {
  const at = new Date(String(text))
  return Number.isNaN(at.getTime()) ? String(text ?? '') : new Intl.DateTimeFormat(language, { timeZone: timezone, dateStyle: 'medium', timeStyle: 'medium' }).format(at)
}

/** The browser's own timezone where a project names none that the browser knows. */
export function zoneOf(timezone: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: timezone ?? 'UTC' }).resolvedOptions().timeZone
  } catch {
    return 'UTC'
  }
}
