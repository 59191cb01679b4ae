import type { Json, Operand } from './node'

const escapes: Record<string, string> = { '\\': '\\', "'": "'", '"': '"', n: '\n', t: '\t', r: '\r' }

/** Writes text as JavaScript: 'approved'. The server reads these escapes and no others. */
export function quote(text: string): string {
  const body = text.replace(/[\\'\n\t\r]/g, (c) => `\\${c === '\n' ? 'n' : c === '\t' ? 't' : c === '\r' ? 'r' : c}`)
  return `'${body}'`
}

/** Reads 'text' or "text"; undefined where it is other JavaScript. */
export function unquote(source: string): string | undefined {
  const mark = source[0]
  if (source.length < 2 || (mark !== "'" && mark !== '"') || source.at(-1) !== mark) return undefined
  let text = ''
  for (let i = 1; i < source.length - 1; i++) {
    const c = source[i]!
    if (c === mark || c === '\n' || c === '\r') return undefined
    if (c !== '\\') {
      text += c
      continue
    }
    const plain = escapes[source[++i] ?? '']
    if (plain === undefined || i === source.length - 1) return undefined
    text += plain
  }
  return text
}

/** Whether JavaScript is a plain path that the server resolves natively (engine/plan, isPath). */
export const isPath = (code: string) => /^\$[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(code)

/** Whether a slot is a path: `$name(.part | [n])*`; parts of $request may hold hyphens. */
export const isSlotPath = (text: string) => /^\$[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}\p{N}_-]+|\[\d+\])*$/u.test(text) && (text.startsWith('$request') || !text.includes('-'))

/** Reads the v of a LITERAL: its text is JavaScript, anything else itself. */
export function readLiteral(v: Json): Operand {
  if (typeof v !== 'string') return { kind: 'value', value: v }
  const text = unquote(v.trim())
  if (text !== undefined) return { kind: 'value', value: text }
  return isPath(v) ? { kind: 'path', path: v } : { kind: 'script', code: v }
}

export function writeLiteral(o: Operand): Json {
  switch (o.kind) {
    case 'value': return typeof o.value === 'string' ? quote(o.value) : o.value
    case 'path': return isPath(o.path) ? o.path : pathScript(o.path)
    case 'script': return o.code
    case 'field': return o.path
  }
}

/** A path as JavaScript, where a hyphen would be a minus and a missing part an error. */
export function pathScript(path: string): string {
  const [root = '', ...parts] = path.split(/\.|(?=\[)/)
  return root + parts.map((p) => (p.startsWith('[') ? `?.${p}` : /^[\p{L}_][\p{L}\p{N}_]*$/u.test(p) ? `?.${p}` : `?.[${quote(p)}]`)).join('')
}

/** Reads a slot: what the shorthand has for values. */
export function readSlot(v: Json): Operand {
  if (typeof v !== 'string') return { kind: 'value', value: v }
  if (v.startsWith('$$') || v.startsWith('==')) return { kind: 'value', value: v.slice(1) }
  if (v.startsWith('=')) return { kind: 'script', code: v.slice(1) }
  if (isSlotPath(v)) return { kind: 'path', path: v }
  if (v.includes('${')) return { kind: 'script', code: insertsScript(v), slot: v }
  return { kind: 'value', value: v }
}

/** Writes an operand as a slot; undefined where only a LITERAL can say it. */
export function writeSlot(o: Operand): Json | undefined {
  switch (o.kind) {
    case 'field': return undefined
    case 'path': return o.path
    case 'script': return o.slot ?? `=${o.code}`
    case 'value': return typeof o.value === 'string' ? writeText(o.value) : Array.isArray(o.value) || (typeof o.value === 'object' && o.value) ? undefined : o.value
  }
}

/** Writes text so that a slot gives just it. */
export function writeText(text: string): string {
  if (text.includes('${')) return `=${quote(text)}`
  return text.startsWith('$') || text.startsWith('=') ? text[0] + text : text
}

/** `Hello ${$record.nick}` as JavaScript. */
function insertsScript(text: string): string {
  const parts = text.split(/(\$\{[^}]*\})/)
  return '`' + parts.map((p, i) => (i % 2 ? `\${${pathScript(p.slice(2, -1).trim())} ?? ''}` : p.replace(/[\\`]/g, '\\$&'))).join('') + '`'
}
