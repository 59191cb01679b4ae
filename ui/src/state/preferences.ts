import { ref, watch } from 'vue'

/** A value that this browser keeps, as JSON under sayrud.<key>. */
export function kept<T>(key: string, initial: T) {
  const name = `sayrud.${key}`
  let value = initial
  try {
    const text = localStorage.getItem(name)
    if (text !== null) value = JSON.parse(text) as T
  } catch {
    // a browser without storage, or a value of an older panel: the initial one holds
  }
  const state = ref(value)
  watch(state, (next) => {
    try {
      localStorage.setItem(name, JSON.stringify(next))
    } catch {
      // without storage it holds until the page is left
    }
  }, { deep: true })
  return state
}
