import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { confirm } from '@/kit/confirm'
import type { MenuItem } from '@/kit/Menu.vue'
import { copy } from '@/kit/copy'
import { toast } from '@/kit/toast'
import { useProject } from '@/state/project'
import { curl } from './curl'
import { recordURL, restoreRecords } from './records'
import { referrersOf } from './referrers'
import type { useRecord } from './useRecord'
import { sent, writable, type Row } from './values'

interface Options {
  project: string
  table: string
  record: ReturnType<typeof useRecord>
  deleted: (uid: string) => void
  restored: (row: Row) => void
  duplicate: (values: Record<string, unknown>) => void
}

/** What can be done with a record beside saving it. */
export function useActions({ project, table, record, deleted, restored, duplicate }: Options) {
  const { t } = useI18n()
  const { tables, canEdit } = useProject()
  const { base, edits, fields, isNew } = record
  const values = () => ({ ...base.value, ...edits.value })

  function copyCurl() {
    void copy(isNew.value ? curl(recordURL(project, table), record.changes.value) : curl(recordURL(project, table, record.uid.value)), t('record.copiedCurl'))
  }
  /** Copies all but what must differ: unique values and what the server makes. */
  function again() {
    const all = values()
    duplicate(Object.fromEntries(Object.entries(fields.value).filter(([name, f]) => writable(f) && !f.unique && all[name] !== undefined && all[name] !== null).map(([name, f]) => [name, f.type === 'reference' || f.type === 'references' || f.type === 'file' ? all[name] : sent(f, all[name])])))
  }
  async function remove() {
    const cascading = referrersOf(tables.value, table).filter((r) => r.onDelete === 'cascade')
    if (cascading.length > 0) {
      const names = [...new Set(cascading.map((r) => r.label))].join(', ')
      if (!await confirm({ title: t('record.deleteTitle'), text: t('record.deleteCascades', { tables: names }), action: t('record.delete'), danger: true })) return
    }
    const row = base.value as Row
    try {
      await record.remove()
    } catch (e) {
      return toast.problem(e)
    }
    deleted(row.uid)
    toast.done(t('record.deleted'), { label: t('shell.undo'), run: () => void restore(row) })
  }
  async function restore(row: Row) {
    try {
      await restoreRecords(project, table, fields.value, [row])
      restored(row)
      toast.done(t('record.restored'))
    } catch (e) {
      toast.problem(e)
    }
  }
  const items = computed<MenuItem[]>(() => [
    ...(isNew.value ? [] : [{ key: 'uid', label: t('record.copyUid'), icon: 'copy' as const, run: () => void copy(record.uid.value, t('record.copiedUid')) }]),
    { key: 'curl', label: t('record.copyCurl'), icon: 'copy', run: copyCurl },
    ...(canEdit.value && !isNew.value ? [
      { key: 'duplicate', label: t('record.duplicate'), icon: 'duplicate' as const, run: again },
      { key: 'delete', label: t('record.delete'), icon: 'trash' as const, danger: true, separated: true, run: () => void remove() },
    ] : []),
  ])
  return { items }
}
