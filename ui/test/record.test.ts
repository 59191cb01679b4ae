import { describe, expect, it } from 'vitest'
import { compare, merged, open, settled } from '@/record/conflict'
import { curl } from '@/record/curl'
import { parseRow } from '@/record/exact'
import { hasThumb, previewOf } from '@/record/preview'
import { byWords } from '@/record/records'
import { referrersOf } from '@/record/referrers'
import { bytes } from '@/record/sizes'
import { fromLocal, toLocal, zoneOf } from '@/record/times'
import { changesOf, kindOf, sameIn, sent, titleOf } from '@/record/values'
import type { Field } from '@/state/project'

const fields: Record<string, Field> = {
  nick: { type: 'text', max: 20 }, likes: { type: 'number' }, post: { type: 'reference', to: 'posts' }, tags: { type: 'references', to: 'tags' },
  file: { type: 'file' }, files: { type: 'file', many: true }, meta: { type: 'json' }, number: { type: 'autonumber' },
}

describe('values', () => {
  it('are sent as the API takes them', () => {
    expect(sent(fields.post!, { u: 'a', v: 'A' })).toBe('a')
    expect(sent(fields.tags!, [{ u: 'a', v: 'A' }, 'b'])).toEqual(['a', 'b'])
    const file = { name: 'a.txt', size: 1, type: 'text/plain', sha256: 'ff', url: '/files/x?e=1&s=2' }
    expect(sent(fields.file!, file)).toEqual({ name: 'a.txt', sha256: 'ff' })
    expect(sent(fields.files!, [file])).toEqual([{ name: 'a.txt', sha256: 'ff' }])
    expect(sent(fields.nick!, undefined)).toBeNull()
  })
  it('are the same however they are written', () => {
    expect(sameIn(fields.likes!, 3, '3')).toBe(true)
    expect(sameIn(fields.likes!, 3, '+03.00')).toBe(true)
    expect(sameIn(fields.likes!, '12345678901234567890', '12345678901234567891')).toBe(false)
    expect(sameIn(fields.likes!, 0, null)).toBe(false)
    expect(sameIn(fields.post!, { u: 'a', v: 'old name' }, { u: 'a', v: 'new name' })).toBe(true)
    expect(sameIn(fields.meta!, { a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true)
    expect(sameIn(fields.nick!, '', null)).toBe(false)
    expect(sameIn(fields.files!, null, [])).toBe(true)
  })
  it('changes hold what differs and can be written', () => {
    expect(changesOf(fields, { nick: 'a', likes: 1 }, { nick: 'a', likes: '2', number: 7, gone: 1 })).toEqual({ likes: '2' })
  })
  it('choose an input', () => {
    expect([kindOf({ type: 'text', max: 20 }), kindOf({ type: 'text' }), kindOf({ type: 'text', max: 5000 }), kindOf({ type: 'generated' })]).toEqual(['line', 'text', 'text', 'shown'])
  })
  it('give a record its title', () => {
    expect(titleOf(fields, { uid: 'u1', nick: 'Ada' })).toBe('Ada')
    expect(titleOf(fields, { uid: 'u1', nick: ' ' })).toBe('u1')
  })
})

describe('a conflict', () => {
  const base = { nick: 'a', likes: 1, meta: { x: 1 } }
  const mine = { nick: 'b', likes: '2', meta: { x: 1 } }
  it('leaves what only one changed to that one', () => {
    const list = compare(fields, base, mine, { ...base, nick: 'c', meta: { x: 2 }, uid: 'u', version: 2 })
    expect(list.map((d) => [d.name, d.standing])).toEqual([['nick', 'both'], ['likes', 'mine'], ['meta', 'theirs']])
    const choices = settled(list)
    expect(open(list, choices)).toEqual(['nick'])
    expect(merged(list, { ...choices, nick: 'mine' })).toEqual({ nick: 'b', likes: '2' })
    expect(merged(list, { ...choices, nick: 'theirs' })).toEqual({ likes: '2' })
  })
  it('is none where both did the same', () => {
    const list = compare(fields, base, { nick: 'c' }, { ...base, nick: 'c', uid: 'u', version: 2 })
    expect(list.map((d) => d.standing)).toEqual(['agreed'])
    expect(merged(list, settled(list))).toEqual({})
    expect(merged(list, { nick: 'mine' })).toEqual({})
  })
})

describe('numbers', () => {
  it('keep the digits that JavaScript would round', () => {
    const row = parseRow('{"uid":"u","version":1,"big":12345678901234567890.5,"plain":1.50,"exponent":1e3,"small":0.1,"meta":{"n":12345678901234567890}}')
    expect(row.plain).toBe(1.5)
    expect(row.exponent).toBe(1000)
    expect(row.small).toBe(0.1)
    if (process.versions.node.split('.')[0]! >= '22') expect(row.big).toBe('12345678901234567890.5')
    expect(row.meta).toEqual({ n: 12345678901234567890 })
  })
})

describe('moments', () => {
  it('are shown and read by the clock of the timezone', () => {
    expect(toLocal('2026-11-23T05:28:00.000Z', 'Asia/Shanghai')).toBe('2026-11-23T13:28')
    expect(toLocal('2026-11-23T05:28:01.230Z', 'UTC')).toBe('2026-11-23T05:28:01.230')
    expect(fromLocal('2026-11-23T13:28', 'Asia/Shanghai')).toBe('2026-11-23T05:28:00.000Z')
    expect(fromLocal('2026-07-01T12:00', 'America/New_York')).toBe('2026-07-01T16:00:00.000Z')
    expect(fromLocal('2026-01-01T12:00', 'America/New_York')).toBe('2026-01-01T17:00:00.000Z')
    expect(fromLocal('nonsense', 'UTC')).toBe('nonsense')
    expect(zoneOf('Nowhere/Else')).toBe('UTC')
  })
})

describe('previews', () => {
  it('run nothing', () => {
    for (const type of ['text/html; charset=utf-8', 'image/svg+xml', 'application/xhtml+xml', 'text/xml', 'application/javascript']) expect(previewOf(type)).toBe('text')
    expect(previewOf('application/x-msdownload')).toBe('none')
    expect([previewOf('image/png'), previewOf('application/pdf'), previewOf('video/mp4')]).toEqual(['image', 'pdf', 'video'])
    expect(hasThumb('image/svg+xml')).toBe(false)
  })
})

it('a command for the shell quotes what a record holds', () => {
  expect(curl('https://x.org/r', { nick: "'; rm -rf / #" })).toContain(String.raw`--data-raw '{"data":{"nick":"'\''; rm -rf / #"}}'`)
})

it('words find what is displayed, or a uid', () => {
  expect(byWords('', undefined)).toBeUndefined()
  expect(byWords('50%', ['nick', fields.nick!])).toEqual({ nick: { ILIKE: String.raw`%50\%%` } })
  expect(byWords('7', ['number', fields.number!])).toEqual({ number: 7 })
})

it('referrers are the fields that point here', () => {
  expect(referrersOf([['comments', { label: 'Comments', fields }], ['tags', {}]], 'posts')).toEqual([
    { table: 'comments', label: 'Comments', field: 'post', fieldLabel: 'post', many: false, onDelete: 'restrict' }])
})

it('bytes are told in units', () => {
  expect([bytes(0), bytes(999), bytes(1500), bytes(12_345_678)]).toEqual(['0 B', '999 B', '1.5 kB', '12 MB'])
})
