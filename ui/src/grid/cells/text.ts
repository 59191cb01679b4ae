import { put, type CellType } from './cell'

const longest = 300 // characters that a cell draws; no column is wider

export const text: CellType = {
  edit: 'text',
  paint: (cell, value) => {
    const all = String(value)
    put(cell, all === '' ? '\u00a0' : (all.length > longest ? all.slice(0, longest) : all).replace(/\s*\r?\n\s*/g, ' ⏎ '))
  },
  text: (value) => String(value),
  parse: (typed) => ({ value: typed }),
}
