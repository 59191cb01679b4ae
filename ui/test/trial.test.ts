import { describe, expect, it } from 'vitest'
import type { Definition } from '@/pages/endpoint/draft'
import { rowsOf } from '@/pages/endpoint/params'
import { bodyPath, emptyInputs, fieldsOfPath, missingInPath, requestOf } from '@/trial/request'
import { snippet } from '@/trial/snippets'
import { ownSteps } from '@/trial/steps'
import type { Inputs } from '@/trial/exchange'

function built(definition: object, inputs: Partial<Inputs>) {
  const d = definition as Definition
  return requestOf(d as never, rowsOf(d), { ...emptyInputs(), ...inputs })
}

describe('the request of what was filled in', () => {
  it('puts values where the parameters come from, and leaves out what is empty', () => {
    const got = built({ route: 'POST /a/{id}', params: { q: { in: 'query' }, tags: { in: 'query', list: true }, h: { in: 'header', as: 'X-H' }, c: { in: 'cookie' }, n: { type: 'integer' }, s: {}, none: {} } },
      { values: { id: 'a/b', q: 'x y', tags: '1,2', h: 'v', c: 'w', n: '5', s: '5', none: '' } })
    expect(got).toEqual({ method: 'POST', path: '/a/a%2Fb?q=x+y&tags=1&tags=2', headers: { 'X-H': 'v', Cookie: 'c=w', 'Content-Type': 'application/json' }, body: JSON.stringify({ n: 5, s: '5' }, null, 2) })
  })
  it('nests, takes a whole body, sends forms and raw texts', () => {
    expect(JSON.parse(built({ route: 'POST /a', params: { t: { as: 'data.title' }, v: { as: 'search[value]', type: 'boolean' } } }, { values: { t: 'x', v: 'true' } }).body)).toEqual({ data: { title: 'x' }, search: { value: true } })
    expect(JSON.parse(built({ route: 'POST /a', params: { all: { as: '$', type: 'json' } } }, { values: { all: '[1]' } }).body)).toEqual([1])
    expect(built({ route: 'POST /a', params: { t: {} } }, { mode: 'form', values: { t: 'a b' } }).body).toBe('t=a+b')
    expect(built({ route: 'POST /a', params: { t: {} } }, { mode: 'raw', raw: '{', values: { t: 'a' } })).toMatchObject({ body: '{', headers: {} })
    expect(bodyPath('$')).toEqual([])
  })
  it('fits the match rules, carries the token, and lets written headers win', () => {
    const got = built({ route: 'GET /a', match: { 'query.type': 'x', 'header.X-V': ['1', '2'], 'query.z': '' } }, { auth: 'token', token: 'sl_1', headers: [{ name: 'X-V', value: '2', on: true }, { name: 'No', value: 'n', on: false }] })
    expect(got.path).toBe('/a?type=x')
    expect(got.headers).toEqual({ 'X-V': '2', Authorization: 'Bearer sl_1' })
  })
  it('knows which field of a record the path names', () => {
    const d = { route: 'GET /a/{id}/{n}', filter: { AND: [{ uid: '$params.id' }, { t: '=', l: { t: 'FIELD', v: 'nick' }, r: { t: 'LITERAL', v: '$params.n' } }], status: 'x' } } as unknown as Definition
    expect(fieldsOfPath(d, rowsOf(d))).toEqual([['id', 'uid'], ['n', 'nick']])
  })
  it('says what the path lacks', () => {
    const d = { route: 'GET /a/{id}/{n}' } as Definition
    expect(missingInPath(rowsOf(d), { ...emptyInputs(), values: { n: '1' } })).toEqual(['id'])
  })
})

describe('snippets', () => {
  const request = { method: 'POST', path: '/a?b=1', headers: { 'Content-Type': 'application/json' }, body: '{"t":"it\'s \\"5\\""}' }
  it('quote for their languages', () => {
    expect(snippet('curl', request, 'https://h/api/p')).toBe(`curl -X POST 'https://h/api/p/a?b=1' \\\n  -H 'Content-Type: application/json' \\\n  --data-raw '{"t":"it'\\''s \\"5\\""}'`)
    expect(snippet('go', request, 'https://h')).toContain(`strings.NewReader("{\\"t\\":\\"it's \\\\\\"5\\\\\\"\\"}")`)
    expect(snippet('python', request, 'https://h')).toContain(`data="{\\"t\\":`)
    expect(snippet('fetch', { ...request, method: 'GET', headers: {}, body: '' }, 'https://h')).toContain('fetch("https://h/a?b=1")')
  })
})

describe('a trace', () => {
  it('gives each step its own time, from the outside in, and says who stopped it', () => {
    const whole = ownSteps([{ name: 'main', ms: 6, error: '' }, { name: 'auth', ms: 8, error: '' }, { name: 'cors', ms: 10, error: '' }])
    expect(whole.map((s) => [s.name, s.own, s.from, s.stopped])).toEqual([['cors', 2, 0, false], ['auth', 2, 0.2, false], ['main', 6, 0.4, false]])
    expect(ownSteps([{ name: 'auth', ms: 1, error: 'no' }, { name: 'cors', ms: 2, error: 'no' }]).filter((s) => s.stopped).map((s) => s.name)).toEqual(['auth'])
    expect(ownSteps([])).toEqual([])
  })
})
