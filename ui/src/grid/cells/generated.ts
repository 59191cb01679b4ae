import { put, type CellType } from './cell'

/** Computed by the server: its value may be of any type. */
export const generated: CellType = {
  look: 'generated',
  paint: (cell, value) => put(cell, typeof value === 'object' ? JSON.stringify(value).slice(0, 300) : String(value).slice(0, 300)),
  text: (value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)),
}
