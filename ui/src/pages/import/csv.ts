/** A record of a CSV file (RFC 4180): where it stands, as it is written, and its cells; null is an empty cell without quotes. */
export interface Line { line: number; raw: string; cells: Array<string | null> }

/** The cells of one record, without its line end. */
export function cellsOf(raw: string): Array<string | null> {
  const cells: Array<string | null> = []
  let at = 0
  for (;;) {
    if (raw[at] === '"') {
      let text = ''
      for (at++; at < raw.length; at++) {
        if (raw[at] !== '"') text += raw[at]
        else if (raw[at + 1] === '"') text += raw[at++]
        else break
      }
      cells.push(text)
      const comma = raw.indexOf(',', at + 1)
      if (comma < 0) return cells
      at = comma + 1
    } else {
      const comma = raw.indexOf(',', at)
      const text = raw.slice(at, comma < 0 ? undefined : comma)
      cells.push(text === '' ? null : text)
      if (comma < 0) return cells
      at = comma + 1
    }
  }
}

/**
 * Cuts a text that comes in pieces into records: lines, and for CSV with quotes those that go on over line ends. Empty lines are
 * skipped and counted. push gives the records that are whole by now, end the last one.
 */
export class Splitter {
  private rest = ''
  private next = 1
  private first = true

  constructor(private readonly quotes: boolean) {}

  push(piece: string): Array<{ line: number; raw: string }> {
    let text = this.rest + piece
    if (this.first && text) {
      this.first = false
      if (text.startsWith('\uFEFF')) text = text.slice(1)
    }
    const found: Array<{ line: number; raw: string }> = []
    let start = 0, open = false, lines = 0
    for (let i = 0; i < text.length; i++) {
      const ch = text[i]
      if (ch === '"' && this.quotes) open = !open
      else if (ch === '\n') {
        lines++
        if (open) continue
        const raw = text.slice(start, i).replace(/\r$/, '')
        if (raw !== '') found.push({ line: this.next, raw })
        this.next += lines
        lines = 0
        start = i + 1
      }
    }
    this.rest = text.slice(start)
    return found
  }

  end(): Array<{ line: number; raw: string }> {
    const raw = this.rest.replace(/\r$/, '')
    this.rest = ''
    return raw === '' ? [] : [{ line: this.next, raw }]
  }
}
