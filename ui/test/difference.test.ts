import { expect, it } from 'vitest'
import { differences } from '../src/state/difference'

it('tells what was added, removed and changed, and where', () => {
  const before = { tables: { posts: { label: 'Posts', fields: { title: { type: 'text' } } }, old: {} }, timezone: 'UTC' }
  const after = { tables: { posts: { label: 'Articles', fields: { title: { type: 'text' }, body: { type: 'text' } } } }, timezone: 'UTC' }
  expect(differences(before, after)).toEqual([
    { path: ['tables', 'posts', 'label'], before: 'Posts', after: 'Articles' },
    { path: ['tables', 'posts', 'fields', 'body'], before: undefined, after: { type: 'text' } },
    { path: ['tables', 'old'], before: {}, after: undefined },
  ])
})

it('takes lists as a whole, and the same for the same', () => {
  expect(differences({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toEqual([{ path: ['a'], before: [1, { b: 2 }], after: [1, { b: 3 }] }])
  expect(differences({ a: [1] }, { a: [1] })).toEqual([])
})
