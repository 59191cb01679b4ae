import { shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { confirm } from '@/kit/confirm'
import { toast } from '@/kit/toast'
import type { Column } from '@/grid/columns'
import { eachPage, restore, saveBatch, type Asked } from '@/grid/records'
import { sent, type Row } from '@/record/values'
import { download, exportURL, mostNamed, type Format } from './export'
import type { useMarks } from './useMarks'

interface Tools { asked: () => Asked; marks: ReturnType<typeof useMarks>; total: () => number; refresh: () => void }

/** What is done to many records at once: to the marked ones, or to all that match, a thousand a transaction. */
export function useBulk({ asked, marks, total, refresh }: Tools) {
  const { t } = useI18n()
  const progress = shallowRef<{ done: number; of: number } | null>(null)
  let control = new AbortController()

  /** Goes through the records meant. */
  async function each(fn: (rows: Row[]) => Promise<void>): Promise<number> {
    control = new AbortController()
    const { signal } = control
    let done = 0
    const of = marks.all.value ? total() : marks.count.value
    progress.value = { done, of }
    try {
      const step = async (rows: Row[]) => {
        await fn(rows)
        done += rows.length
        progress.value = { done, of: Math.max(of, done) }
        return !signal.aborted
      }
      if (marks.all.value) await eachPage(asked(), signal, step)
      else for (const list = [...marks.rows.value.values()]; list.length && !signal.aborted;) await step(list.splice(0, 1000))
    } catch (e) {
      toast.problem(e)
    } finally {
      progress.value = null
    }
    return done
  }

  async function change(column: Column, value: unknown) {
    const { project, table } = asked()
    const before: Array<{ uid: string; value: unknown }> = []
    const n = await each(async (rows) => {
      await saveBatch(project, table, [], rows.map((r) => ({ uid: r.uid, version: 0, data: { [column.name]: sent(column.field, value) }, seq: 0 })), [])
      if (before.length < 1000) before.push(...rows.map((r) => ({ uid: r.uid, value: r[column.name] })))
    })
    refresh()
    if (!n) return
    const undo = async () => {
      await saveBatch(project, table, [], before.map((b) => ({ uid: b.uid, version: 0, data: { [column.name]: sent(column.field, b.value) }, seq: 0 })), []).catch((e: unknown) => toast.problem(e))
      refresh()
    }
    toast.done(t('records.bulk.changed', { n }), n <= 1000 ? { label: t('shell.undo'), run: () => void undo() } : undefined)
  }

  async function remove(): Promise<void> {
    const { project, table } = asked()
    const n = marks.all.value ? total() : marks.count.value
    if (n > 1000 && !(await confirm({ title: t('records.bulk.deleteTitle', { n }), text: t('records.bulk.deleteText'), action: t('records.bulk.delete'), danger: true, typed: table }))) return
    const gone: Row[] = []
    const done = await each(async (rows) => {
      await saveBatch(project, table, [], [], rows.map((r) => ({ ...r, version: 0 })))
      if (gone.length <= 1000) gone.push(...rows)
    })
    marks.clear()
    refresh()
    if (!done) return
    const undo = async () => {
      await restore(project, table, gone).catch((e: unknown) => toast.problem(e))
      refresh()
    }
    toast.done(t('grid.deleted', { n: done }), done <= 1000 ? { label: t('shell.undo'), run: () => void undo() } : undefined)
  }

  /** Has the server write a file of the marked records, or of all that match. */
  function save(format: Format, everything = false) {
    const some = everything || marks.all.value ? null : [...marks.rows.value.values()]
    if (some && some.length > mostNamed) return toast.info(t('records.bulk.exportMost', { n: mostNamed }))
    download(exportURL(asked(), format, some))
  }

  return { progress, change, remove, save, stop: () => control.abort() }
}
