// @vitest-environment node
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { complaint, complete, durationOf, emptyOf, renamed, secretKind, settingsOf, slotText, slotValue, textsOf, textsValue, withMember, type Json, type Schema, type Setting, type Settings } from '../src/flow/schemaForm'
import { bytes, History, nodeOf, problemsAt, reconcile, stepOf, summary, traced, type Step } from '../src/flow/steps'

// The schemas of the middlewares as they are in the document of the admin API, so that they are never older than the server.
const document = JSON.parse(readFileSync(new URL('../../.task/openapi.json', import.meta.url), 'utf8')) as { components: { schemas: Record<string, Schema> } }
const middlewares = Object.entries(document.components.schemas.Definitionstep?.anyOf?.[1]?.properties ?? {})
const schemaOf = (name: string) => middlewares.find(([n]) => n === name)?.[1] as Schema

/** A value that the control of a setting makes. */
function sample(s: Setting): Json {
  switch (s.kind) {
    case 'boolean': return true
    case 'integer': case 'number': return s.min ?? 1
    case 'choice': return s.values[0] as string
    case 'choices': return [s.values[0] as string]
    case 'texts': return ['a', 'b']
    case 'duration': return `5${s.units[0]}`
    case 'secret': return { env: 'NAME' }
    case 'object': return Object.fromEntries(s.members.map((m) => [m.name, sample(m)]))
    case 'map': return { x: sample(s.item as Setting) }
    case 'list': return [sample(s.item as Setting)]
    default: return 'text'
  }
}

describe('the form of each middleware', () => {
  it('knows all of them', () => expect(middlewares.map(([n]) => n)).toContain('rate_limit'))
  it.each(middlewares)('%s: each setting has a control of its own, and writes back what it reads', (_name, schema) => {
    const settings = settingsOf(schema)
    expect(settings.map((s) => s.name).sort()).toEqual(Object.keys(schema.properties ?? {}).sort())
    let value: Settings = { kept: 'what the form does not know stays' }
    for (const s of settings) {
      expect(s.kind, s.name).not.toBe('any')
      const given = sample(s)
      value = withMember(value, s.name, given)
      expect(value[s.name]).toEqual(given)
      expect(complaint(s, given)).toBe(s.pattern && s.kind === 'text' ? complaint(s, given) : '')
      expect(emptyOf(s)).not.toBeUndefined()
    }
    expect(complete(value, schema)).toBe(true)
    for (const s of settings) value = withMember(value, s.name, undefined)
    expect(value).toEqual({ kept: 'what the form does not know stays' })
  })
  it('finds what the schemas mean', () => {
    const kinds = (name: string) => Object.fromEntries(settingsOf(schemaOf(name)).map((s) => [s.name, s.kind]))
    expect(kinds('rate_limit')).toEqual({ limit: 'integer', per: 'duration', by: 'slot', headers: 'boolean' })
    expect(kinds('basic_auth')).toMatchObject({ users: 'map' })
    expect(kinds('auth')).toMatchObject({ accept: 'choices', roles: 'texts', scope: 'choice', jwt: 'object' })
    expect(kinds('webhook')).toMatchObject({ url: 'slot', headers: 'map', secret: 'secret', timeout: 'duration', on: 'choices' })
    expect(settingsOf(schemaOf('webhook')).find((s) => s.name === 'url')?.orSecret).toBe(true)
    expect(settingsOf(schemaOf('rate_limit'))[0]?.name).toBe('limit')
  })
  it('resolves references', () => {
    const [by] = settingsOf({ properties: { by: { $ref: '#/x' } } }, (ref) => (ref === '#/x' ? { type: 'integer' } : undefined))
    expect(by?.kind).toBe('integer')
  })
})

describe('values', () => {
  const [limit] = settingsOf(schemaOf('rate_limit'))
  it('are complained of', () => {
    expect(complaint(limit as Setting, undefined)).toBe('required')
    expect(complaint(limit as Setting, 0)).toBe('range')
    expect(complaint(limit as Setting, 'x')).toBe('whole')
    expect(complaint(limit as Setting, 5)).toBe('')
  })
  it('of slots are texts or JSON', () => {
    for (const v of ['', '$request.ip', '={a: 1}.a', 'text ${$record.x}', { a: [1, '$x'] }, ['a'], '{not json'] as Json[]) expect(slotValue(slotText(v)) ?? '').toEqual(v)
  })
  it('of texts stay one text where they were one', () => {
    expect(textsValue(['a'], 'b', true)).toBe('a')
    expect(textsValue(['a'], ['b'], true)).toEqual(['a'])
    expect(textsValue(['a'], 'b', false)).toEqual(['a'])
    expect(textsValue([], 'b', true)).toBeUndefined()
    expect(textsOf('a')).toEqual(['a'])
  })
  it('of time have a unit', () => {
    expect(durationOf('90s', ['s', 'm'])).toEqual({ count: '90', unit: 's' })
    expect(durationOf(undefined, ['m'])).toEqual({ count: '', unit: 'm' })
  })
  it('of secrets come from somewhere', () => {
    const values: Array<Json | undefined> = [undefined, { stored: 'x' }, { env: 'X' }, { file: '/x' }, { value: '' }]
    expect(values.map(secretKind)).toEqual(['none', 'stored', 'env', 'file', 'value'])
  })
  it('renamed stays in its place', () => expect(Object.keys(renamed({ a: 1, b: 2, c: 3 }, 'b', 'x'))).toEqual(['a', 'x', 'c']))
})

describe('the flow', () => {
  const steps: Step[] = [{ cors: {} }, { rate_limit: { limit: 60 } }, 'main', { email: { to: 'a@example.org', subject: 'x' } }]
  it('round-trips the project file, bare names too', () => {
    const written: Step[] = [...steps, 'cors', { cors: null }]
    expect(written.map(nodeOf).map(stepOf)).toEqual([...steps, 'cors', { cors: {} }])
  })
  it('keeps the keys of steps that moved or changed', () => {
    const before = reconcile(steps, [])
    const after = reconcile(['main', { rate_limit: { limit: 5 } }, { cors: {} }], before)
    const key = (list: typeof before, name: string) => list.find((n) => n.name === name)?.key
    for (const name of ['main', 'rate_limit', 'cors']) expect(key(after, name)).toBe(key(before, name))
  })
  it('without steps is main', () => expect(reconcile(undefined, []).map((n) => n.name)).toEqual(['main']))
  it('sums up settings', () => {
    const say = (s: Step) => summary(nodeOf(s))
    expect(say({ rate_limit: { limit: 60 } })).toBe('60 / 1m by ip')
    expect(say({ rate_limit: { limit: 5, per: '1h', by: '$auth.id' } })).toBe('5 / 1h by id')
    expect(say({ email: { to: { env: 'OWNER' }, subject: 'x' } })).toBe('$OWNER')
    expect(say({ webhook: { url: 'https://example.org/hook' } })).toBe('example.org/hook')
    expect(say({ cors: {} })).toBe('*')
    expect(say({ something_new: { a: 1, b: 'x' } })).toBe('a 1 · b x')
    expect(bytes(65536)).toBe('64 KiB')
  })
  it('says where a trial ended', () => {
    const nodes = reconcile(steps, [])
    const [cors, limit, main] = nodes.map((n) => n.key) as [string, string, string, string]
    const whole = traced(nodes, [{ name: 'main', ms: 4 }, { name: 'rate_limit', ms: 5 }, { name: 'cors', ms: 5.5 }])
    expect(whole.get(limit)).toMatchObject({ ms: 1, stopped: false, reached: true })
    const ended = traced(nodes, [{ name: 'rate_limit', ms: 1, error: 'rate_limited' }, { name: 'cors', ms: 1.5, error: 'rate_limited' }])
    expect(ended.get(limit)).toMatchObject({ stopped: true, error: 'rate_limited' })
    expect(ended.get(cors)).toMatchObject({ stopped: false, error: '' })
    expect(ended.get(main)?.reached).toBe(false)
    expect(traced(nodes, null).size).toBe(0)
  })
  it('finds the problems of a step', () => {
    const problems = [{ path: ['endpoints', 'x', 'middlewares', '1', 'rate_limit', 'limit'], message: 'a' }, { path: ['middlewares', '1', 'rate_limit'], message: 'b' }, { path: ['middlewares', '3', 'email', 'to'], message: 'c' }]
    expect(problemsAt(problems, 1).map((p) => p.path)).toEqual([['limit'], []])
    expect(problemsAt(problems, 0)).toEqual([])
  })
  it('undoes and redoes; changes of a group count as one', () => {
    const h = new History<number>()
    h.record(1)
    h.record(2, 'card')
    h.record(3, 'card')
    expect(h.undo(4)).toBe(2)
    expect(h.undo(2)).toBe(1)
    expect(h.undo(1)).toBeUndefined()
    expect(h.redo(1)).toBe(2)
  })
})
