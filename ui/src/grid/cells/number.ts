import { put, type CellType } from './cell'

/** Reads a number as people write one; its digits are all kept: what JavaScript would round travels as text. */
export function readNumber(typed: string): number | string | null {
  let plain = typed.trim().replace(/[\u00a0 _]/g, '')
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain)) plain = plain.replaceAll(',', '')
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null
  const digits = plain.replace(/e.*$/i, '').replace(/^[+-]?0*\.?0*|\./g, '')
  return digits.length > 15 ? plain : Number(plain)
}

export const number: CellType = {
  edit: 'text', align: 'end', look: 'numbers',
  paint: (cell, value) => put(cell, String(value)),
  text: (value) => String(value),
  parse: (typed) => {
    const value = readNumber(typed)
    return value === null ? { wrong: 'number' } : { value }
  },
}
