import { expect, it } from 'vitest'
import type { RouteLocationNormalizedLoaded } from 'vue-router'
import { crumbsOf, titleOf } from '../src/shell/crumbs'

const at = (name: string, params: Record<string, string>, title?: string) => ({ name, params, meta: { title } }) as unknown as RouteLocationNormalizedLoaded
const crumbs = (route: RouteLocationNormalizedLoaded) => crumbsOf(route, (key) => key, (table) => `The ${table}`)

it('says where a page stands, and leads to what is around it', () => {
  expect(crumbs(at('schema', { project: 'p', table: 'posts' }))).toEqual([
    { label: 'shell.nav.tables', to: { name: 'tables', params: { project: 'p' } } },
    { label: 'The posts', to: { name: 'records', params: { project: 'p', table: 'posts' } } },
    { label: 'shell.nav.schema' },
  ])
  expect(crumbs(at('records', { project: 'p', table: 'posts' })).at(-1)).toEqual({ label: 'The posts' })
  expect(crumbs(at('logs', { project: 'p' }, 'shell.nav.logs'))).toEqual([{ label: 'shell.nav.logs' }])
})

it('titles the window by the innermost', () => {
  expect(titleOf(crumbs(at('endpoint', { project: 'p', endpoint: 'like' })), 'p')).toBe('like · shell.nav.endpoints · p · Sayrud')
  expect(titleOf([], '')).toBe('Sayrud')
})
