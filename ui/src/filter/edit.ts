import { group } from './tree'
import { fresh, type Connective, type Group, type Node } from './node'

/** Where a node stands: its parents from the root down, and its place among the last one's items. */
export interface Place { parents: Group[]; parent: Group; index: number; node: Node }

/** Finds a node below the root. */
export function place(root: Group, id: number, above: Group[] = []): Place | undefined {
  const parents = [...above, root]
  for (const [index, node] of root.items.entries()) {
    if (node.id === id) return { parents, parent: root, index, node }
    const inner = node.kind === 'group' && place(node, id, parents)
    if (inner) return inner
  }
  return undefined
}

export const find = (root: Group, id: number): Node | undefined => (root.id === id ? root : place(root, id)?.node)

export const within = (node: Node, id: number): boolean => node.id === id || (node.kind === 'group' && node.items.some((n) => within(n, id)))

/** Gives the tree with the items of one group changed. */
function withItems(root: Group, id: number, change: (items: Node[]) => Node[]): Group {
  if (root.id === id) return { ...root, items: change(root.items) }
  let touched = false
  const items = root.items.map((n) => {
    const next = n.kind === 'group' ? withItems(n, id, change) : n
    touched ||= next !== n
    return next
  })
  return touched ? { ...root, items } : root
}

/** Gives the tree with one node made another; the root stays a group. */
export function update<T extends Node>(root: Group, id: number, change: (node: T) => T): Group {
  if (root.id === id) return change(root as unknown as T) as unknown as Group
  const at = place(root, id)
  return at ? withItems(root, at.parent.id, (items) => items.map((n) => (n.id === id ? change(n as T) : n))) : root
}

export function insert(root: Group, into: number, index: number, ...nodes: Node[]): Group {
  return withItems(root, into, (items) => [...items.slice(0, index), ...nodes, ...items.slice(index)])
}

export function remove(root: Group, id: number): Group {
  const at = place(root, id)
  return at ? withItems(root, at.parent.id, (items) => items.filter((n) => n.id !== id)) : root
}

/** Moves a node before the item that has the index now; a group never moves into itself. */
export function move(root: Group, id: number, into: number, index: number): Group {
  const at = place(root, id)
  if (!at || within(at.node, into)) return root
  const shift = at.parent.id === into && at.index < index ? 1 : 0
  if (at.parent.id === into && at.index === index - shift) return root
  return insert(remove(root, id), into, index - shift, at.node)
}

export type Direction = 'up' | 'down' | 'in' | 'out'

/** Moves a node one step: up and down in reading order, in: to the group beside it, out: behind its own group. */
export function step(root: Group, id: number, direction: Direction): Group {
  const at = place(root, id)
  if (!at) return root
  const { parent, index, parents } = at
  const above = parents.at(-2)
  const own = above ? above.items.findIndex((n) => n.id === parent.id) : -1
  const before = parent.items[index - 1]
  const behind = parent.items[index + 1]
  switch (direction) {
    case 'up':
      return index > 0 ? move(root, id, parent.id, index - 1) : above ? move(root, id, above.id, own) : root
    case 'down':
      return behind ? move(root, id, parent.id, index + 2) : above ? move(root, id, above.id, own + 1) : root
    case 'in':
      if (before?.kind === 'group') return move(root, id, before.id, before.items.length)
      return behind?.kind === 'group' ? move(root, id, behind.id, 0) : root
    case 'out':
      return above ? move(root, id, above.id, own + 1) : root
  }
}

/** Puts a group around a node; gives the tree and the new group's id. */
export function wrap(root: Group, id: number, op: Connective): { root: Group; id: number } {
  const outer = group(op)
  return { root: update(root, id, (node: Node) => ({ ...outer, items: [node] })), id: outer.id }
}

/** Puts a group's items in its place. */
export function unwrap(root: Group, id: number): Group {
  const at = place(root, id)
  if (at?.node.kind !== 'group') return root
  return insert(remove(root, id), at.parent.id, at.index, ...at.node.items)
}

export function copy<T extends Node>(node: T): T {
  return node.kind === 'group' ? { ...node, id: fresh(), items: node.items.map(copy) } : { ...node, id: fresh() }
}

/** Puts a copy behind a node; gives the tree and the copy's id. */
export function duplicate(root: Group, id: number): { root: Group; id: number } {
  const at = place(root, id)
  if (!at) return { root, id }
  const twin = copy(at.node)
  return { root: insert(root, at.parent.id, at.index + 1, twin), id: twin.id }
}

/** Turns a node off, or on again: it stays in the panel and is no part of the filter. */
export const toggle = (root: Group, id: number): Group => update(root, id, (node: Node) => ({ ...node, off: !node.off }))

/** How many rows of the tree count. */
export const count = (node: Node): number => (node.off ? 0 : node.kind === 'group' ? node.items.reduce((n, item) => n + count(item), 0) : 1)
