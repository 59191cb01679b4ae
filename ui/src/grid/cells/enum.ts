import { element, type CellType } from './cell'

export const enumeration: CellType = {
  edit: 'choice',
  paint: (cell, value, around) => {
    const chip = element('span', 'chip', String(value))
    const i = around.field.values?.indexOf(String(value)) ?? -1
    chip.dataset.hue = i < 0 ? 'none' : String(i % 8)
    cell.replaceChildren(chip)
  },
  text: (value) => String(value),
  parse: (typed, around) => {
    const values = around.field.values ?? [], words = typed.trim()
    const value = values.find((v) => v === words) ?? values.find((v) => v.toLowerCase() === words.toLowerCase())
    return value === undefined ? { wrong: 'enum' } : { value }
  },
  choices: (words, around) => (around.field.values ?? []).filter((v) => v.toLowerCase().includes(words.trim().toLowerCase())).map((v) => ({ label: v, value: v })),
}
