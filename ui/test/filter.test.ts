import { describe, expect, it } from 'vitest'
import { columns, operators, resolve, validate, withField, withOperator, type TableLike } from '@/filter/check'
import * as edit from '@/filter/edit'
import { pretty, readJson } from '@/filter/json'
import { quote, readSlot, unquote, writeLiteral } from '@/filter/literal'
import { sampled } from '@/filter/samples'
import { sentence } from '@/filter/sentence'
import { format, formatShort, group, parse, row, unknowns, type Group, type Json, type Node, type Operand } from '@/filter/tree'
import en from '@/i18n/en/filter.json'
import zh from '@/i18n/zh-CN/filter.json'
import { filters, shorthands } from './filters'

const field = (v: string): Json => ({ t: 'FIELD', v })
const literal = (v: Json): Json => ({ t: 'LITERAL', v })
const tables = (name: string): TableLike | undefined => ({
  comments: {
    fields: {
      post: { type: 'text' }, parent: { type: 'reference', to: 'comments', display: 'nick' }, nick: { type: 'text', label: 'Nickname' }, likes: { type: 'number' },
      status: { type: 'enum', values: ['waiting', 'approved', 'spam'] }, data: { type: 'json' }, tags: { type: 'references', to: 'comments' }, seen: { type: 'boolean' },
      picture: { type: 'file' }, hash: { type: 'generated' },
    },
  },
} as Record<string, TableLike>)[name]

describe('the tree', () => {
  it.each(filters(300))('is written as it was read: %#', (json) => {
    expect(format(parse(json))).toEqual(json)
  })
  it.each(filters(100))('says the same when every node is written anew: %#', (json) => {
    const afresh = (node: Node): Node => (node.kind === 'group' ? { ...node, items: node.items.map(afresh) } : { ...node, was: undefined } as Node)
    const once = format(afresh(parse(json)) as Group)
    expect(format(afresh(parse(once)) as Group)).toEqual(once)
    expect(parseShape(parse(once))).toEqual(parseShape(parse(json)))
  })
  it.each(shorthands(200))('comes from the shorthand and goes back: %#', (json) => {
    const read = parse(json)
    const again = parse(formatShort(read))
    expect(parseShape(again)).toEqual(parseShape(read))
    expect(parseShape(parse(format(read)))).toEqual(parseShape(read))
  })
  it('keeps what it does not know', () => {
    for (const json of [{ t: 'EQ', l: field('a'), r: field('b') }, { t: '=', l: field('a'), r: 'x' }, { t: 'AND', v: [{ a: [1] }, { t: '=', l: field('a'), r: literal(1), x: 2 }] }, [1], 'text', { AND: 3 }] as Json[]) {
      expect(format(parse(json))).toEqual(json)
    }
  })
  it('leaves out what is off and what is empty', () => {
    const root = parse({ t: 'OR', l: { t: '=', l: field('a'), r: literal(1) }, r: { t: 'AND', v: [{ t: '>', l: field('b'), r: literal(2) }] } })
    const [first, second] = root.items
    expect(format(edit.toggle(root, first!.id))).toEqual({ t: 'AND', v: [{ t: '>', l: field('b'), r: literal(2) }] })
    expect(format(edit.toggle(edit.toggle(root, first!.id), second!.id))).toBeNull()
    expect(format(group('AND', [group('OR')]))).toBeNull()
  })
  it('reads values of the shorthand as slots, or as data', () => {
    expect(parse({ a: '$params.x' }).items[0]).toMatchObject({ right: [{ kind: 'path', path: '$params.x' }] })
    expect(parse({ a: '$params.x' }, { data: true }).items[0]).toMatchObject({ right: [{ kind: 'value', value: '$params.x' }] })
    expect(format(parse({ a: '=$ago("1d")' }))).toEqual({ t: '=', l: field('a'), r: literal('$ago("1d")') })
    expect(format(parse({ a: '$request.headers.x-name' }))).toEqual({ t: '=', l: field('a'), r: literal("$request?.headers?.['x-name']") })
  })
  it('takes a written null for IS_NULL', () => {
    expect(parse({ a: null, b: { '<>': null } }).items).toMatchObject([{ op: 'IS_NULL', not: false }, { op: 'IS_NULL', not: true }])
  })
})

/** What a tree means: without ids, without how it was written, ANDs inside ANDs as one, in any order. */
function parseShape(node: Node): Json {
  if (node.kind === 'raw') return node.json
  if (node.kind === 'row') return [node.op, node.not, node.left, node.right.flatMap(meant), node.optional] as Json
  const items = node.items.map(parseShape).flatMap((item) => (node.op !== 'OR' && Array.isArray(item) && item[0] === 'AND' ? item.slice(1) : [item]))
  return items.length === 1 && node.op !== 'NOT' ? items[0]! : [node.op, ...items.sort((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1))]
}

const meant = (o: Operand): Json[] => (o.kind === 'value' && Array.isArray(o.value) ? o.value.map((v) => writeLiteral({ kind: 'value', value: v })) : [o.kind, writeLiteral(o)].slice(o.kind === 'field' ? 0 : 1))

describe('texts in JavaScript', () => {
  it.each(["it's", 'a\nb', 'c:\\d', '', '"', '$params.x', '中文', '\\'])('come back: %j', (text) => {
    expect(unquote(quote(text))).toBe(text)
  })
  it('are told from other JavaScript', () => {
    for (const source of ["'a' + 'b'", "'", "'a\\x41'", "'a\\'", '10', "'a\nb'"]) expect(unquote(source)).toBeUndefined()
  })
  it('insert paths', () => {
    expect(writeLiteral(readSlot('a `${$params.x}`'))).toBe("`a \\`${$params?.x ?? ''}\\``")
  })
})

describe('edits', () => {
  const make = () => {
    const [a, b, c] = [row('a'), row('b'), row('c')]
    const inner = group('OR', [b, c])
    return { root: group('AND', [a, inner]), a, b, c, inner }
  }
  const names = (node: Node): unknown => (node.kind === 'group' ? node.items.map(names) : node.kind === 'row' && node.left[0]?.kind === 'field' ? node.left[0].path : '?')
  it('move by steps, in and out of groups', () => {
    const { root, a, b, c } = make()
    expect(names(edit.step(root, a.id, 'in'))).toEqual([['a', 'b', 'c']])
    expect(names(edit.step(root, b.id, 'out'))).toEqual(['a', ['c'], 'b'])
    expect(names(edit.step(root, b.id, 'up'))).toEqual(['a', 'b', ['c']])
    expect(names(edit.step(root, b.id, 'down'))).toEqual(['a', ['c', 'b']])
    expect(names(edit.step(root, c.id, 'down'))).toEqual(['a', ['b'], 'c'])
    expect(edit.step(root, a.id, 'up')).toBe(root)
    expect(edit.step(root, a.id, 'out')).toBe(root)
  })
  it('never put a group into itself', () => {
    const { root, inner } = make()
    expect(edit.move(root, inner.id, inner.id, 0)).toBe(root)
    expect(edit.move(root, inner.id, root.id, 2)).toBe(root)
    expect(names(edit.move(root, inner.id, root.id, 0))).toEqual([['b', 'c'], 'a'])
  })
  it('wrap, unwrap, duplicate, remove', () => {
    const { root, a, inner } = make()
    const wrapped = edit.wrap(root, a.id, 'NOT')
    expect(names(wrapped.root)).toEqual([['a'], ['b', 'c']])
    expect(names(edit.unwrap(wrapped.root, wrapped.id))).toEqual(['a', ['b', 'c']])
    const twice = edit.duplicate(root, inner.id)
    expect(names(twice.root)).toEqual(['a', ['b', 'c'], ['b', 'c']])
    expect(edit.place(twice.root, inner.items[0]!.id)?.parent.id).toBe(inner.id)
    expect(names(edit.remove(root, inner.id))).toEqual(['a'])
  })
  it('count what counts', () => {
    const { root, a } = make()
    expect(edit.count(edit.toggle(root, a.id))).toBe(2)
  })
})

describe('what a table says', () => {
  it('follows references and json', () => {
    expect(resolve('parent.nick', 'comments', tables)).toMatchObject({ type: 'text', label: 'parent › Nickname' })
    expect(resolve('parent.v', 'comments', tables)).toMatchObject({ type: 'text' })
    expect(resolve('parent.parent.likes', 'comments', tables)).toMatchObject({ type: 'number' })
    expect(resolve('data.a.b', 'comments', tables)).toMatchObject({ type: 'json' })
    for (const path of ['nick.x', 'uid.x', 'gone', 'tags.nick', '', 'data.', 'parent.parent.parent.parent.parent.nick']) expect(resolve(path, 'comments', tables)).toBeUndefined()
    expect(columns('comments', tables).map((c) => c.path)).toContain('parent.status')
  })
  it('complains of what the server would refuse', () => {
    const wrong = (json: Json, rules = {}) => validate(parse(json), 'comments', tables, rules).map((c) => c.key)
    expect(wrong({ post: 'x', likes: { '>': 3 }, status: 'spam', 'parent.nick': { STARTS_WITH: 'a' }, hash: { '>': 'x' } })).toEqual([])
    expect(wrong({ gone: 1 })).toEqual(['unknownField'])
    expect(wrong({ status: 'nope' })).toEqual(['enum'])
    expect(wrong({ likes: 'many' })).toEqual(['type'])
    expect(wrong({ likes: { CONTAINS: '3' } })).toEqual(['operator'])
    expect(wrong({ status: { IN: ['spam', 'x'] } })).toEqual(['enum'])
    expect(wrong({ post: { IN: [] } })).toEqual(['emptyList'])
    expect(wrong({ post: { '=': '$params.x', optional: true } }, { optional: false })).toEqual(['optional'])
    expect(wrong({ a: [1] })).toEqual(['raw'])
  })
  it('keeps operators and values that a new field can have', () => {
    const column = (path: string) => resolve(path, 'comments', tables)
    expect(withField(row('post', 'CONTAINS'), 'nick', column('nick'))).toMatchObject({ op: 'CONTAINS' })
    expect(withField(row('post', 'CONTAINS'), 'likes', column('likes'))).toMatchObject({ op: '=', right: [{ value: '' }] })
    expect(withField(row('post'), 'seen', column('seen'))).toMatchObject({ right: [{ value: true }] })
    expect(withOperator(row('post', '=', [{ kind: 'value', value: 'x' }]), { op: 'IN', not: false })).toMatchObject({ right: [{ value: ['x'] }] })
    expect(withOperator(row('post', 'IN', [{ kind: 'value', value: ['x', 'y'] }]), { op: 'BETWEEN', not: false })).toMatchObject({ right: [{ value: 'x' }, { value: 'y' }] })
    expect(withOperator(row('post'), { op: 'IS_NULL', not: true }).right).toEqual([])
    expect(operators('references').map((c) => c.op)).not.toContain('=')
  })
  it('puts samples where values are not known', () => {
    const root = parse({ post: '$params.post', likes: { '>': '$params.min', optional: true }, status: { IN: '$params.states' } })
    expect(unknowns(root)).toHaveLength(3)
    const column = (path: string) => resolve(path, 'comments', tables)
    expect(sampled(root, { '$params.post': '/a' }, column)).toBeNull()
    expect(formatShort(sampled(root, { '$params.post': '/a', '$params.states': 'spam, waiting' }, column)!)).toEqual({ post: '/a', status: { IN: ['spam', 'waiting'] } })
    expect(formatShort(sampled(root, { '$params.post': '/a', '$params.min': '3', '$params.states': 'spam' }, column)!)).toMatchObject({ likes: { '>': 3 } })
  })
})

describe('the sentence', () => {
  const words = (texts: typeof en) => ({
    say: (key: string, values: Record<string, string> = {}) => (texts.say as Record<string, string>)[key]!.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ''),
    field: (path: string) => path, path: (path: string) => path.replace(/^\$params/, 'query'),
  })
  const json: Json = { post: '$params.post', status: { '<>': 'spam' } }
  it('reads well in both languages', () => {
    expect(sentence(parse(json), words(en))).toBe("post equals query.post and status is not 'spam'")
    expect(sentence(parse(json), words(zh))).toBe("post 等于 query.post 且 status 不是 'spam'")
  })
  it('has brackets where they matter', () => {
    expect(sentence(parse({ a: 1, OR: [{ b: { BETWEEN: [1, 2] } }, { NOT: { c: { IN: ['x', 'y'] }, d: null } }] }), words(en)))
      .toBe("a equals 1 and (b is between 1 and 2 or not (c is one of 'x', 'y' and d is empty))")
    expect(sentence(parse({}), words(en))).toBe('')
  })
  it('has a text for every operator', () => {
    for (const texts of [en, zh]) {
      for (const type of ['text', 'number', 'json', 'datetime', 'enum', 'reference', 'references', 'file', 'boolean', 'generated']) {
        for (const c of operators(type)) expect(sentence(group('AND', [{ ...row('a'), ...c }]), words(texts))).toMatch(/^a/)
      }
    }
  })
})

describe('JSON as text', () => {
  it('tells where it breaks', () => {
    expect(readJson('{"a": 1,\n "b": }')).toMatchObject({ place: { line: 2 } })
    expect(readJson('{"a": 1')).toMatchObject({ place: { line: 1, column: 8 } })
    expect(readJson('  ')).toEqual({ json: null })
  })
  it.each(filters(50))('is laid out and read again: %#', (json) => {
    expect(readJson(pretty(json, 40))).toEqual({ json })
  })
})
