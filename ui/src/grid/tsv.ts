/** Cells as spreadsheets copy them: tabs between cells, quotes around what holds a tab, a line end or a quote at its beginning. */
export function formatTSV(rows: string[][]): string {
  return rows.map((cells) => cells.map(quoted).join('\t')).join('\n')
}

const quoted = (text: string) => (/[\t\n\r]|^"/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** Reads what a spreadsheet copied. A line end at the end makes no further row. */
export function parseTSV(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = [], i = 0
  const n = text.length
  while (i < n) {
    let cell = ''
    const end = text[i] === '"' ? closing(text, i) : -1
    if (end >= 0) {
      cell = text.slice(i + 1, end).replaceAll('""', '"')
      i = end + 1
    } else {
      const from = i
      while (i < n && text[i] !== '\t' && text[i] !== '\n' && text[i] !== '\r') i++
      cell = text.slice(from, i)
    }
    row.push(cell)
    if (text[i] === '\t') {
      i++
      if (i === n) row.push('')
      continue
    }
    if (text[i] === '\r') i++
    if (text[i] === '\n') i++
    rows.push(row)
    row = []
  }
  if (row.length) rows.push(row)
  return rows
}

/** Where the quote at i closes: before a tab, a line end or the end. -1: it is no quoted cell. */
function closing(text: string, i: number): number {
  for (let at = i + 1; at < text.length; at++) {
    if (text[at] !== '"') continue
    if (text[at + 1] === '"') at++
    else return at + 1 === text.length || '\t\n\r'.includes(text[at + 1] as string) ? at : -1
  }
  return -1
}

/** Repeats a block over a larger selection that it fits into evenly; else the block as it is. */
export function tiled<T>(block: T[][], rows: number, cols: number): T[][] {
  const tall = block.length, wide = block[0]?.length ?? 0
  if (!tall || !wide || rows % tall || cols % wide || (rows === tall && cols === wide)) return block
  return Array.from({ length: rows }, (_, r) => Array.from({ length: cols }, (_, c) => (block[r % tall] as T[])[c % wide] as T))
}
