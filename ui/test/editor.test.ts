import { describe, expect, it } from 'vitest'
import { diagnosticsOf, lineAndColumn, positionAt, positionOf, spanAt } from '@/editor/places'

describe('places of a text', () => {
  it('turns bytes into positions', () => {
    expect(positionOf('abc', 2)).toBe(2)
    expect(positionOf('é汉𝒳x', 2)).toBe(1)
    expect(positionOf('é汉𝒳x', 5)).toBe(2)
    expect(positionOf('é汉𝒳x', 9)).toBe(4)
    expect(positionOf('ab', 99)).toBe(2)
  })
  it('finds lines and columns, and back', () => {
    const text = 'one\ntwo\n\nfour'
    for (let i = 0; i <= text.length; i++) {
      const { line, column } = lineAndColumn(text, i)
      expect(positionAt(text, line, column)).toBe(i)
    }
    expect(positionAt(text, 9, 1)).toBe(text.length)
  })
  it('underlines a word, a string, a sign, and what is last', () => {
    expect(spanAt('lower(emial)', 6)).toEqual({ from: 6, to: 11 })
    expect(spanAt("x = 'a b'", 4)).toEqual({ from: 4, to: 9 })
    expect(spanAt('a + b', 2)).toEqual({ from: 2, to: 3 })
    expect(spanAt('a + ', 4)).toEqual({ from: 2, to: 3 })
    expect(spanAt('', 0)).toEqual({ from: 0, to: 0 })
  })
  it('takes the problems of one path', () => {
    const problems = [{ path: ['fields', 'a'], offset: 0, message: 'm', hint: 'h' }, { path: ['x'], offset: -1, message: 'n', hint: '' }]
    expect(diagnosticsOf('abc', problems, ['fields'])).toEqual([{ from: 0, to: 3, message: 'm; h', severity: 'error' }])
    expect(diagnosticsOf('abc', problems, ['x'])).toEqual([{ from: 0, to: 3, message: 'n', severity: 'error' }])
  })
})
