/** What a reader wants to know of an OpenAPI 3.1 document as Sayrud prints it. Pure. */

export interface JSONSchema {
  type?: string | string[]
  description?: string
  format?: string
  enum?: unknown[]
  default?: unknown
  properties?: Record<string, JSONSchema>
  required?: string[]
  items?: JSONSchema
  anyOf?: JSONSchema[]
  oneOf?: JSONSchema[]
  $ref?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  pattern?: string
  additionalProperties?: boolean | JSONSchema
}
interface Content { schema?: JSONSchema; example?: unknown }
interface Answer { description?: string; content?: Record<string, Content>; headers?: Record<string, unknown> }
export interface Document {
  info: { title: string; version: string; description?: string }
  servers?: Array<{ url: string }>
  paths: Record<string, Record<string, {
    operationId?: string; summary?: string; description?: string; tags?: string[]; parameters?: Array<{ name: string; in: string; required?: boolean; description?: string; schema?: JSONSchema }>
    requestBody?: { required?: boolean; content?: Record<string, Content> }; responses?: Record<string, Answer>; security?: Array<Record<string, unknown>>
  }>>
  components?: { schemas?: Record<string, JSONSchema> }
}
export interface Input { name: string; in: string; required: boolean; label: string; type: string; rules: string; initial: string }
export interface Row { name: string; depth: number; type: string; label: string }
export interface Operation {
  id: string; method: string; path: string; tag: string; summary: string; signedIn: boolean
  inputs: Input[]; bodyTypes: string[]; body?: JSONSchema
  answers: Array<{ status: string; description: string; type: string; schema?: JSONSchema }>
}

export function resolved(schema: JSONSchema | undefined, doc: Document): JSONSchema {
  const name = schema?.$ref?.split('/').at(-1)
  if (!name) return schema ?? {}
  return { ...doc.components?.schemas?.[name], ...(schema?.description && { description: schema.description }) }
}

const typesOf = (s: JSONSchema) => (Array.isArray(s.type) ? s.type : s.type ? [s.type] : [])

/** A type in words: "text", "list of comments", "integer or null". */
export function typeText(given: JSONSchema | undefined, doc: Document): string {
  if (given?.$ref) return given.$ref.split('/').at(-1) ?? ''
  const s = given ?? {}
  const either = s.anyOf ?? s.oneOf
  if (either) return [...new Set(either.map((e) => typeText(e, doc)))].join(' | ')
  const names = typesOf(s).filter((t) => t !== 'null').map((t) => (t === 'array' ? `${typeText(s.items, doc) || 'any'}[]` : s.format && t === 'string' ? s.format : t))
  return (names.join(' | ') || 'any') + (typesOf(s).includes('null') ? '?' : '')
}

/** The rules of a value, as short signs: "1–100", "≤ 200 characters" is left to the texts. */
export function rulesOf(s: JSONSchema): string {
  const span = (least: number | undefined, most: number | undefined, unit = '') => (least === undefined && most === undefined ? '' : least === undefined ? `≤ ${most}${unit}` : most === undefined ? `≥ ${least}${unit}` : `${least}–${most}${unit}`)
  return [
    s.enum ? s.enum.filter((v) => v !== null).map(String).join(' · ') : '',
    span(s.minimum, s.maximum), span(s.minLength, s.maxLength, ' ch'), span(s.minItems, s.maxItems, ' ×'), s.pattern ?? '',
  ].filter(Boolean).join(', ')
}

function inputOf(name: string, where: string, required: boolean, label: string, schema: JSONSchema, doc: Document): Input {
  return { name, in: where, required, label, type: typeText(schema, doc), rules: rulesOf(schema), initial: schema.default === undefined ? '' : JSON.stringify(schema.default) }
}

export function operationsOf(doc: Document): Operation[] {
  return Object.entries(doc.paths).flatMap(([path, methods]) => Object.entries(methods).filter(([m]) => /^(get|post|put|patch|delete|head|options)$/.test(m)).map(([method, o]) => {
    const content = o.requestBody?.content ?? {}
    const body = resolved((content['application/json'] ?? Object.values(content)[0])?.schema, doc)
    const list = typesOf(body).includes('array') ? resolved(body.items, doc) : body
    const inputs = (o.parameters ?? []).map((p) => inputOf(p.name, p.in, !!p.required, p.description ?? '', p.schema ?? {}, doc))
    for (const [name, s] of Object.entries(list.properties ?? {})) inputs.push(inputOf(name, 'body', !!list.required?.includes(name), resolved(s, doc).description ?? '', s, doc))
    return {
      id: o.operationId ?? `${method} ${path}`, method: method.toUpperCase(), path, tag: o.tags?.[0] ?? '', summary: o.summary ?? o.description ?? '', signedIn: !!o.security?.some((s) => Object.keys(s).length > 0),
      inputs, bodyTypes: Object.keys(content), body: Object.keys(content).length ? body : undefined,
      answers: Object.entries(o.responses ?? {}).map(([status, a]) => {
        const [type, first] = Object.entries(a.content ?? {})[0] ?? []
        return { status, description: a.description ?? '', type: type ?? '', schema: first?.schema }
      }),
    }
  }))
}

/** The members of a schema, one a line, with those inside them. */
export function rowsOf(given: JSONSchema | undefined, doc: Document, depth = 0, seen: string[] = []): Row[] {
  const name = given?.$ref
  if (depth > 4 || (name && seen.includes(name))) return []
  const schema = resolved(given, doc)
  const below = name ? [...seen, name] : seen
  if (schema.items) return rowsOf(schema.items, doc, depth, below)
  return Object.entries(schema.properties ?? {}).flatMap(([key, s]) => [
    { name: key, depth, type: typeText(s, doc), label: resolved(s, doc).description ?? '' }, ...rowsOf(s, doc, depth + 1, below),
  ])
}

/** A value that fits a schema, for the samples. */
export function exampleOf(given: JSONSchema | undefined, doc: Document, depth = 0): unknown {
  const s = resolved(given, doc)
  if (s.default !== undefined) return s.default
  if (s.enum?.length) return s.enum[0]
  if (depth > 4) return null
  const either = s.anyOf ?? s.oneOf
  if (either?.length) return exampleOf(either[0], doc, depth)
  switch (typesOf(s).find((t) => t !== 'null')) {
    case 'integer': case 'number': return s.minimum ?? 1
    case 'boolean': return true
    case 'array': return s.items ? [exampleOf(s.items, doc, depth + 1)] : []
    case 'object': return Object.fromEntries(Object.entries(s.properties ?? {}).map(([k, v]) => [k, exampleOf(v, doc, depth + 1)]))
    case 'string': return ({ 'date-time': '2026-11-23T05:28:00.123Z', date: '2026-11-23', email: 'ada@example.org', uri: 'https://example.org' } as Record<string, string>)[s.format ?? ''] ?? 'text'
  }
  return null
}

export interface Sample { url: string; body: string }

export function sampleOf(o: Operation, doc: Document, origin: string): Sample {
  const parameters = o.inputs.filter((i) => i.in === 'path' || (i.in === 'query' && i.required))
  const path = o.path.replace(/\{(\w+)\}/g, (_, n: string) => `<${n}>`)
  const query = parameters.filter((i) => i.in === 'query').map((i) => `${encodeURIComponent(i.name)}=${encodeURIComponent(i.rules.includes(' · ') ? i.rules.split(' · ')[0] ?? '' : i.initial || 'text')}`)
  const url = `${origin}${doc.servers?.[0]?.url ?? ''}${path}${query.length ? `?${query.join('&')}` : ''}`
  return { url, body: o.body ? JSON.stringify(exampleOf(o.body, doc), null, 2) : '' }
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

export function curl(o: Operation, { url, body }: Sample): string {
  const lines = [`curl ${o.method === 'GET' ? '' : `-X ${o.method} `}${quoted(url)}`]
  if (o.signedIn) lines.push(`-H 'Authorization: Bearer TOKEN'`)
  if (body) lines.push(`-H 'Content-Type: application/json'`, `-d ${quoted(body)}`)
  return lines.join(' \\\n  ')
}

export function fetched(o: Operation, { url, body }: Sample): string {
  const headers = [...(o.signedIn ? [`Authorization: 'Bearer TOKEN'`] : []), ...(body ? [`'Content-Type': 'application/json'`] : [])]
  const options = [...(o.method === 'GET' ? [] : [`method: '${o.method}'`]), ...(headers.length ? [`headers: { ${headers.join(', ')} }`] : []), ...(body ? [`body: JSON.stringify(${body.replaceAll('\n', '\n  ')})`] : [])]
  return `const answer = await fetch('${url}'${options.length ? `, {\n  ${options.join(',\n  ')},\n}` : ''})\nconst data = await answer.json()`
}

export function matches(o: Operation, words: string): boolean {
  const text = [o.id, o.method, o.path, o.tag, o.summary, ...o.inputs.flatMap((i) => [i.name, i.label])].join(' ').toLowerCase()
  return words.toLowerCase().split(/\s+/).every((w) => text.includes(w))
}
