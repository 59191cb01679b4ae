import { inWords, listOf } from '@/record/values'
import type { CellType } from './cell'
import { chip } from './reference'

const most = 6 // chips of a cell; the record's form shows all

export const references: CellType = {
  edit: 'record',
  paint: (cell, value) => cell.replaceChildren(...listOf(value).slice(0, most).map(chip)),
  text: (value) => inWords(value),
  parse: (typed) => {
    const uids = typed.split(/[,\s]+/).filter(Boolean)
    return uids.every((u) => /^[A-Za-z0-9_-]{1,64}$/.test(u)) ? { value: uids.map((u) => ({ u })) } : { wrong: 'reference' }
  },
}
