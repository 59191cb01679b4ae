import { onBeforeUnmount } from 'vue'
import { useRecordEvents } from '@/api/events'

const own = 2000 // ms in which an event probably tells of what was saved here

/**
 * Reads the records again when somebody changed some; not while a cell is edited: then once it no longer is. Who saves cell by cell is
 * shown that already: then once there is a pause.
 */
export function useLive(table: () => string, idle: () => boolean, savedAt: () => number, refresh: () => void): void {
  let waiting = 0
  const quietly = () => {
    window.clearTimeout(waiting)
    const ago = Date.now() - savedAt()
    if (ago < own) waiting = window.setTimeout(quietly, own - ago)
    else if (idle()) refresh()
    else waiting = window.setTimeout(quietly, 500)
  }
  useRecordEvents(table, quietly)
  onBeforeUnmount(() => window.clearTimeout(waiting))
}
