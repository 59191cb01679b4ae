/** A line of a comparison: of both texts, of the first alone, or of the second alone. */
export interface DiffLine { kind: 'same' | 'out' | 'in'; text: string }

/** Compares two texts line by line, by their longest common sequence. Definitions are short, so the quadratic table is small. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before.split('\n')
  const b = after.split('\n')
  const common: number[][] = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i]![j] = a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!)
    }
  }
  const out: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ kind: 'same', text: a[i]! })
      i++
      j++
    } else if (j >= b.length || (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!)) out.push({ kind: 'out', text: a[i++]! })
    else out.push({ kind: 'in', text: b[j++]! })
  }
  return out
}

/** How many lines the second text has that the first has not, and the other way round. */
export function changedLines(before: string, after: string): { more: number; less: number } {
  const lines = diffLines(before, after)
  return { more: lines.filter((l) => l.kind === 'in').length, less: lines.filter((l) => l.kind === 'out').length }
}
