import { put, type CellType } from './cell'

export const json: CellType = {
  edit: 'text', look: 'code',
  paint: (cell, value) => put(cell, JSON.stringify(value).slice(0, 300)),
  text: (value) => JSON.stringify(value),
  title: (value) => JSON.stringify(value, null, 2).slice(0, 2000),
  parse: (typed) => {
    try {
      return { value: JSON.parse(typed) as unknown }
    } catch {
      return { wrong: 'json' }
    }
  },
}
