import { computed, shallowRef } from 'vue'
import type { Row } from '@/record/values'

/** Records that are marked for something that is done to all of them: some, or all that match. */
export function useMarks() {
  const rows = shallowRef(new Map<string, Row>())
  const all = shallowRef(false)
  let last = -1
  const set = (next: Map<string, Row>) => { rows.value = next }
  return {
    rows, all,
    count: computed(() => rows.value.size),
    has: (uid: string) => all.value || rows.value.has(uid),
    /** Marks a row; with range all between it and the one before. */
    mark(i: number, on: boolean, range: boolean, at: (i: number) => Row | undefined) {
      const next = new Map(rows.value)
      const from = range && last >= 0 ? Math.min(last, i) : i, to = range && last >= 0 ? Math.max(last, i) : i
      for (let k = from; k <= to; k++) {
        const row = at(k)
        if (row && on) next.set(row.uid, row)
        else if (row) next.delete(row.uid)
      }
      last = i
      all.value = false
      set(next)
    },
    replace: (list: Row[]) => { all.value = false; set(new Map(list.map((r) => [r.uid, r]))) },
    clear() { all.value = false; last = -1; set(new Map()) },
  }
}
