import { describe, expect, it } from 'vitest'
import { cellsOf, Splitter } from '@/pages/import/csv'
import { guess, levelOf } from '@/pages/import/guess'
import { doubled, mapColumns, nameOf, unfilled } from '@/pages/import/mapping'
import { rejects } from '@/pages/import/rejects'
import { sampleText } from '@/pages/import/sample'
import type { Field } from '@/state/project'

describe('CSV', () => {
  it('tells an empty cell from an empty text', () => {
    expect(cellsOf('a,,"",b')).toEqual(['a', null, '', 'b'])
    expect(cellsOf('')).toEqual([null])
    expect(cellsOf('"a ""quoted"" word","two\nlines",')).toEqual(['a "quoted" word', 'two\nlines', null])
  })
  it('is cut into records wherever its pieces end', () => {
    const text = '\uFEFFa,b\r\n1,"x\ny"\r\n\r\n2,"say ""hi"""\n3,z'
    for (let cut = 1; cut < text.length; cut++) {
      const s = new Splitter(true)
      expect([...s.push(text.slice(0, cut)), ...s.push(text.slice(cut)), ...s.end()]).toEqual([
        { line: 1, raw: 'a,b' }, { line: 2, raw: '1,"x\ny"' }, { line: 5, raw: '2,"say ""hi"""' }, { line: 6, raw: '3,z' }])
    }
  })
})

describe('guesses', () => {
  const many = (...values: Array<string | null>) => Array.from({ length: 10 }, () => values).flat()
  const typeOf = (...values: Array<string | null>) => { const g = guess(many(...values)); return g.field.integer ? 'integer' : g.field.type }
  it('know the forms of values', () => {
    expect(typeOf('1', '-20', null)).toBe('integer')
    expect(typeOf('1', '2.5')).toBe('number')
    expect(typeOf('true', 'No')).toBe('boolean')
    expect(typeOf('2026-01-31')).toBe('date')
    expect(typeOf('2026-01-31 10:00', '2026-01-31T10:00:00Z')).toBe('datetime')
    expect(typeOf('a@b.org')).toBe('email')
    expect(typeOf('https://example.org/x')).toBe('url')
    expect(typeOf('{"a":1}', '[1]')).toBe('json')
    expect(guess(many('waiting', 'approved', 'spam')).field).toEqual({ type: 'enum', values: ['approved', 'spam', 'waiting'] })
  })
  it('leave codes with leading zeros a text', () => {
    expect(guess(Array.from({ length: 30 }, (_, i) => `0${4000 + i}`)).field.type).toBe('text')
  })
  it('are surer with more values, and not at all without', () => {
    expect(guess([null, '']).confidence).toBe(0)
    expect(guess(['1']).confidence).toBeLessThan(guess(many('1')).confidence)
    const mixed = guess([...Array.from({ length: 39 }, () => '1'), 'x'])
    expect(mixed.field.type).toBe('number')
    expect(mixed.confidence).toBeLessThan(0.96)
    expect([levelOf(0.95), levelOf(0.7), levelOf(0.1)]).toEqual(['high', 'medium', 'low'])
  })
})

describe('a mapping', () => {
  const fields: Record<string, Field> = { nick: { type: 'text', label: 'Nickname', required: true }, created: { type: 'date' }, short: { type: 'generated' }, likes: { type: 'number', required: true, default: 0 } }
  it('goes by name, label and likeness, and uses no field twice', () => {
    expect(mapColumns(['NICK', 'Nickname', 'likes', 'short', 'uid', 'Created At'], fields)).toEqual({ NICK: '', Nickname: 'nick', likes: 'likes', short: '', uid: 'uid', 'Created At': 'created_at' })
  })
  it('tells what is doubled and what is missing', () => {
    expect(doubled({ a: 'nick', b: 'nick', c: '', d: '' })).toEqual(['nick'])
    expect(unfilled({ a: 'likes' }, fields)).toEqual(['nick'])
  })
  it('names fields of columns', () => {
    expect(nameOf('First Name', [])).toBe('first_name')
    expect(nameOf('createdAt', [])).toBe('created_at_2')
    expect(nameOf('Prénom', ['prenom'])).toBe('prenom_2')
    expect(nameOf('2nd', [])).toBe('c_2nd')
    expect(nameOf('标题', [])).toBe('column')
  })
})

describe('a sample', () => {
  it('of CSV has columns and rows', () => {
    expect(sampleText('a,b\n1,\n', 'csv')).toEqual({ format: 'csv', columns: ['a', 'b'], rows: [['1', null]] })
    expect(sampleText('a;b\n1;2\n', 'csv').problem).toBe('delimiter')
    expect(sampleText('a,a\n', 'csv').problem).toBe('doubled')
    expect(sampleText('', 'csv').problem).toBe('empty')
  })
  it('of NDJSON has the names of all records', () => {
    expect(sampleText('{"a":1}\n{"b":{"c":2},"a":null}', 'ndjson')).toEqual({ format: 'ndjson', columns: ['a', 'b'], rows: [['1', null], [null, '{"c":2}']] })
    expect(sampleText('[1]', 'ndjson').problem).toBe('json')
  })
  it('leaves a last line out that may be cut', () => {
    expect(sampleText('a\n1\n2', 'csv', false).rows).toEqual([['1']])
  })
})

it('refused records are given back with their reasons', async () => {
  const csv = await rejects(new Blob(['a,b\n1,"x\ny"\n2,z\n3,w\n']), 'csv', [{ line: 2, message: 'No "x".' }, { line: 5, message: 'No.' }])
  expect(await csv.text()).toBe('line,reason,a,b\n2,"No ""x"".",1,"x\ny"\n5,"No.",3,w\n')
  const json = await rejects(new Blob(['{"a":1}\n{"a":2}\n']), 'ndjson', [{ line: 2, message: 'No.' }])
  expect(await json.text()).toBe('{"line":2,"reason":"No.","record":{"a":2}}\n')
})
