/** One place in which two values differ: where it is, and what is there; undefined is nothing. */
export interface Difference { path: string[]; before: unknown; after: unknown }

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Lists where two JSON values differ, members of objects one by one, lists as a whole, in the order of the first. */
export function differences(before: unknown, after: unknown, path: string[] = []): Difference[] {
  if (!isObject(before) || !isObject(after)) return same(before, after) ? [] : [{ path, before, after }]
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => differences(before[key], after[key], [...path, key]))
}
