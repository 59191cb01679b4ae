import { computed } from 'vue'
import { useUnsaved } from '@/state/unsaved'

/** Tells whether something is not saved, and asks before it is left. */
export function useDirty(is: () => boolean) {
  useUnsaved(is)
  return computed(is)
}
