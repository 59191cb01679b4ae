import { onBeforeUnmount, onMounted, toValue, watch, type MaybeRefOrGetter } from 'vue'

/** Who wants to know of changed records, by table. */
const listeners = new Map<string, Set<() => void>>()

/**
 * Calls fn after records of a table of the present project have changed, by any door and any person, oneself among them; several changes
 * come as one call, and one comes after a lost connection, when nobody knows what was missed. The table may change; it ends with the component.
 */
export function useRecordEvents(table: MaybeRefOrGetter<string>, fn: () => void): void {
  let off = () => {}
  onMounted(() => watch(() => toValue(table), (name) => { off(); off = name ? listen(name, fn) : () => {} }, { immediate: true }))
  onBeforeUnmount(() => off())
}

function listen(table: string, fn: () => void): () => void {
  const set = listeners.get(table) ?? new Set()
  listeners.set(table, set.add(fn))
  return () => {
    set.delete(fn)
    if (set.size === 0) listeners.delete(table)
  }
}
