import { isSlotPath, writeText } from '@/filter/literal'
import { fresh, type Json } from '@/filter/node'

export type { Json }

/** What every node of a template has: its name where it is a member, its $if, and whether it is written under $value without need. */
interface Base { id: number; key: string; when?: Json; wrapped?: boolean }

/** A $each: the list whose items it repeats, their name, and, where it makes members of an object, their keys. */
export interface Each extends Base { kind: 'each'; each: Json; as?: Json; index?: Json; name?: Json; bare?: boolean; item: Shape }
export interface ObjectShape extends Base { kind: 'object'; members: Shape[] }
export interface ArrayShape extends Base { kind: 'array'; members: Shape[] }
export type Leaf = Base & (
  | { kind: 'path'; path: string }
  | { kind: 'constant'; value: string | number | boolean | null }
  | { kind: 'text'; text: string }
  | { kind: 'script'; code: string }
  | { kind: 'count'; of: string }
  | { kind: 'omit' }
  | { kind: 'item' } // of a $each that says nothing of its items: the item itself
  | { kind: 'raw'; json: Json })
export type Shape = Leaf | ObjectShape | ArrayShape | Each
export type Kind = Shape['kind']

type Members = { [name: string]: Json }
const isObject = (v: Json | undefined): v is Members => typeof v === 'object' && v !== null && !Array.isArray(v)
const directives = ['$each', '$as', '$index', '$key', '$if', '$value']

/** Reads a template. What it does not know is a raw node, kept as it is. */
export function parse(json: Json, key = ''): Shape {
  const base = { id: fresh(), key }
  if (typeof json === 'string') return { ...base, ...parseText(json) } as Shape
  if (Array.isArray(json)) return parseArray(json, base)
  if (isObject(json)) return parseObject(json, base)
  return { ...base, kind: 'constant', value: json }
}

type Without<T> = T extends unknown ? Omit<T, 'id' | 'key'> : never

function parseText(text: string): Without<Leaf> {
  if (text === '$omit') return { kind: 'omit' }
  if (isSlotPath(text)) return { kind: 'path', path: text }
  if (text.startsWith('$$') || text.startsWith('==')) return text.includes('${') ? { kind: 'raw', json: text } : { kind: 'constant', value: text.slice(1) }
  const counted = /^=(.+)\.length$/.exec(text)?.[1]
  if (counted && isSlotPath(counted)) return { kind: 'count', of: counted }
  if (text.startsWith('=')) return { kind: 'script', code: text.slice(1) }
  if (text.startsWith('$') && !text.startsWith('${')) return { kind: 'raw', json: text }
  return text.includes('${') ? { kind: 'text', text } : { kind: 'constant', value: text }
}

const repeats = (v: Json): v is Members => isObject(v) && v.$each !== undefined && v.$key === undefined

function parseArray(json: Json[], base: Base): Shape {
  const [first] = json
  const only = json.length === 1 && first !== undefined && repeats(first) ? parseEach(first, base) : undefined
  if (only) return only
  return {
    ...base, kind: 'array',
    members: json.map((v) => (repeats(v) && parseEach(v, { id: fresh(), key: '' }, true)) || (repeats(v) ? { id: fresh(), key: '', kind: 'raw', json: v } : parse(v))),
  }
}

function parseObject(json: Members, base: Base): Shape {
  if (json.$each !== undefined) return (json.$key !== undefined && parseEach(json, base)) || { ...base, kind: 'raw', json }
  if (['$as', '$index', '$key'].some((name) => json[name] !== undefined)) return { ...base, kind: 'raw', json }
  return parseContent(json, base) ?? { ...base, kind: 'raw', json }
}

/** Reads $if, and $value or members. */
function parseContent(json: Members, base: Base): Shape | undefined {
  const { $if, $value, ...members } = json
  const when = $if === undefined ? {} : { when: $if }
  if ($value === undefined) return { ...base, ...when, kind: 'object', members: Object.entries(members).map(([name, v]) => parse(v, name)) }
  const inner = parse($value)
  if (Object.keys(members).length || inner.when !== undefined || inner.wrapped) return undefined
  return { ...inner, ...base, ...when, wrapped: true }
}

function parseEach(json: Members, base: Base, bare = false): Shape | undefined {
  const { $each, $as, $index, $key, ...rest } = json
  const own = { id: fresh(), key: '' }
  const { $if, ...content } = rest
  const item = Object.keys(content).length === 0 ? { ...own, ...($if !== undefined && { when: $if }), kind: 'item' as const } : parseContent(rest, own)
  if (!item || $each === undefined) return undefined
  return {
    ...base, kind: 'each', each: $each, item, ...($as !== undefined && { as: $as }), ...($index !== undefined && { index: $index }), ...($key !== undefined && { name: $key }), ...(bare && { bare }),
  }
}

/** Writes a template as it was read. */
export function format(node: Shape): Json {
  const plain = node.when === undefined && !node.wrapped
  return plain ? inner(node) : content(node)
}

/** What the node stands for, with its $if, as members of one object. */
function content(node: Shape): Members {
  const when: Members = node.when === undefined ? {} : { $if: node.when }
  if (node.kind === 'object' && !node.wrapped) return { ...when, ...members(node) }
  return node.kind === 'item' ? when : { ...when, $value: inner(node) }
}

const members = (node: ObjectShape): Members => Object.fromEntries(node.members.map((m) => [m.key, format(m)]))

function inner(node: Shape): Json {
  switch (node.kind) {
    case 'path': return node.path
    case 'constant': return typeof node.value === 'string' ? writeText(node.value) : node.value
    case 'text': return node.text
    case 'script': return `=${node.code}`
    case 'count': return `=${node.of}.length`
    case 'omit': return '$omit'
    case 'item': return {}
    case 'raw': return node.json
    case 'object': return members(node)
    case 'array': return node.members.map(format)
    case 'each': return writeEach(node)
  }
}

function writeEach({ each, as, index, name, item, bare }: Each): Json {
  const json: Members = {
    $each: each, ...(as !== undefined && { $as: as }), ...(index !== undefined && { $index: index }), ...(name !== undefined && { $key: name }), ...content(item),
  }
  return name !== undefined || bare ? json : [json]
}

/** The nodes in a node, in order. */
export const inside = (node: Shape): Shape[] => (node.kind === 'object' || node.kind === 'array' ? node.members : node.kind === 'each' ? [node.item] : [])

/** The name under which a $each gives its items: $as, or $record for $records. */
export function itemName({ each, as }: Each): string {
  const last = Array.isArray(as) ? as.at(-1) : as
  if (typeof last === 'string') return `$${last}`
  const list = Array.isArray(each) ? each.at(-1) : each
  return list === '$records' ? '$record' : ''
}

export interface Complaint { id: number; key: string; values: Record<string, string> }

/** What the server would refuse of names and directives. */
export function validate(root: Shape): Complaint[] {
  const list: Complaint[] = []
  const say = (node: Shape, key: string, values: Record<string, string> = {}) => list.push({ id: node.id, key, values })
  const walk = (node: Shape, parent?: Shape) => {
    if (node.kind === 'raw' && (typeof node.json === 'string' || directives.some((d) => isObject(node.json) && d in node.json))) say(node, 'raw')
    if (node.kind === 'path' && !isSlotPath(node.path)) say(node, 'path')
    if (node.kind === 'script' && node.code.trim() === '') say(node, 'script')
    if (node.kind === 'each' && node.each === '') say(node, 'each')
    if (parent?.kind === 'object') {
      if (node.key === '') say(node, 'noKey')
      else if (directives.includes(node.key)) say(node, 'directive', { key: node.key })
      else if (parent.members.some((m) => m !== node && m.key === node.key)) say(node, 'twice', { key: node.key })
    }
    for (const child of inside(node)) walk(child, node)
  }
  walk(root)
  return list
}
