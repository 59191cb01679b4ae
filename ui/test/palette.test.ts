import { expect, it } from 'vitest'
import { fit, found, looksLikeUid, type Target } from '../src/shell/palette'

const target = (group: string, label: string, hint = ''): Target => ({ key: `${group}/${label}`, group, label, hint, icon: 'table', run: () => {} })

it('wants every word, and the beginning most', () => {
  expect(fit(target('t', 'comments'), 'com')).toBeGreaterThan(fit(target('t', 'list_comments'), 'com'))
  expect(fit(target('t', 'list_comments'), 'com')).toBeGreaterThan(fit(target('t', 'xcom'), 'com'))
  expect(fit(target('t', 'comments', 'Schema'), 'com sch')).toBeGreaterThan(0)
  expect(fit(target('t', 'comments'), 'com x')).toBe(0)
})

it('keeps the order of groups until something is typed, then the best is first', () => {
  const all = [target('pages', 'Tables'), target('tables', 'posts'), target('tables', 'comments')]
  expect(found(all, '').map(([g]) => g)).toEqual(['pages', 'tables'])
  expect(found(all, 'posts')).toEqual([['tables', [all[1]]]])
  expect(found([target('pages', 'My tables'), target('tables', 'tables')], 'tables')[0]?.[0]).toBe('tables')
})

it('knows a uid when it sees one', () => {
  expect(looksLikeUid('01k2m4n6p8q0r2s4t6v8')).toBe(true)
  expect(looksLikeUid('two words')).toBe(false)
})
