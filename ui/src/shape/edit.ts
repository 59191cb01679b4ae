import { fresh } from '@/filter/node'
import { inside, type ArrayShape, type Each, type Json, type Kind, type ObjectShape, type Shape } from './shape'

export type Container = ObjectShape | ArrayShape
export const isContainer = (node: Shape): node is Container => node.kind === 'object' || node.kind === 'array'

export interface Place { parents: Shape[]; parent: Shape; index: number; node: Shape }

export function place(root: Shape, id: number, above: Shape[] = []): Place | undefined {
  const parents = [...above, root]
  for (const [index, node] of inside(root).entries()) {
    if (node.id === id) return { parents, parent: root, index, node }
    const found = place(node, id, parents)
    if (found) return found
  }
  return undefined
}

export const find = (root: Shape, id: number): Shape | undefined => (root.id === id ? root : place(root, id)?.node)
export const within = (node: Shape, id: number): boolean => node.id === id || inside(node).some((n) => within(n, id))

/** Gives the tree with one node made another. */
export function update(root: Shape, id: number, change: (node: Shape) => Shape): Shape {
  if (root.id === id) return change(root)
  if (root.kind === 'each') {
    const item = update(root.item, id, change)
    return item === root.item ? root : { ...root, item }
  }
  if (!isContainer(root)) return root
  let touched = false
  const members = root.members.map((m) => {
    const next = update(m, id, change)
    touched ||= next !== m
    return next
  })
  return touched ? { ...root, members } : root
}

const withMembers = (root: Shape, id: number, change: (members: Shape[], container: Container) => Shape[]) =>
  update(root, id, (node) => (isContainer(node) ? { ...node, members: change(node.members, node) } as Shape : node))

/** A key that no other member has: name, name_2, … */
export function freeKey(members: Shape[], wanted: string): string {
  const taken = new Set(members.map((m) => m.key))
  if (!taken.has(wanted)) return wanted
  let n = 2
  while (taken.has(`${wanted}_${n}`)) n++
  return `${wanted}_${n}`
}

/** What a node becomes in a container: members have names, a $each makes items only in a list. */
function fitted(node: Shape, members: Shape[], container: Container): Shape {
  if (container.kind === 'array') return node.key === '' ? node : { ...node, key: '' }
  const { bare: _bare, ...rest } = node as Each
  return { ...(node.kind === 'each' ? rest : node), key: node.key === '$spread' && !members.some((m) => m.key === '$spread') ? '$spread' : freeKey(members, node.key || nameFor(node)) } as Shape
}

/** A name for a node that has none: the last part of its path. */
export function nameFor(node: Shape): string {
  if (node.kind === 'path') return /([^.[\]$]+)\]?$/.exec(node.path)?.[1] ?? 'value'
  if (node.kind === 'count') return 'count'
  return node.kind === 'each' ? 'items' : node.kind === 'object' ? 'object' : 'value'
}

export function insert(root: Shape, into: number, index: number, node: Shape): Shape {
  return withMembers(root, into, (members, container) => [...members.slice(0, index), fitted(node, members, container), ...members.slice(index)])
}

export function remove(root: Shape, id: number): Shape {
  const at = place(root, id)
  return at && isContainer(at.parent) ? withMembers(root, at.parent.id, (members) => members.filter((m) => m.id !== id)) : root
}

/** Moves a member before the one that has the index now; nothing moves into itself, and the item of a $each stays. */
export function move(root: Shape, id: number, into: number, index: number): Shape {
  const at = place(root, id)
  if (!at || !isContainer(at.parent) || within(at.node, into)) return root
  const shift = at.parent.id === into && at.index < index ? 1 : 0
  if (at.parent.id === into && at.index === index - shift) return root
  return insert(remove(root, id), into, index - shift, at.node)
}

/** The container that a node shows its members in: its own, or that of its $each. */
export function holder(node: Shape | undefined): Container | undefined {
  if (!node) return undefined
  return isContainer(node) ? node : node.kind === 'each' ? holder(node.item) : undefined
}

export type Direction = 'up' | 'down' | 'in' | 'out'

/** Moves a member one step: up and down among its neighbours, in: to the object above or below it, out: behind what holds it. */
export function step(root: Shape, id: number, direction: Direction): Shape {
  const at = place(root, id)
  if (!at || !isContainer(at.parent)) return root
  const { parent, parents, index } = at
  switch (direction) {
    case 'up': return index > 0 ? move(root, id, parent.id, index - 1) : root
    case 'down': return index < parent.members.length - 1 ? move(root, id, parent.id, index + 2) : root
    case 'in': {
      const before = holder(parent.members[index - 1])
      if (before) return move(root, id, before.id, before.members.length)
      const behind = holder(parent.members[index + 1])
      return behind ? move(root, id, behind.id, 0) : root
    }
    case 'out': {
      // The item of a $each has no place of its own: its list stands in the next container above.
      for (let i = parents.length - 1; i > 0; i--) {
        const above = parents[i - 1]!
        if (isContainer(above)) return move(root, id, above.id, above.members.findIndex((m) => m.id === parents[i]!.id) + 1)
      }
      return root
    }
  }
}

export function copy(node: Shape): Shape {
  if (node.kind === 'each') return { ...node, id: fresh(), item: copy(node.item) }
  return isContainer(node) ? { ...node, id: fresh(), members: node.members.map(copy) } as Shape : { ...node, id: fresh() }
}

export function duplicate(root: Shape, id: number): { root: Shape; id: number } {
  const at = place(root, id)
  if (!at || !isContainer(at.parent)) return { root, id }
  const twin = copy(at.node)
  return { root: insert(root, at.parent.id, at.index + 1, twin), id: twin.id }
}

/** Puts an object around a node, which becomes its member. */
export function nest(root: Shape, id: number, key: string): Shape {
  return update(root, id, (node) => {
    const { bare: _bare, ...rest } = node as Each
    return { id: fresh(), key: node.key, kind: 'object', members: [{ ...rest, key } as Shape] }
  })
}

/** Gives a node another kind; what it held goes along where the new kind has a place for it. */
export function become(node: Shape, kind: Kind, list = '$records'): Shape {
  if (node.kind === kind) return node
  const base = { id: node.id, key: node.key, ...(node.when !== undefined && { when: node.when }) }
  switch (kind) {
    case 'path': return { ...base, kind, path: node.kind === 'count' ? node.of : '' }
    case 'constant': return { ...base, kind, value: node.kind === 'text' ? node.text : '' }
    case 'text': return { ...base, kind, text: node.kind === 'path' ? `\${${node.path}}` : node.kind === 'constant' ? String(node.value ?? '') : '' }
    case 'script': return { ...base, kind, code: node.kind === 'path' ? node.path : node.kind === 'count' ? `${node.of}.length` : '' }
    case 'count': return { ...base, kind, of: node.kind === 'path' ? node.path : node.kind === 'each' && typeof node.each === 'string' ? node.each : list }
    case 'object': return { ...base, kind, members: node.kind === 'each' && node.item.kind === 'object' ? node.item.members : [] }
    case 'array': return { ...base, kind, members: [] }
    case 'each': return {
      ...base, kind, each: node.kind === 'path' && node.path ? node.path : list,
      ...(node.kind === 'path' && node.path && node.path !== '$records' && { as: 'item' }),
      item: node.kind === 'object' ? { id: fresh(), key: '', kind: 'object', members: node.members } : { id: fresh(), key: '', kind: 'object', members: [] },
    }
    case 'omit': return { ...base, kind }
    case 'item': return { ...base, kind }
    case 'raw': return { ...base, kind, json: null as Json }
  }
}
