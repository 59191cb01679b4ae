import { describe, expect, it } from 'vitest'
import type { TableLike } from '@/filter/check'
import * as edit from '@/shape/edit'
import { names, namesAt } from '@/shape/names'
import * as presets from '@/shape/presets'
import { format, inside, parse, validate, type Json, type Shape } from '@/shape/shape'
import { dice } from './filters'

type Dice = ReturnType<typeof dice>
const texts = ['$record.nick', '$records', '$request.headers.x-a', 'plain', '', '=$total > 0', '=$records.length', '=$record.replies.length', 'Hello ${$record.nick}', '${$total}', '$$5', '==x', '$omit', '$9', '$total + 1', '=']
const leaf = (d: Dice): Json => (d.roll(3) ? d.pick(texts) : d.pick<Json>([1, -2.5, true, null, false]))

function value(d: Dice, depth: number): Json {
  if (depth === 0 || d.roll(4) === 0) return leaf(d)
  switch (d.roll(7)) {
    case 0: return Array.from({ length: d.roll(4) }, () => value(d, depth - 1))
    case 1: return [each(d, depth)]
    case 2: return [each(d, depth), value(d, depth - 1), each(d, depth)]
    case 3: return { ...each(d, depth), $key: d.pick(texts) }
    case 4: return { ...(d.roll(2) && { $if: leaf(d) }), $value: value(d, depth - 1) }
    case 5: return { $spread: d.roll(2) ? '$record' : ['$record', '$params'], ...object(d, depth) }
    default: return { ...(d.roll(3) === 0 && { $if: leaf(d) }), ...object(d, depth) }
  }
}
const object = (d: Dice, depth: number): { [name: string]: Json } => Object.fromEntries(Array.from({ length: d.roll(4) }, (_, i) => [d.pick([`a${i}`, '$record.key', '=1+1', '${$total}', 'x']), value(d, depth - 1)]))
const each = (d: Dice, depth: number): { [name: string]: Json } => ({
  $each: d.pick<Json>(['$records', '$params.tags', ['$records', '$record.children']]), ...(d.roll(2) && { $as: 'r' }), ...(d.roll(4) === 0 && { $index: 'i' }), ...(d.roll(4) === 0 && { $if: '=1' }),
  ...(d.roll(3) === 0 ? { $value: value(d, depth - 1) } : object(d, depth)),
})
const templates = (n: number): Json[] => Array.from({ length: n }, (_, i) => value(dice(i + 7), 1 + (i % 4)))

const tables = (name: string): TableLike | undefined => ({
  comments: { fields: { nick: { type: 'text', label: 'Nickname' }, email: { type: 'email', hidden: true }, parent: { type: 'reference', to: 'comments', display: 'nick' } } },
} as Record<string, TableLike>)[name]

describe('templates', () => {
  it.each(templates(400))('are written as they were read: %#', (json) => {
    expect(format(parse(json))).toEqual(json)
  })
  it('keep what the panel does not know', () => {
    for (const json of [{ $each: '$records', a: 1 }, { $as: 'x' }, { $value: 1, a: 2 }, '$9', [{ $each: '$records', $value: 1, a: 2 }], { $if: 1, $value: { $if: 2, $value: 3 } }] as Json[]) {
      expect(format(parse(json))).toEqual(json)
    }
  })
  it('tell kinds apart', () => {
    const kinds = (list: Json[]) => list.map((json) => parse(json).kind)
    expect(kinds(['$record.nick', '=1', 'a ${$total}', '=$records.length', '$$5', 'text', 1, null, '$omit', {}, [], [1], [{ $each: '$records' }], { $each: '$records', $key: '$record.uid' }, '$9']))
      .toEqual(['path', 'script', 'text', 'count', 'constant', 'constant', 'constant', 'constant', 'omit', 'object', 'array', 'array', 'each', 'each', 'raw'])
  })
  it('know what would be refused', () => {
    const wrong = (shape: Shape) => validate(shape).map((c) => c.key)
    expect(wrong(parse({ a: '$record.nick', b: [{ $each: '$records', id: '$record.uid' }] }))).toEqual([])
    const root = parse({ a: 1, b: 2 })
    const [a] = inside(root)
    expect(wrong(edit.update(root, a!.id, (n) => ({ ...n, key: 'b' })))).toEqual(['twice', 'twice'])
    expect(wrong(edit.update(root, a!.id, (n) => ({ ...n, key: '' })))).toEqual(['noKey'])
    expect(wrong(edit.update(root, a!.id, (n) => ({ ...n, key: '$each' })))).toEqual(['directive'])
    expect(wrong(parse({ a: '$9' }))).toEqual(['raw'])
  })
})

describe('edits of a template', () => {
  const root = () => parse({ a: '$record.a', list: [{ $each: '$records', b: '$record.b' }], c: 3 })
  const at = (tree: Shape, key: string): Shape => {
    const search = (node: Shape): Shape | undefined => (node.key === key ? node : inside(node).map(search).find(Boolean))
    return search(tree)!
  }
  it('move members by steps, into lists and out of them', () => {
    const tree = root()
    expect(format(edit.step(tree, at(tree, 'a').id, 'in'))).toEqual({ list: [{ $each: '$records', a: '$record.a', b: '$record.b' }], c: 3 })
    expect(Object.keys(format(edit.step(tree, at(tree, 'b').id, 'out')) as object)).toEqual(['a', 'list', 'b', 'c'])
    expect(Object.keys(format(edit.step(tree, at(tree, 'c').id, 'up')) as object)).toEqual(['a', 'c', 'list'])
    expect(edit.step(tree, at(tree, 'a').id, 'up')).toBe(tree)
    expect(edit.step(tree, at(tree, 'a').id, 'out')).toBe(tree)
  })
  it('never lose a name, and never put anything into itself', () => {
    const tree = parse({ a: 1, inner: { a: 2 } })
    const inner = at(tree, 'inner')
    expect(format(edit.move(tree, inside(inner)[0]!.id, tree.id, 2))).toEqual({ a: 1, inner: {}, a_2: 2 })
    expect(edit.move(tree, inner.id, inner.id, 0)).toBe(tree)
  })
  it('duplicate, nest, remove, change the kind', () => {
    const tree = root()
    expect(format(edit.duplicate(tree, at(tree, 'c').id).root)).toMatchObject({ c: 3, c_2: 3 })
    expect(format(edit.nest(tree, tree.id, 'data'))).toEqual({ data: format(tree) })
    expect(format(edit.nest(tree, at(tree, 'c').id, 'value'))).toMatchObject({ c: { value: 3 } })
    expect(format(edit.remove(tree, at(tree, 'list').id))).toEqual({ a: '$record.a', c: 3 })
    expect(format(edit.become(at(tree, 'list'), 'count'))).toBe('=$records.length')
    expect(format(edit.become(parse('$record.nick'), 'text'))).toBe('${$record.nick}')
    expect(format(edit.become(parse({ a: 1 }), 'each'))).toEqual([{ $each: '$records', a: 1 }])
  })
})

describe('names in scope', () => {
  const surroundings = { kind: 'LIST', table: 'comments', tables, scope: [{ path: '$params.post', type: 'text' }, { path: '$record.replies', type: 'list', table: 'comments' }] }
  it('are those of the kind, then of the $each around', () => {
    const all = names(surroundings)
    expect(all.map((n) => n.path)).toEqual(expect.arrayContaining(['$records', '$total', '$params.post']))
    const tree = parse([{ $each: '$records', id: '$record.uid', replies: [{ $each: '$record.replies', $as: 'reply', $index: 'i', nick: '$reply.nick' }] }])
    const item = inside(tree)[0]!
    const outer = namesAt(tree, inside(item)[0]!.id, all, surroundings).map((n) => n.path)
    expect(outer).toEqual(expect.arrayContaining(['$record.nick', '$record.parent.nick', '$record.replies']))
    expect(outer).not.toContain('$record.email')
    const reply = inside(inside(item)[1]!)[0]!
    expect(namesAt(tree, inside(reply)[0]!.id, all, surroundings).map((n) => n.path)).toEqual(expect.arrayContaining(['$reply.nick', '$i', '$record.nick']))
  })
})

describe('presets', () => {
  const about = { kind: 'LIST', table: 'comments', tables }
  it.each(Object.keys(presets.responses))('%s is a template that the panel knows', (key) => {
    for (const kind of ['LIST', 'VIEW']) {
      const json = presets.responses[key]!({ ...about, kind })
      expect(validate(parse(json))).toEqual([])
      expect(JSON.stringify(json)).not.toContain('email')
    }
  })
  it.each(Object.keys(presets.errors))('%s answers errors', (key) => {
    expect(validate(parse(presets.errors[key]!().body))).toEqual([])
  })
})
