import { useRecordEvents } from '@/api/events'

const own = 3000 // ms in which an event tells of what was saved here

/**
 * Reads the records again when somebody changed some; not while a cell is edited: then once it no longer is. What was saved here is
 * shown already, and its row must not jump away under the fingers.
 */
export function useLive(table: () => string, idle: () => boolean, savedAt: () => number, refresh: () => void): void {
  let waiting = 0
  const quietly = () => {
    window.clearTimeout(waiting)
    if (Date.now() - savedAt() < own) return
    if (idle()) refresh()
    else waiting = window.setTimeout(quietly, 500)
  }
  useRecordEvents(table, quietly)
}
