import { useRecordEvents } from '@/api/events'

/** Reads the records again when somebody changed some; not while a cell is edited: then once it no longer is. */
export function useLive(table: () => string, idle: () => boolean, refresh: () => void): void {
  let waiting = 0
  const quietly = () => {
    window.clearTimeout(waiting)
    if (idle()) refresh()
    else waiting = window.setTimeout(quietly, 500)
  }
  useRecordEvents(table, quietly)
}
