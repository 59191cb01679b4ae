import { ref, watch } from 'vue'
import { recordsMayHaveChanged } from '@/api/events'
import { api, watchers } from '@/api/client'
import { useProject } from './project'

/** Whether the server did not answer at the last try. */
export const offline = ref(false)

const pauses = [1, 2, 3, 5, 10] // seconds between tries
let trying = 0

/** Asks until the server answers, then shows what happened meanwhile. */
function tryAgain(turn: number) {
  trying = window.setTimeout(() => {
    void api.GET('/setup').then(recovered, () => { if (offline.value) tryAgain(turn + 1) })
  }, (pauses[Math.min(turn, pauses.length - 1)] ?? 10) * 1000)
}

function recovered() {
  recordsMayHaveChanged()
  void useProject().look()
}

watchers.add((status) => {
  const lost = status === 0
  if (lost && !offline.value) tryAgain(0)
  if (!lost) window.clearTimeout(trying)
  offline.value = lost
})
/** Waits until the server answers again. */
export const back = () => new Promise<void>((done) => {
  const stop = watch(offline, (is) => { if (!is) { stop(); done() } })
})
window.addEventListener('online', () => { if (offline.value) tryAgain(-1) })
