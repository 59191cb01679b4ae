/**
 * What the pointer and the keys share: the marks in the document that make a board.
 *
 *     <div ref="root">
 *       <ol data-sort-list="fields">
 *         <li v-for="f in fields" :key="f.name" :data-sort-key="f.name"><button data-sort-handle>…</button> …</li>
 *       </ol>
 *     </div>
 *
 * An item without a handle is dragged by all of it. Lists may be nested, an item belongs to the nearest list around it. Children without a
 * key stay where they are.
 */
export interface Place { list: string; index: number }

export function listsOf(root: HTMLElement): HTMLElement[] {
  return [...(root.matches('[data-sort-list]') ? [root] : []), ...root.querySelectorAll<HTMLElement>('[data-sort-list]')]
}

export const listAround = (item: HTMLElement) => item.parentElement?.closest<HTMLElement>('[data-sort-list]') ?? null

export function itemsOf(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('[data-sort-key]')].filter((item) => listAround(item) === list)
}

/** The item with a key. Palettes may use the same keys: a list can be named. */
export function itemOf(root: HTMLElement, key: string, list?: string): HTMLElement | undefined {
  return [...root.querySelectorAll<HTMLElement>('[data-sort-key]')].find((i) => i.dataset.sortKey === key && (list === undefined || listAround(i)?.dataset.sortList === list))
}

/** The handle of the item itself, not of one nested in it; null where all of it is one. */
export function handleOf(item: HTMLElement): HTMLElement | null {
  return [...item.querySelectorAll<HTMLElement>('[data-sort-handle]')].find((h) => h.closest('[data-sort-key]') === item) ?? null
}

export function placeOf(item: HTMLElement): Place | null {
  const list = listAround(item)
  return list ? { list: list.dataset.sortList ?? '', index: itemsOf(list).indexOf(item) } : null
}

export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches
