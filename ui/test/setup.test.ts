import { expect, it } from 'vitest'
import { strength, tokenOf } from '../src/pages/setup/strength'

it('weighs passwords', () => {
  expect(strength('short1!')).toBe(0)
  expect(strength('aaaaaaaaaaaa')).toBe(1)
  expect(strength('abcdefghijkl')).toBe(1)
  expect(strength('password123')).toBe(1)
  expect(strength('correct horse battery')).toBeGreaterThanOrEqual(3)
  expect(strength('G7#kq!Zm2vPw0$Lx')).toBe(4)
  expect(strength('ada.lovelace9', 'ada.lovelace@example.org')).toBeLessThan(strength('ada.lovelace9', 'x@example.org'))
})

it('finds the token in what is pasted', () => {
  expect(tokenOf('http://127.0.0.1:8090/_/setup?token=abc_D-1')).toBe('abc_D-1')
  expect(tokenOf('  abc_D-1 ')).toBe('abc_D-1')
})
