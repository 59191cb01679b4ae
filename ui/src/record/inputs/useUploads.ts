import { onBeforeUnmount, reactive } from 'vue'
import { useI18n } from 'vue-i18n'
import { toast } from '@/kit/toast'
import { useRecordContext } from '../context'
import { uploadFile } from '../transfer'
import type { StoredFile } from '../values'

export interface Running { id: number; name: string; sent: number; total: number; abort: AbortController }

/** The uploads of one field. While one runs, the form is not saved. */
export function useUploads(field: string, done: (file: StoredFile) => void) {
  const { t } = useI18n()
  const { project, table, broken } = useRecordContext()
  const running = reactive<Running[]>([])
  const addresses = new Map<string, string>()
  let next = 1

  async function send(file: File) {
    const u = reactive<Running>({ id: next++, name: file.name, sent: 0, total: file.size, abort: new AbortController() })
    running.push(u)
    broken(field, t('record.files.uploading', { name: file.name }))
    try {
      const stored = await uploadFile(project, table, field, file, { signal: u.abort.signal, progress: (sent, total) => { u.sent = sent; u.total = total } })
      addresses.set(stored.sha256, URL.createObjectURL(new Blob([file], { type: stored.type })))
      done(stored)
    } catch (e) {
      if (!(e instanceof DOMException)) toast.problem(t('record.files.failed', { name: file.name, reason: (e as Error).message }))
    } finally {
      running.splice(running.findIndex((r) => r.id === u.id), 1)
      if (running.length === 0) broken(field, '')
    }
  }
  onBeforeUnmount(() => {
    for (const u of running) u.abort.abort()
    for (const address of addresses.values()) URL.revokeObjectURL(address)
  })
  return {
    running,
    /** Sends files one after the other: their order stays. */
    add: async (files: File[]) => { for (const file of files) await send(file) },
    abort: (id: number) => running.find((u) => u.id === id)?.abort.abort(),
    /** An address in this page of a file that was just stored. */
    local: (file: StoredFile) => addresses.get(file.sha256),
  }
}
