import { describe, expect, it } from 'vitest'
import { changedLines, diffLines } from '@/pages/endpoint/diff'
import { Draft, type Definition } from '@/pages/endpoint/draft'
import { guardAs, questionOf } from '@/pages/endpoint/guards'
import { clearIn, merged, same, setIn } from '@/pages/endpoint/json'
import { lineOf, linesOf, mismatch, setOf, silentLines } from '@/pages/endpoint/mapping'
import { pageForm, pageOf, sortAs, sortForm, withSort } from '@/pages/endpoint/order'
import { chips, fromText, moved, placeOf, readDefault, rowsOf, toText, type Param } from '@/pages/endpoint/params'
import { parseRoute, pathParams } from '@/pages/endpoint/route'
import { scopeOf } from '@/pages/endpoint/scope'
import { sectionOf } from '@/pages/endpoint/sections'
import { slotKind, slotText, slotValue } from '@/pages/endpoint/slot'
import { locate } from '@/pages/endpoint/locate'
import { crudWithout } from '@/pages/endpoints/actions'
import { grouped, stepNames } from '@/pages/endpoints/list'
import { begin, copyOf, five } from '@/pages/endpoints/make'
import type { Table } from '@/state/project'

const comments = {
  fields: {
    number: { type: 'autonumber' }, post: { type: 'text', required: true, label: 'Post' }, parent: { type: 'reference', to: 'comments', display: 'nick' },
    nick: { type: 'text', required: true }, email: { type: 'email', hidden: true }, likes: { type: 'number', integer: true }, tags: { type: 'json' },
  },
} as unknown as Table

describe('a draft', () => {
  const start: Definition = { route: 'GET /a', label: 'A', future: { kept: true } } as unknown as Definition
  it('keeps members that the panel does not know', () => {
    const draft = new Draft('a', start)
    draft.set(['label'], 'B')
    expect(draft.definition.value).toEqual({ route: 'GET /a', label: 'B', future: { kept: true } })
    expect(start.label).toBe('A')
  })
  it('undoes and redoes, what was typed at one place together', () => {
    let now = 0
    const draft = new Draft('a', start, () => now)
    draft.set(['label'], 'B')
    now = 100
    draft.set(['label'], 'BC')
    now = 5000
    draft.set(['help'], 'h')
    draft.rename('b')
    draft.undo()
    expect(draft.name.value).toBe('a')
    draft.undo()
    expect(draft.definition.value.help).toBeUndefined()
    expect(draft.definition.value.label).toBe('BC')
    draft.undo()
    expect(draft.dirty.value).toBe(false)
    expect(draft.canUndo.value).toBe(false)
    draft.redo()
    expect(draft.definition.value.label).toBe('BC')
    draft.set(['label'], 'D')
    expect(draft.canRedo.value).toBe(false)
  })
  it('is clean once what it holds is what was saved, whatever the order of members', () => {
    const draft = new Draft('a', start)
    draft.set(['label'], 'B')
    expect(draft.dirty.value).toBe(true)
    draft.saved('a', { label: 'B', route: 'GET /a', future: { kept: true } } as unknown as Definition, draft.definition.value)
    expect(draft.dirty.value).toBe(false)
    draft.undo()
    expect(draft.dirty.value).toBe(true)
  })
})

describe('JSON that is never changed in place', () => {
  it('sets, removes, and clears what is empty then', () => {
    const value = { a: { b: { c: 1 } }, list: [1, 2, 3] }
    expect(setIn(value, ['list', 1], undefined)).toEqual({ a: { b: { c: 1 } }, list: [1, 3] })
    expect(setIn(value, ['x', 'y'], 2)).toEqual({ ...value, x: { y: 2 } })
    expect(clearIn(value, ['a', 'b', 'c'])).toEqual({ list: [1, 2, 3] })
    expect(value.a.b.c).toBe(1)
  })
  it('joins what two people changed, and names what both changed', () => {
    const base = { a: 1, b: 2, c: 3 }
    expect(merged(base, { a: 9, b: 2, c: 3 }, { a: 1, b: 8, c: 3, d: 4 })).toEqual({ result: { a: 9, b: 8, c: 3, d: 4 }, clashes: [] })
    expect(merged(base, { a: 9, c: 3 }, { a: 7, b: 2, c: 3 })).toEqual({ result: { a: 9, c: 3 }, clashes: ['a'] })
    expect(merged(base, { a: 5, b: 2, c: 3 }, { a: 5, b: 2, c: 3 }).clashes).toEqual([])
    expect(same({ a: undefined, b: [1, { c: null }] }, { b: [1, { c: null }] })).toBe(true)
    expect(same({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(false)
  })
  it('compares texts by lines', () => {
    expect(changedLines('a\nb', 'a\nx\ny')).toEqual({ more: 2, less: 1 })
    expect(diffLines('a\nb\nc', 'a\nx\nc').map((l) => l.kind + l.text)).toEqual(['samea', 'outb', 'inx', 'samec'])
  })
})

describe('parameters', () => {
  const definition = { route: 'GET /comments/{id}', table: 'comments', params: { post: null, page: { in: 'query', type: 'integer', default: 1 }, likes: {} } } as unknown as Definition
  it('are rows: those of the route alone come first, fields lend type and label', () => {
    const rows = rowsOf(definition, comments)
    expect(rows.map((r) => [r.name, r.in, r.type, r.declared])).toEqual([['id', 'path', 'text', false], ['post', 'query', 'text', true], ['page', 'query', 'integer', true], ['likes', 'query', 'integer', true]])
    expect(rows[1]?.field?.label).toBe('Post')
  })
  it('come from where the server says', () => {
    expect(placeOf('x', {}, 'POST /a')).toBe('body')
    expect(placeOf('x', {}, 'DELETE /a')).toBe('query')
    expect(placeOf('key', { as: 'id' }, 'POST /a/{id}')).toBe('path')
    expect(placeOf('x', { in: 'header' }, 'POST /a')).toBe('header')
  })
  it('go to text and back unchanged', () => {
    const params = {
      post: {}, page: { in: 'query', type: 'integer', default: 1, min: 1 }, q: { required: false, default: 'a = {b' }, sort: { type: 'text', values: ['new', 'top'], label: 'Order by' },
      data: { required: true, as: '$', default: { a: [1] } }, n: { default: null },
    } as unknown as NonNullable<Definition['params']>
    expect(fromText(toText(params))).toEqual(params)
    expect(Object.keys(fromText(toText(params)))).toEqual(Object.keys(params))
    expect(() => fromText('ok text\nbad nothing')).toThrow('line 2')
    expect(fromText('page* integer = 1 {"min":1}')).toEqual({ page: { required: true, type: 'integer', default: 1, min: 1 } })
  })
  it('move, and show their rules as chips', () => {
    expect(Object.keys(moved({ a: 1, b: 2, c: 3 }, 'c', -1))).toEqual(['a', 'c', 'b'])
    expect(chips({ min: 1, trim: true, values: ['a', 'b'], empty: false } as Param).map((c) => c.text)).toEqual(['values a · b', 'min 1', 'trim'])
    expect([readDefault('1', 'integer'), readDefault('$request.ip', 'integer'), readDefault('1', 'text'), readDefault('', 'text')]).toEqual([1, '$request.ip', '1', undefined])
  })
})

describe('the scope of slots', () => {
  const tables = { comments }
  const paths = (definition: object, place?: 'request' | 'response' | 'errors') => scopeOf(definition as Definition, tables, place).map((e) => e.path)
  it('has parameters, the record with references followed once, and no hidden field unless it is revealed', () => {
    const view = paths({ route: 'GET /comments/{id}', kind: 'VIEW', table: 'comments' })
    expect(view).toEqual(expect.arrayContaining(['$params.id', '$record.nick', '$record.parent.nick', '$record.created_at', '$auth.roles', '$request.ip']))
    expect(view).not.toContain('$record.email')
    expect(view).not.toContain('$records')
    expect(paths({ route: 'GET /c', kind: 'VIEW', table: 'comments', reveal: ['email'] })).toContain('$record.email')
  })
  it('has lists, pages, includes, sources and aggregates where there are any', () => {
    const list = paths({ route: 'GET /c', kind: 'LIST', table: 'comments', page: { number: 1, size: 2, total: true }, include: { answers: { table: 'comments', by: {} } }, sources: { all: { table: 'comments', aggregate: { n: 'count' } } } })
    expect(list).toEqual(expect.arrayContaining(['$records', '$total', '$page', '$pages', '$size', '$record.answers', '$sources.all.n']))
    const counts = paths({ route: 'GET /c', kind: 'LIST', table: 'comments', group: ['post'], aggregate: { n: 'count' } })
    expect(counts).toEqual(expect.arrayContaining(['$records', '$record.post', '$record.n']))
    expect(counts).not.toContain('$record.nick')
  })
  it('knows no result before the operation, and only the error after a refusal', () => {
    expect(paths({ route: 'GET /c', kind: 'LIST', table: 'comments' }, 'request')).not.toContain('$records')
    expect(paths({ route: 'GET /c', kind: 'LIST', table: 'comments' }, 'errors')).toContain('$error.message')
  })
})

describe('what is written', () => {
  const definition = { route: 'POST /comments/{nick}', kind: 'CREATE', table: 'comments', params: { post: {}, likes: { type: 'text' }, other: {} } } as unknown as Definition
  it('without set is each parameter in the field of its name, but those of the path', () => {
    expect(silentLines(definition, comments).map((l) => l.key)).toEqual(['post', 'likes'])
  })
  it('goes from set to lines and back', () => {
    const set = { likes: { increment: 1, min: 0 }, tags: { append: '$params.t' }, post: '$params.post', nick: { increment: 1, other: 2 } }
    expect(setOf(linesOf(set))).toEqual(set)
    expect(lineOf('likes', set.likes)).toEqual({ key: 'likes', operation: 'increment', value: 1, min: 0 })
  })
  it('warns where a type does not fit', () => {
    expect(mismatch({ key: 'likes', operation: 'set', value: '$params.other' }, definition, comments)).toBe('type')
    expect(mismatch({ key: 'post', operation: 'increment', value: 1 }, definition, comments)).toBe('operation')
    expect(mismatch({ key: 'gone', operation: 'set', value: 1 }, definition, comments)).toBe('unknown')
    expect(mismatch({ key: 'post', operation: 'set', value: '$params.nobody' }, definition, comments)).toBe('param')
    expect(mismatch({ key: 'post', operation: 'set', value: '$params.post' }, definition, comments)).toBe('')
  })
})

describe('slots', () => {
  it.each(['a text', '$params.a', '=1 + 1', 'Dear ${$record.nick}', '${$record.nick}', '$$5', '==x', 5, true, null, { a: 1 }, '$'])('read and write %j unchanged', (value) => {
    expect(slotValue(slotKind(value), slotText(value))).toEqual(value === '$' ? '$' : value)
  })
})

describe('order and pages', () => {
  it('bring the parameters that they read', () => {
    const paged = pageOf({ route: 'GET /a', page: { total: true }, params: { size: { in: 'header' } } } as unknown as Definition, 'number')
    expect(paged.page).toEqual({ total: true, number: '$params.page', size: '$params.size' })
    expect(paged.params?.size).toEqual({ in: 'header' })
    expect(pageForm(paged.page)).toBe('number')
    expect(pageOf(paged, 'none').page).toBeUndefined()
  })
  it('bring the parameter that chooses, whose values follow the names of the orders', () => {
    const chosen = withSort({ route: 'GET /a' } as Definition, { by: '$params.sort', allow: { new: '-created_at' } })
    expect(chosen.params?.sort).toEqual({ in: 'query', type: 'text', values: ['new'], default: 'new' })
    expect(withSort(chosen, { by: '$params.sort', allow: { top: '-likes', old: 'created_at' } }).params?.sort).toMatchObject({ values: ['top', 'old'], default: 'top' })
  })
  it('change form and keep the keys', () => {
    expect(sortAs(['-likes'], 'map')).toEqual({ by: '$params.sort', allow: { new: '-likes' } })
    expect(sortAs({ by: '$params.sort', allow: { top: ['-likes', 'nick'] } }, 'list')).toEqual(['-likes', 'nick'])
    expect([sortForm(undefined), sortForm('a'), sortForm({ by: 1, allow: {} }), sortForm({ by: 1, allow: [] })]).toEqual(['none', 'list', 'map', 'free'])
  })
})

describe('the rest of a definition', () => {
  it('has routes, guards and problems at their sections', () => {
    expect(parseRoute('get  /a/{b}')).toEqual({ method: 'GET', path: '/a/{b}' })
    expect(pathParams('/a/{b}.{c}')).toEqual(['b', 'c'])
    const guard = guardAs({ exists: { table: 't', filter: { a: 1 } }, status: 429 } as never, 'count', 'x')
    expect(guard).toEqual({ count: { table: 't', filter: { a: 1 }, over: 0 }, status: 429 })
    expect(questionOf(guard)).toBe('count')
    expect(sectionOf({ path: ['endpoints', 'a', 'filter', 'l'], message: '', hint: '' }, 'a')).toBe('filter')
    expect(sectionOf({ path: ['page'], message: '', hint: '' }, 'a')).toBe('order')
  })
})

describe('the place of a problem in the text', () => {
  const text = JSON.stringify({ route: 'GET /a', filter: { 'a"b': [1, { t: 'x' }], c: null } }, null, 2)
  it.each([[['filter', 'a"b', '1', 't'], '"x"'], [['filter', 'c'], 'null'], [['route'], '"GET /a"'], [['filter', 'gone'], null]] as Array<[string[], string | null]>)('of %j is found', (path, want) => {
    const { from, to } = locate(text, path)
    expect(text.slice(from, to)).toBe(want ?? '"filter"')
  })
})

describe('new endpoints', () => {
  it('are made like those of crud, as drafts', () => {
    expect(begin('CREATE', 'comments', comments)).toEqual({ kind: 'CREATE', route: 'POST /comments', table: 'comments', params: { post: {}, parent: {}, nick: {}, likes: {}, tags: {} }, enabled: false })
    expect(begin('DELETE', 'comments', comments).filter).toEqual({ uid: '$params.id' })
    const made = five('comments', comments, '/c', ['LIST', 'VIEW'], ['list_comments'], true)
    expect(made.map((m) => [m.name, m.definition.route, m.definition.enabled])).toEqual([['list_comments_2', 'GET /c', undefined], ['view_comments', 'GET /c/{id}', undefined]])
  })
  it('are copied with a route of their own', () => {
    expect(copyOf('a', { route: 'GET /x/', was: 'b' } as Definition, ['a', 'a_copy'])).toEqual({ name: 'a_copy_2', definition: { route: 'GET /x/copy_2', enabled: false } })
  })
  it('take an action from crud', () => {
    expect(crudWithout('/c', 'view')).toEqual({ path: '/c', only: ['list', 'create', 'update', 'delete'] })
    expect(crudWithout({ path: '/c', only: ['view'], auth: true } as never, 'view')).toBeNull()
  })
  it('stand in groups', () => {
    const e = (method: string, path: string, table = '') => ({ name: path, method, path, kind: '', table, definition: { label: 'L' } }) as never
    const items = [e('POST', '/b/x'), e('GET', '/a/{id}', 't'), e('GET', '/b/x')]
    expect(grouped(items, 'path', '').map((g) => [g.name, g.items.map((i) => i.method)])).toEqual([['a', ['GET']], ['b', ['GET', 'POST']]])
    expect(grouped(items, 'table', 'get a').map((g) => g.name)).toEqual(['t'])
    expect(stepNames({ middlewares: [{ cors: {} }, 'main'] })).toEqual(['cors', 'main'])
  })
})
