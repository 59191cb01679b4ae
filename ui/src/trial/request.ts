import { isObject, setIn } from '@/pages/endpoint/json'
import type { Row } from '@/pages/endpoint/params'
import { parseRoute } from '@/pages/endpoint/route'
import type { BuiltRequest, Inputs } from './exchange'

export const emptyInputs = (): Inputs => ({ values: {}, headers: [], auth: 'none', token: '', mode: 'json', raw: '' })

const isList = (row: Row) => row.param.list === true || row.field?.type === 'references' || row.type === 'references'

/** The JSON value of what was typed for a parameter: numbers, truths and lists as themselves, everything else as text. */
export function jsonValue(row: Row, text: string): unknown {
  if (row.param.split) return text
  if (isList(row)) {
    const parsed = attempt(text)
    return Array.isArray(parsed) ? parsed : text.split(',').map((item) => single(row, item.trim()))
  }
  return single(row, text)
}

function single(row: Row, text: string): unknown {
  if (['integer', 'number', 'boolean', 'json'].includes(row.type)) return attempt(text) ?? text
  return text
}

function attempt(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const nameOf = (row: Row) => row.param.as || row.name

/** Where a name such as data.title, search[value] or $ leads in a JSON body. */
export const bodyPath = (name: string): string[] => (name === '$' ? [] : name.split(/[.[\]]+/).filter(Boolean))

function bodyOf(rows: Row[], inputs: Inputs, extra: Array<[string, string]>): { body: string; type: string } {
  if (inputs.mode === 'raw') return { body: inputs.raw, type: '' }
  const sent = rows.filter((r) => r.in === 'body' && (inputs.values[r.name] ?? '') !== '')
  if (inputs.mode === 'form') {
    const form = new URLSearchParams(extra)
    for (const row of sent) {
      const text = inputs.values[row.name]!
      for (const item of isList(row) ? text.split(',') : [text]) form.append(nameOf(row), item)
    }
    return { body: form.toString(), type: 'application/x-www-form-urlencoded' }
  }
  let json: unknown = undefined
  for (const [name, value] of extra) json = setIn(json, bodyPath(name), value)
  for (const row of sent) json = setIn(json, bodyPath(nameOf(row)), jsonValue(row, inputs.values[row.name]!))
  return json === undefined && !rows.some((r) => r.in === 'body') ? { body: '', type: '' } : { body: JSON.stringify(json ?? {}, null, 2), type: 'application/json' }
}

/** What the match rules of the definition want of a request, as far as a value says it. */
function matched(match: Record<string, unknown> | undefined, place: string): Array<[string, string]> {
  return Object.entries(match ?? {}).flatMap(([key, value]) => {
    const first = Array.isArray(value) ? value[0] as unknown : value
    return key.startsWith(`${place}.`) && first !== '' && first !== '*' && !isObject(first) ? [[key.slice(place.length + 1), String(first)] as [string, string]] : []
  })
}

/** Makes the request of what was filled in. */
export function requestOf(definition: { route: string; match?: Record<string, unknown> }, rows: Row[], inputs: Inputs): BuiltRequest {
  const { method, path } = parseRoute(definition.route)
  const value = (row: Row) => inputs.values[row.name] ?? ''
  let full = path
  for (const row of rows.filter((r) => r.in === 'path')) full = full.replaceAll(`{${nameOf(row)}}`, encodeURIComponent(value(row)))
  const taken = new Set(rows.filter((r) => r.in === 'query' && value(r) !== '').map(nameOf))
  const query = new URLSearchParams(matched(definition.match, 'query').filter(([name]) => !taken.has(name)))
  for (const row of rows.filter((r) => r.in === 'query' && value(r) !== '')) {
    for (const item of isList(row) ? value(row).split(',') : [value(row)]) query.append(nameOf(row), item)
  }
  const headers: Record<string, string> = Object.fromEntries(matched(definition.match, 'header'))
  for (const row of rows.filter((r) => r.in === 'header' && value(r) !== '')) headers[nameOf(row)] = value(row)
  const cookies = rows.filter((r) => r.in === 'cookie' && value(r) !== '').map((r) => `${nameOf(r)}=${value(r)}`)
  if (cookies.length > 0) headers.Cookie = cookies.join('; ')
  const takenInBody = new Set(rows.filter((r) => r.in === 'body' && value(r) !== '').map(nameOf))
  const { body, type } = method === 'GET' ? { body: '', type: '' } : bodyOf(rows, inputs, matched(definition.match, 'body').filter(([name]) => !takenInBody.has(name)))
  if (body && type) headers['Content-Type'] = type
  if (inputs.auth === 'token' && inputs.token) headers.Authorization = `Bearer ${inputs.token}`
  for (const row of inputs.headers) if (row.on && row.name.trim()) headers[row.name.trim()] = row.value
  const text = query.toString()
  return { method, path: text ? `${full}?${text}` : full, headers, body }
}

/** The parameters of the path that the filter compares with a field, as {uid: $params.id}: each with that field. */
export function fieldsOfPath(definition: { filter?: unknown }, rows: Row[]): Array<[param: string, field: string]> {
  const found: Array<[string, string]> = []
  const visit = (node: unknown) => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (!isObject(node)) return
    const [left, right] = [node.l, node.r]
    if (node.t === '=' && isObject(left) && left.t === 'FIELD') return told(String(left.v), isObject(right) ? right.v : right)
    for (const [key, value] of Object.entries(node)) {
      if (isObject(value) && '=' in value) told(key, value['='])
      else if (typeof value === 'string') told(key, value)
      else visit(value)
    }
  }
  const told = (field: string, value: unknown) => {
    const row = rows.find((r) => r.in === 'path' && value === `$params.${r.name}`)
    if (row && !field.includes('.')) found.push([row.name, field])
  }
  visit(definition.filter)
  return found
}

/** The parameters that the path wants and nobody filled in. */
export const missingInPath = (rows: Row[], inputs: Inputs): string[] => rows.filter((r) => r.in === 'path' && !inputs.values[r.name]).map((r) => r.name)
