/** A row of numbers over time; color names a variable of tokens.css. */
export interface Series {
  key: string
  label: string
  values: Array<number | null>
  color: string
}

/** Sums up from the last series to the first, so that painting in order puts the small in front of the large: bars on top of each other. */
export function stacked(series: Series[]): number[][] {
  const rows = series.map((s) => s.values.map((v) => v ?? 0))
  for (let i = rows.length - 2; i >= 0; i--) {
    for (let x = 0; x < rows[i]!.length; x++) rows[i]![x]! += rows[i + 1]![x] ?? 0
  }
  return rows
}

/** The end of an axis from 0: a round number that leaves some air. */
export function roof(most: number): number {
  if (!(most > 0)) return 1
  const unit = 10 ** Math.floor(Math.log10(most))
  return [1, 1.5, 2, 3, 4, 5, 8, 10].map((n) => n * unit).find((n) => n >= most)!
}

/** The largest of all numbers, 0 of none. */
export const largest = (rows: Array<Array<number | null>>): number => rows.reduce((m, row) => row.reduce((n: number, v) => Math.max(n, v ?? 0), m), 0)

/** Where a key moves the cursor of a chart with n points; undefined: not a key of it. From outside (-1) it begins at the newest. */
export function moved(key: string, at: number, n: number): number | undefined {
  switch (key) {
    case 'ArrowLeft': return at < 0 ? n - 1 : Math.max(0, at - 1)
    case 'ArrowRight': return at < 0 ? n - 1 : Math.min(n - 1, at + 1)
    case 'PageUp': return Math.max(0, (at < 0 ? n : at) - 10)
    case 'PageDown': return Math.min(n - 1, (at < 0 ? n - 11 : at) + 10)
    case 'Home': return 0
    case 'End': return n - 1
    default: return undefined
  }
}

/** The points of a polyline in a box of w × h, for values from 0 to the largest. */
export function polyline(values: number[], w: number, h: number): string {
  const most = Math.max(1, ...values)
  const step = values.length > 1 ? w / (values.length - 1) : 0
  return values.map((v, i) => `${+(i * step).toFixed(1)},${+(h - (v / most) * h).toFixed(1)}`).join(' ')
}
