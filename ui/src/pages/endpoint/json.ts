/** JSON that is never changed in place: every change gives a new value that shares what did not change. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined }
export type Members = { [key: string]: Json | undefined }
export type Path = ReadonlyArray<string | number>

export const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Gives what stands at the path, or undefined. */
export function getIn(value: unknown, path: Path): unknown {
  let at = value
  for (const part of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as Record<string | number, unknown>)[part]
  }
  return at
}

/** Gives a value with another one at the path; undefined removes the member or the item. What is missing on the way becomes an object. */
export function setIn(value: unknown, path: Path, next: unknown): unknown {
  const [part, ...rest] = path
  if (part === undefined) return next
  if (Array.isArray(value)) {
    const list = [...value as unknown[]]
    const item = setIn(list[Number(part)], rest, next)
    if (item === undefined) list.splice(Number(part), 1)
    else list[Number(part)] = item
    return list
  }
  const object: Record<string, unknown> = { ...(isObject(value) ? value : {}) }
  const member = setIn(object[part], rest, next)
  if (member === undefined) delete object[part]
  else object[part] = member
  return object
}

/** Removes what stands at the path, and the objects around it that are empty then. */
export function clearIn(value: unknown, path: Path): unknown {
  const without = setIn(value, path, undefined)
  const parent = path.slice(0, -1)
  const left = getIn(without, parent)
  return parent.length > 0 && isObject(left) && Object.keys(left).length === 0 ? clearIn(without, parent) : without
}

/** Gives an object whose member has another name, at the same place. */
export function renamed<T>(object: Record<string, T>, from: string, to: string): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([k, v]) => [k === from ? to : k, v]))
}

/** Tells whether two JSON values are the same, the order of members too: parameters and orders have one. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]))
  if (!isObject(a) || !isObject(b)) return false
  const [of, others] = [keysOf(a), keysOf(b)]
  return of.length === others.length && of.every((k, i) => k === others[i] && same(a[k], b[k]))
}

/** As same, but the order of the outermost members says nothing: the server writes a definition's in its own. */
export function alike(a: Members, b: Members): boolean {
  const keys = keysOf(a)
  return keys.length === keysOf(b).length && keys.every((k) => same(a[k], b[k]))
}

const keysOf = (object: Members) => Object.keys(object).filter((k) => object[k] !== undefined)

/**
 * Joins what two people changed of one definition, member by member: where one of them changed it, theirs or mine holds. clashes are the
 * members that both changed differently; they are mine in the result.
 */
export function merged(base: Members, mine: Members, theirs: Members): { result: Members; clashes: string[] } {
  const result: Members = { ...theirs }
  const clashes: string[] = []
  for (const key of new Set([...Object.keys(base), ...Object.keys(mine)])) {
    if (same(mine[key], base[key])) continue
    if (!same(theirs[key], base[key]) && !same(theirs[key], mine[key])) clashes.push(key)
    if (mine[key] === undefined) delete result[key]
    else result[key] = mine[key]
  }
  return { result, clashes }
}
