import type { Field, Table } from '@/state/project'
import type { Definition } from './draft'
import { isObject, type Members } from './json'
import { parseRoute, pathParams } from './route'

export type Param = NonNullable<NonNullable<Definition['params']>[string]>
export const places = ['path', 'query', 'body', 'header', 'cookie'] as const
export type Place = typeof places[number]
export const types = ['text', 'integer', 'number', 'boolean', 'datetime', 'date', 'enum', 'json', 'email', 'url', 'file'] as const

/** A parameter as a row: declared in params, or only named in the route. */
export interface Row {
  name: string
  declared: boolean
  param: Param
  in: Place
  type: string
  required: boolean
  /** The field of the parameter's name, whose type, label and rules it takes over. */
  field?: Field
}

/** Says where a parameter comes from, as the server does. */
export function placeOf(name: string, param: Param, route: string): Place {
  const { method, path } = parseRoute(route)
  if (param.in) return param.in
  if (pathParams(path).includes(param.as || name)) return 'path'
  return method === 'GET' || method === 'DELETE' ? 'query' : 'body'
}

/** The type that a parameter has in the end. */
export function typeOf(param: Param, field?: Field): string {
  if (param.type) return param.type
  if (!field) return 'text'
  if (field.type === 'generated' || field.type === 'autonumber' || field.type === 'reference' || field.type === 'references') return 'text'
  return field.type === 'number' && field.integer ? 'integer' : field.type
}

function row(name: string, declared: boolean, param: Param, definition: Definition, table?: Table): Row {
  const field = table?.fields?.[name] as Field | undefined
  const place = placeOf(name, param, definition.route)
  const required = param.required ?? (place === 'path' || (definition.kind === 'CREATE' && !!field?.required && field.default === undefined && param.default === undefined))
  return { name, declared, param, in: place, type: typeOf(param, field), required, field }
}

/** All parameters in order: those of the route that nobody declared come first. */
export function rowsOf(definition: Definition, table?: Table): Row[] {
  const declared = Object.entries(definition.params ?? {})
  const sent = new Set(declared.map(([name, p]) => p?.as || name))
  const silent = pathParams(parseRoute(definition.route).path).filter((name) => !sent.has(name))
  return [
    ...silent.map((name) => row(name, false, {}, definition, table)),
    ...declared.map(([name, param]) => row(name, true, param ?? {}, definition, table)),
  ]
}

/** A name that no parameter has yet. */
export function freeName(definition: Definition, wanted = 'param'): string {
  const taken = new Set(rowsOf(definition).map((r) => r.name))
  if (!taken.has(wanted)) return wanted
  for (let i = 2; ; i++) if (!taken.has(`${wanted}_${i}`)) return `${wanted}_${i}`
}

/** Moves a member of an object by some places. */
export function moved<T>(object: Record<string, T>, name: string, by: number): Record<string, T> {
  const entries = Object.entries(object)
  const from = entries.findIndex(([k]) => k === name)
  const to = Math.max(0, Math.min(entries.length - 1, from + by))
  const [entry] = entries.splice(from, 1)
  if (entry) entries.splice(to, 0, entry)
  return Object.fromEntries(entries)
}

/** The rules that stand as chips beside a parameter, as "min 1". */
export function chips(param: Param): Array<{ key: keyof Param; text: string }> {
  const shown: Array<keyof Param> = ['values', 'min', 'max', 'pattern', 'integer', 'empty', 'trim', 'split', 'list', 'by', 'format', 'as', 'message']
  return shown.flatMap((key) => {
    const value = param[key]
    if (value === undefined || value === false) return []
    const text = value === true ? key : `${key} ${Array.isArray(value) ? value.join(' · ') : String(value)}`
    return [{ key, text }]
  })
}

/**
 * Writes parameters as lines of text, one a parameter: "query page integer = 1  {"min":1}". Only what is written in the definition
 * appears, so that reading the text back gives the same definition.
 */
export function toText(params: Definition['params']): string {
  return Object.entries(params ?? {}).map(([name, param]) => {
    const { in: place, type, required, default: initial, ...rest } = (param ?? {}) as Param & Members
    const words = [name + (required ? '*' : required === false ? '?' : '')]
    if (place) words.push(`in:${place}`)
    if (type) words.push(type)
    if (initial !== undefined) words.push(`= ${JSON.stringify(initial)}`)
    if (Object.keys(rest).length > 0) words.push(JSON.stringify(rest))
    return words.join(' ')
  }).join('\n')
}

/** Reads what toText wrote. Throws the number of the line, from 1, that it does not understand. */
export function fromText(text: string): NonNullable<Definition['params']> {
  const params: Record<string, Param> = {}
  text.split('\n').forEach((line, i) => {
    if (!line.trim()) return
    const found = /^\s*([A-Za-z_][\w-]*)([*?]?)((?:\s+(?:in:)?[a-z]+)*)\s*(.*)$/.exec(line)
    if (!found) throw new BulkError(i + 1)
    const [, name = '', mark, words = '', rest = ''] = found
    params[name] = { ...readWords(words, i + 1), ...(mark && { required: mark === '*' }), ...readRest(rest.trim(), i + 1) }
  })
  return params
}

export class BulkError extends Error {
  constructor(readonly line: number) {
    super(`line ${line}`)
  }
}

function readWords(words: string, line: number): Param {
  const out: Param = {}
  for (const word of words.split(/\s+/).filter(Boolean)) {
    const place = word.replace(/^in:/, '') as Place
    if (word.startsWith('in:') && places.includes(place)) out.in = place
    else if ((types as readonly string[]).includes(word)) out.type = word as Param['type']
    else throw new BulkError(line)
  }
  return out
}

/** Reads "= default {further members}": the default is JSON, so where it ends is found by trying. */
function readRest(rest: string, line: number): Members {
  if (!rest) return {}
  try {
    if (!rest.startsWith('=')) return members(JSON.parse(rest))
    const text = rest.slice(1).trim()
    const whole = attempt(text)
    if (whole !== undefined) return { default: whole.value as Members[string] }
    for (let at = text.indexOf(' {'); at >= 0; at = text.indexOf(' {', at + 1)) {
      const [first, second] = [attempt(text.slice(0, at)), attempt(text.slice(at))]
      if (first && second) return { default: first.value as Members[string], ...members(second.value) }
    }
  } catch {
    // told below
  }
  throw new BulkError(line)
}

function attempt(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

function members(value: unknown): Members {
  if (!isObject(value)) throw new Error('no object')
  return value
}

/** The default as JSON where the type wants no text: "1" of an integer is the number. */
export function readDefault(text: string, type: string): unknown {
  if (text === '') return undefined
  if (['integer', 'number', 'boolean', 'json'].includes(type) && !/^[$=]/.test(text)) {
    try {
      return JSON.parse(text) as unknown
    } catch {
      return text
    }
  }
  return text
}
