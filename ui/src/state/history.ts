import { computed, shallowRef } from 'vue'

/** A value with its past. Changes of one label that follow each other, such as typing in one box, are one step. */
export function useHistory<T>(initial: T) {
  const state = shallowRef({ past: [] as T[], present: initial, future: [] as T[], label: '' })
  return {
    present: computed(() => state.value.present),
    canUndo: computed(() => state.value.past.length > 0),
    canRedo: computed(() => state.value.future.length > 0),
    change(next: T, label = '') {
      const s = state.value
      if (next === s.present) return
      const joined = label !== '' && label === s.label && s.past.length > 0
      state.value = { past: joined ? s.past : [...s.past.slice(-99), s.present], present: next, future: [], label }
    },
    undo() {
      const s = state.value
      const before = s.past.at(-1)
      if (before !== undefined) state.value = { past: s.past.slice(0, -1), present: before, future: [s.present, ...s.future], label: '' }
    },
    redo() {
      const s = state.value
      const [next, ...future] = s.future
      if (next !== undefined) state.value = { past: [...s.past, s.present], present: next, future, label: '' }
    },
    reset(value: T) {
      state.value = { past: [], present: value, future: [], label: '' }
    },
  }
}
