import { read, textOf, type Around } from './cells'
import { formatTSV, parseTSV, tiled } from './tsv'

/** The type under which cells keep their exact values on the way from one grid to another. */
const plainType = 'application/x-sayrud-cells'

export interface Copied { value: unknown; type: string }
export interface Pasted { row: number; col: number; value: unknown }

/** Puts cells on the clipboard: as a spreadsheet reads them, and exactly. */
export function copyCells(data: DataTransfer, cells: unknown[][], arounds: Around[]): void {
  data.setData('text/plain', formatTSV(cells.map((row) => row.map((v, i) => textOf(v, arounds[i] as Around)))))
  data.setData(plainType, JSON.stringify(cells.map((row) => row.map((value, i) => ({ value: value ?? null, type: kind(arounds[i] as Around) })))))
}

const kind = (a: Around) => `${a.field.type}:${a.field.to ?? ''}`

/** Reads the clipboard: a block of cells, each by the column that it lands in. Texts that a column cannot read are told. */
export function readCells(data: DataTransfer, rows: number, cols: number, landing: Array<Around | undefined>): { block: Array<Array<{ value: unknown } | { wrong: string; text: string }>>; wrong: number } {
  const exact = data.getData(plainType)
  const source: Array<Array<Copied | string>> = exact ? JSON.parse(exact) as Copied[][] : parseTSV(data.getData('text/plain'))
  let wrong = 0
  const block = tiled(source, rows, cols).map((row) => row.map((cell, i) => {
    const around = landing[i]
    if (!around) return { value: undefined }
    if (typeof cell !== 'string' && (cell.value === null || cell.type === kind(around))) return { value: cell.value }
    const text = typeof cell === 'string' ? cell : plainText(cell.value)
    const parsed = read(text, around, true)
    if ('value' in parsed) return parsed
    wrong++
    return { wrong: parsed.wrong, text }
  }))
  return { block, wrong }
}

const plainText = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value))
