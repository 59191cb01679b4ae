import { describe, expect, it } from 'vitest'
import { changesOf, stricter } from '@/pages/schema/model/changes'
import { defaultOf, defaultText } from '@/pages/schema/model/default'
import { added, changedField, definitionOf, draftOf, faultOf, lackOf, movedTo, without, type Draft } from '@/pages/schema/model/draft'
import { useHistory } from '@/state/history'
import { rebase } from '@/pages/schema/model/rebase'
import { refused } from '@/pages/schema/model/refused'
import { asName, guess, nameFault, retyped, takes, tidy } from '@/pages/schema/model/fieldType'
import type { Field, Table } from '@/state/project'

const table: Table = {
  label: 'Comments', unique: [['nick', 'post']],
  fields: { post: { type: 'text', required: true }, nick: { type: 'text', max: 64 }, likes: { type: 'number', integer: true, default: 0 } },
}
const saved = draftOf('comments', table)
const set = (d: Draft, key: string, change: Partial<Field>) => changedField(d, key, (f) => ({ ...f, def: { ...f.def, ...change } }))

describe('a draft', () => {
  it('is the definition again', () => {
    expect(definitionOf(saved)).toEqual(table)
    expect(changesOf(saved, saved)).toEqual([])
  })
  it('says what a renamed field was, and nothing that is empty', () => {
    const next = set(changedField(saved, 'nick', (f) => ({ ...f, name: 'name' })), 'nick', { label: '', hidden: false })
    expect(definitionOf(next).fields).toEqual({ post: { type: 'text', required: true }, name: { was: 'nick', type: 'text', max: 64 }, likes: { type: 'number', integer: true, default: 0 } })
    expect(Object.keys(definitionOf(next).fields ?? {})).toEqual(['post', 'name', 'likes'])
  })
  it('keeps zero and false where they mean something', () => {
    expect(tidy({ type: 'number', min: 0, default: 0, required: false })).toEqual({ type: 'number', min: 0, default: 0 })
  })
})

describe('changes', () => {
  it('are what comes, changes and goes, in this order', () => {
    let d = added(saved, 'email', { type: 'email' }).draft
    d = changedField(d, 'nick', (f) => ({ ...f, name: 'name' }))
    d = set(d, 'nick', { max: 80, required: true })
    d = changedField(d, 'likes', (f) => ({ ...f, def: retyped(f.def, 'text') }))
    d = without(d, 'post')
    d = { ...d, name: 'notes', settings: { ...d.settings, label: 'Notes' } }
    expect(changesOf(saved, d).map((c) => c.kind)).toEqual(['renameTable', 'table', 'rename', 'change', 'retype', 'change', 'add', 'drop'])
    expect(changesOf(saved, d).find((c) => c.kind === 'change')).toMatchObject({ field: 'name', edits: [{ attribute: 'max', before: 64, after: 80 }, { attribute: 'required', before: undefined, after: true }] })
  })
  it('see another order, and only that', () => {
    expect(changesOf(saved, movedTo(saved, 'likes', 0))).toEqual([{ kind: 'order' }])
    expect(changesOf(saved, without(saved, 'post')).map((c) => c.kind)).toEqual(['drop'])
  })
  it('know which rules records of before may break', () => {
    const d = set(set(saved, 'nick', { max: 3 }), 'post', { label: 'Post' })
    expect(stricter(changesOf(saved, d))).toEqual(['nick'])
    expect(stricter(changesOf(saved, changedField(saved, 'nick', (f) => ({ ...f, def: { type: 'text' } }))))).toEqual([])
  })
})

describe('names', () => {
  it('are made of what was typed', () => {
    expect(asName('First name')).toBe('first_name')
    expect(asName('createdAt')).toBe('created_at')
    expect(asName('2nd-best')).toBe('_2nd_best')
    expect(asName('  e-mail ')).toBe('e_mail')
  })
  it('are refused as the server does', () => {
    expect(nameFault('', [])).toBe('empty')
    expect(nameFault('a b', [])).toBe('form')
    expect(nameFault('Created_At', [])).toBe('reserved')
    expect(nameFault('Nick', ['nick'])).toBe('taken')
    const d = changedField(without(saved, 'post'), 'nick', (f) => ({ ...f, name: 'post' }))
    expect(faultOf(d, saved, d.fields[0]!)).toBe('saved')
    const own = changedField(saved, 'nick', (f) => ({ ...f, name: 'Nick' }))
    expect(faultOf(own, saved, own.fields[1]!)).toBe(null)
  })
  it('suggest a type', () => {
    expect(guess('email').type).toBe('email')
    expect(guess('created').type).toBe('datetime')
    expect(guess('published_at').type).toBe('datetime')
    expect(guess('is_active').type).toBe('boolean')
    expect(guess('price').type).toBe('number')
    expect(guess('author', ['authors'])).toEqual({ type: 'reference', to: 'authors' })
    expect(guess('category_id', ['categories'])).toEqual({ type: 'reference', to: 'categories' })
    expect(guess('tags', ['tags'])).toEqual({ type: 'references', to: 'tags' })
    expect(guess('title').type).toBe('text')
  })
})

describe('the form of a field', () => {
  it('shows what fits the type', () => {
    expect(takes('enum', 'values')).toBe(true)
    expect(takes('number', 'pattern')).toBe(false)
    expect(takes('generated', 'required')).toBe(false)
    expect(takes('file', 'label')).toBe(true)
  })
  it('keeps what still fits another type', () => {
    expect(retyped({ type: 'text', required: true, max: 64, pattern: 'x', label: 'L' }, 'number')).toEqual({ type: 'number', required: true, label: 'L' })
    expect(retyped({ type: 'text', max: 64, default: 'a' }, 'email')).toEqual({ type: 'email', max: 64, default: 'a' })
    expect(retyped({ type: 'text' }, 'enum')).toEqual({ type: 'enum', values: [] })
    expect(retyped({ type: 'enum', values: ['a'], default: 'a' }, 'text')).toEqual({ type: 'text', default: 'a' })
  })
  it('knows what a type wants', () => {
    const lack = (def: Field) => lackOf({ key: 'k', was: null, name: 'n', def })
    expect(lack({ type: 'enum', values: [] })).toBe('values')
    expect(lack({ type: 'reference' })).toBe('to')
    expect(lack({ type: 'generated', expression: ' ' })).toBe('expression')
    expect(lack({ type: 'text' })).toBe(null)
  })
  it('reads defaults as the type means them', () => {
    expect(defaultOf('5', 'number')).toBe(5)
    expect(defaultOf('5', 'text')).toBe('5')
    expect(defaultOf('$request.ip', 'number')).toBe('$request.ip')
    expect(defaultOf('true', 'boolean')).toBe(true)
    expect(defaultOf('{"a":1}', 'json')).toEqual({ a: 1 })
    expect(defaultOf('', 'text')).toBe(undefined)
    for (const v of [5, true, { a: 1 }, '=$now()']) expect(defaultOf(defaultText(v), typeof v === 'number' ? 'number' : typeof v === 'boolean' ? 'boolean' : 'json')).toEqual(v)
  })
})

describe('two people at once', () => {
  const theirs = draftOf('comments', { ...table, fields: { post: { type: 'text', required: true, label: 'Post' }, nick: { type: 'text', max: 50 }, mood: { type: 'text' } } })
  it('put their changes together', () => {
    const mine = set(added(saved, 'email', { type: 'email' }).draft, 'post', { index: true })
    const { draft, clashes } = rebase(saved, mine, theirs)
    expect(clashes).toEqual([])
    expect(definitionOf(draft).fields).toEqual({ post: { type: 'text', required: true, label: 'Post', index: true }, nick: { type: 'text', max: 50 }, email: { type: 'email' }, mood: { type: 'text' } })
  })
  it('name what both changed', () => {
    const { draft, clashes } = rebase(saved, set(saved, 'nick', { max: 80 }), theirs)
    expect(clashes).toEqual([{ field: 'nick', attribute: 'max', mine: 80, theirs: 50 }])
    expect(definitionOf(draft).fields?.nick).toEqual({ type: 'text', max: 80 })
  })
  it('keep a field that they dropped and I changed, as a new one', () => {
    const { draft, clashes } = rebase(saved, set(saved, 'likes', { min: 0 }), theirs)
    expect(clashes.map((c) => c.field)).toEqual(['likes'])
    expect(draft.fields.find((f) => f.name === 'likes')?.was).toBe(null)
  })
  it('do not fight over the same new field', () => {
    const mine = added(saved, 'mood', { type: 'text' }).draft
    const { draft, clashes } = rebase(saved, mine, theirs)
    expect(clashes).toEqual([])
    expect(draft.fields.filter((f) => f.name === 'mood').map((f) => f.was)).toEqual(['mood'])
  })
})

describe('the past', () => {
  it('goes back and forth, and takes typing for one step', () => {
    const h = useHistory('')
    for (const text of ['a', 'ab', 'abc']) h.change(text, 'name')
    h.change('x')
    h.undo()
    expect(h.present.value).toBe('abc')
    h.undo()
    expect([h.present.value, h.canUndo.value]).toEqual(['', false])
    h.redo()
    h.redo()
    expect(h.present.value).toBe('x')
    h.undo()
    h.change('y')
    expect(h.canRedo.value).toBe(false)
  })
})

describe('a refusal', () => {
  it('tells whose it is', () => {
    expect(refused([
      { path: ['tables', 'comments', 'fields', 'nick', 'pattern'], offset: 0, message: 'bad', hint: 'mend' },
      { path: ['endpoints', 'list', 'filter'], offset: 0, message: 'unknown field', hint: '' },
      { path: ['fields', 'a'], offset: 0, message: 'm', hint: '' },
    ], 'comments')).toEqual([
      { kind: 'field', name: 'nick', place: 'pattern', message: 'bad; mend' },
      { kind: 'endpoint', name: 'list', place: 'filter', message: 'unknown field' },
      { kind: 'field', name: 'a', place: '', message: 'm' },
    ])
  })
})
