/** A form from a JSON Schema, without a document: what the settings of a schema are, and how their values are read and changed. */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
export type Settings = { [name: string]: Json }

export interface Schema {
  type?: string | string[]
  description?: string
  default?: Json
  examples?: Json[]
  enum?: Json[]
  properties?: Record<string, Schema>
  additionalProperties?: boolean | Schema
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  pattern?: string
  $ref?: string
  'x-slot'?: boolean
  'x-secret'?: boolean
  'x-any'?: boolean
}

/** text, a number, a switch, one or several of a list, texts, a span of time, an object, a map of names, a list, a secret, a slot, any JSON. */
export type Kind = 'text' | 'integer' | 'number' | 'boolean' | 'choice' | 'choices' | 'texts' | 'duration' | 'object' | 'map' | 'list' | 'secret' | 'slot' | 'any'

export interface Setting {
  name: string
  kind: Kind
  required: boolean
  help: string
  initial?: Json
  /** A secret may stand instead of the value. */
  orSecret: boolean
  /** Of texts: one text may stand for a list of one. */
  orOne: boolean
  values: string[]
  units: string[]
  min?: number
  max?: number
  pattern?: string
  members: Setting[]
  item?: Setting
}

export type Resolve = (ref: string) => Schema | undefined

/** The settings of an object's schema, those that are needed first. */
export function settingsOf(schema: Schema | undefined, resolve: Resolve = () => undefined): Setting[] {
  const needed = new Set(schema?.required ?? [])
  const all = Object.entries(schema?.properties ?? {}).map(([name, s]) => settingOf(name, s, needed.has(name), resolve))
  return [...all.filter((s) => s.required), ...all.filter((s) => !s.required)]
}

export function settingOf(name: string, given: Schema, required: boolean, resolve: Resolve = () => undefined): Setting {
  const schema = given.$ref ? { ...resolve(given.$ref), description: given.description } : given
  const either = schema.anyOf ?? schema.oneOf
  const setting: Setting = {
    name, kind: 'any', required, help: schema.description ?? '', initial: schema.default, orSecret: false, orOne: false, values: [], units: [], members: [],
    min: schema.minimum ?? schema.minItems, max: schema.maximum ?? schema.maxItems, pattern: schema.pattern,
  }
  if (either) {
    const [first, second] = either
    if (schema['x-secret'] && first) return { ...setting, ...pick(settingOf(name, first, required, resolve)), orSecret: true }
    if (either.length === 2 && first?.type === 'string' && second?.type === 'array') return { ...setting, kind: 'texts', orOne: true }
    const shown = either.filter((s) => s.type !== 'null')
    if (shown.length === 1 && shown[0]) return { ...settingOf(name, shown[0], required, resolve), help: setting.help }
    return setting
  }
  if (schema['x-secret']) return { ...setting, kind: 'secret' }
  if (schema['x-slot']) return { ...setting, kind: 'slot' }
  if (schema.enum?.every((v) => typeof v === 'string')) return { ...setting, kind: 'choice', values: schema.enum as string[] }
  return { ...setting, ...byType(schema, resolve) }
}

const pick = ({ kind, values, units, members, item, pattern, orOne }: Setting) => ({ kind, values, units, members, item, pattern, orOne })

function byType(schema: Schema, resolve: Resolve): Partial<Setting> {
  const type = Array.isArray(schema.type) ? schema.type.find((t) => t !== 'null') : schema.type
  switch (type) {
    case 'boolean': return { kind: 'boolean' }
    case 'integer': return { kind: 'integer' }
    case 'number': return { kind: 'number' }
    case 'string': return unitsOf(schema.pattern)
    case 'array': return listOf(schema.items, resolve)
    case 'object':
      if (schema.properties) return { kind: 'object', members: settingsOf(schema, resolve) }
      if (typeof schema.additionalProperties === 'object') return { kind: 'map', item: settingOf('*', schema.additionalProperties, true, resolve) }
  }
  return { kind: 'any' }
}

/** A text whose pattern is a number and a unit is a span of time: "^[0-9]+(s|m|h|d)$". */
function unitsOf(pattern?: string): Partial<Setting> {
  const units = /^\^\[0-9\]\+(?:\(([smhd|]+)\)|([smhd]))\$$/.exec(pattern ?? '')
  return units ? { kind: 'duration', units: (units[1] ?? units[2] ?? '').split('|') } : { kind: 'text' }
}

function listOf(items: Schema | undefined, resolve: Resolve): Partial<Setting> {
  if (!items) return { kind: 'any' }
  const item = settingOf('*', items, true, resolve)
  if (item.kind === 'choice') return { kind: 'choices', values: item.values }
  return item.kind === 'text' ? { kind: 'texts', item } : { kind: 'list', item }
}

export const isObject = (v: unknown): v is Settings => typeof v === 'object' && v !== null && !Array.isArray(v)

/** The object with a member changed, in its place or at the end; undefined takes it away. */
export function withMember(object: Settings, name: string, value: Json | undefined): Settings {
  if (value !== undefined) return { ...object, [name]: value }
  const { [name]: _gone, ...rest } = object
  return rest
}

/** The object with a member renamed, in its place. */
export function renamed(object: Settings, from: string, to: string): Settings {
  return Object.fromEntries(Object.entries(object).map(([k, v]) => [k === from ? to : k, v]))
}

/** What a new item of a list, or value of a name, begins with. */
export function emptyOf(setting: Setting | undefined): Json {
  if (setting?.initial !== undefined) return setting.initial
  switch (setting?.kind) {
    case 'object': case 'map': case 'secret': return {}
    case 'texts': case 'choices': case 'list': return []
    case 'boolean': return false
    case 'integer': case 'number': return setting.min ?? 0
    default: return ''
  }
}

/** What a form begins with: an example of each setting that must be there and has one. */
export function begun(schema: Schema | undefined): Settings {
  return Object.fromEntries((schema?.required ?? []).flatMap((name) => (schema?.properties?.[name]?.examples ?? []).slice(0, 1).map((value) => [name, value])))
}

/** A slot's value as one writes it: texts as they are, anything else as JSON. */
export function slotText(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}

/** The value of what is written in a slot; objects and lists are written as JSON, "" is nothing. */
export function slotValue(text: string): Json | undefined {
  if (text === '') return undefined
  if (/^\s*[[{]/.test(text)) {
    try {
      return JSON.parse(text) as Json
    } catch {
      return text // not finished yet, or a text that begins like that
    }
  }
  return text
}

export function textsOf(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((v) => typeof v === 'string') : []
}

/** Texts as they are stored: one alone stays a text where it was one. */
export function textsValue(texts: string[], before: Json | undefined, orOne: boolean): Json | undefined {
  if (texts.length === 0) return undefined
  return orOne && texts.length === 1 && !Array.isArray(before) ? (texts[0] as string) : texts
}

export interface Duration { count: string; unit: string }

export function durationOf(value: Json | undefined, units: string[]): Duration {
  const parts = /^([0-9]*)([a-z])$/.exec(typeof value === 'string' ? value : '')
  return { count: parts?.[1] ?? '', unit: parts?.[2] ?? units[0] ?? 's' }
}

export type SecretKind = 'none' | 'stored' | 'value' | 'env' | 'file'

/** Where a secret comes from. Absent, a stored one of the same place stays. */
export function secretKind(value: Json | undefined): SecretKind {
  if (!isObject(value)) return 'none'
  for (const kind of ['stored', 'env', 'file', 'value'] as const) if (kind in value) return kind
  return 'none'
}

/** What is plainly wrong with a value, as the key of a text: the server says the rest. */
export function complaint(setting: Setting, value: Json | undefined): '' | 'required' | 'range' | 'form' | 'whole' {
  if (value === undefined || value === null || value === '') return setting.required && setting.kind !== 'secret' && setting.kind !== 'map' && setting.initial === undefined ? 'required' : ''
  if (setting.kind === 'integer' || setting.kind === 'number') {
    if (typeof value !== 'number') return 'whole'
    if (setting.kind === 'integer' && !Number.isInteger(value)) return 'whole'
    if ((setting.min !== undefined && value < setting.min) || (setting.max !== undefined && value > setting.max)) return 'range'
  }
  if (typeof value === 'string' && setting.pattern && !setting.orSecret && !new RegExp(setting.pattern).test(value)) return 'form'
  return ''
}

/** Whether the settings have all that is needed. */
export const complete = (settings: Settings, schema: Schema) =>
  settingsOf(schema).every((s) => !s.required || s.kind === 'secret' || (s.name in settings && settings[s.name] !== ''))
