import { expect, it } from 'vitest'
import { nameOf } from '../src/pages/tables/name'

it('makes names of what people call a table', () => {
  expect(nameOf('Blog posts', [])).toBe('blog_posts')
  expect(nameOf('  2 Café-Menüs! ', [])).toBe('cafe_menus')
  expect(nameOf('评论', [])).toBe('table')
  expect(nameOf('评论', ['table'])).toBe('table_2')
  expect(nameOf('', [])).toBe('')
})
