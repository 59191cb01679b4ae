import type { Json } from '@/filter/node'

/** Numbers that look random and are the same in every run. */
export function dice(seed: number) {
  let state = seed >>> 0
  const roll = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
  return { roll, pick: <T>(list: readonly T[]): T => list[roll(list.length)]! }
}
type Dice = ReturnType<typeof dice>

const fields = ['post', 'nick', 'likes', 'parent.nick', 'data.a.b', 'status', 'created_at']
const texts = ["'approved'", "'it\\'s'", '"double"', '$params.post', '$request.ip', "$ago('60s')", '10', '`a ${$params.x}`', "'a' + 'b'"]
const values: Json[] = [1, -2.5, true, 0, false]

const field = (d: Dice): Json => ({ t: 'FIELD', v: d.pick(fields) })
const literal = (d: Dice): Json => ({ t: 'LITERAL', v: d.roll(3) ? d.pick(texts) : d.pick(values) })
const list = (d: Dice): Json => ({ t: 'LITERAL', v: Array.from({ length: 1 + d.roll(3) }, () => d.pick<Json>(['a', '$b', '=c', 4, ''])) })

function comparison(d: Dice): Json {
  switch (d.roll(8)) {
    case 0: return { t: 'IS_NULL', [d.pick(['v', 'l'])]: field(d) }
    case 1: return { t: 'IN', l: field(d), r: d.pick<() => Json>([() => list(d), () => ({ t: 'LITERAL', v: '$params.tags' }), () => [literal(d), literal(d), field(d)]])() }
    case 2: return { t: 'BETWEEN', l: field(d), r: d.roll(2) ? { t: 'LITERAL', v: [1, 5] } : [literal(d), field(d)] }
    case 3: return { t: 'SEARCH', l: d.roll(2) ? field(d) : [field(d), field(d)], r: { t: 'LITERAL', v: '$params.q' } }
    case 4: return { t: d.pick(['LIKE', 'ILIKE', 'CONTAINS', 'STARTS_WITH']), l: field(d), r: literal(d) }
    case 5: return { t: d.pick(['=', '<>']), l: field(d), r: { t: 'LITERAL', v: null } }
    default: return { t: d.pick(['=', '<>', '>', '<', '>=', '<=']), l: field(d), r: d.roll(5) ? literal(d) : field(d), ...(d.roll(4) === 0 && { optional: d.roll(2) === 0 }) }
  }
}

function node(d: Dice, depth: number): Json {
  if (depth === 0 || d.roll(3) === 0) return comparison(d)
  switch (d.roll(4)) {
    case 0: return { t: 'NOT', [d.pick(['v', 'l'])]: node(d, depth - 1) }
    case 1: return { t: d.pick(['AND', 'OR']), l: node(d, depth - 1), r: node(d, depth - 1) }
    default: return { t: d.pick(['AND', 'OR']), v: Array.from({ length: 1 + d.roll(3) }, () => node(d, depth - 1)) }
  }
}

/** Trees of the canonical form. */
export const filters = (n: number): Json[] => Array.from({ length: n }, (_, i) => node(dice(i + 1), i % 4))

const slots: Json[] = ['approved', '$params.post', '=$ago("1d")', '$$5', '==x', 'a ${$params.x} b', 3, true, '', '$request.headers.x-name']

function about(d: Dice): Json {
  switch (d.roll(6)) {
    case 0: return null
    case 1: return { IN: d.roll(2) ? '$params.tags' : [d.pick(slots), d.pick(slots)] }
    case 2: return { BETWEEN: [d.pick(slots), d.pick(slots)], optional: true }
    case 3: return { '>': d.pick(slots), '<=': d.pick(slots) }
    case 4: return d.roll(2) ? { IS_NULL: d.roll(2) === 0 } : { '<>': null }
    default: return d.pick(slots)
  }
}

function short(d: Dice, depth: number): Json {
  const all: { [name: string]: Json } = {}
  for (let i = d.roll(3); i >= 0; i--) all[d.pick(fields)] = about(d)
  if (depth > 0 && d.roll(2)) all[d.pick(['AND', 'OR'])] = Array.from({ length: 1 + d.roll(2) }, () => short(d, depth - 1))
  if (depth > 0 && d.roll(3) === 0) all.NOT = short(d, depth - 1)
  return all
}

/** Filters of the shorthand. */
export const shorthands = (n: number): Json[] => Array.from({ length: n }, (_, i) => short(dice(i + 1000), i % 4))
