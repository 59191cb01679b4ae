import { computed, onBeforeUnmount, ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Choice } from '@/kit/Combobox.vue'
import { toast } from '@/kit/toast'
import { useProject, type Field } from '@/state/project'
import { useRecordContext } from '../context'
import { displayOf, findReferences } from '../records'
import { recentOf } from '../recent'
import { inWords, type Reference } from '../values'

/** The value of the choice that opens a form for a new record. */
export const createNew = '+'

/** What a picker of references offers: recent ones first, then what the words find, and a new one. */
export function useReferences(field: () => Field) {
  const { t } = useI18n()
  const context = useRecordContext()
  const project = useProject()
  const to = computed(() => field().to ?? '')
  const found = shallowRef<Reference[]>([])
  const words = ref('')
  const loading = ref(false)
  const recent = recentOf(context.project, to.value)
  let aborted = new AbortController()
  let timer = 0

  function search(typed: string) {
    words.value = typed
    window.clearTimeout(timer)
    timer = window.setTimeout(ask, typed ? 180 : 0)
    loading.value = true
  }
  async function ask() {
    aborted.abort()
    aborted = new AbortController()
    const { signal } = aborted
    try {
      found.value = await findReferences(context.project, to.value, project.table(to.value), words.value, field().display, signal)
    } catch (e) {
      if (!signal.aborted) toast.problem(e)
    } finally {
      if (!signal.aborted) loading.value = false
    }
  }
  onBeforeUnmount(() => { aborted.abort(); window.clearTimeout(timer) })

  const label = (r: Reference) => inWords(r.v) || r.u
  const list = computed(() => {
    const first = words.value ? [] : recent.list.value
    return [...first, ...found.value.filter((r) => !first.some((f) => f.u === r.u))]
  })
  const choices = computed<Choice[]>(() => [
    ...list.value.map((r) => ({ value: r.u, label: label(r), hint: !words.value && recent.list.value.some((x) => x.u === r.u) ? t('record.recent') : label(r) === r.u ? '' : r.u.slice(-6) })),
    ...(project.canEdit.value ? [{ value: createNew, label: words.value ? t('record.createNamed', { name: words.value }) : t('record.createNew') }] : []),
  ])

  /** Gives the reference of a choice; the form for a new record is opened where that was chosen. */
  async function choose(value: string): Promise<Reference | null> {
    const shown = displayOf(project.table(to.value), field().display)
    let chosen = list.value.find((r) => r.u === value) ?? null
    if (value === createNew) {
      const initial = shown && words.value && shown[1].type !== 'generated' ? { [shown[0]]: words.value } : {}
      const made = await context.create(to.value, initial)
      chosen = made && { u: made.uid, v: shown ? made[shown[0]] : undefined }
    }
    if (chosen) recent.chosen(chosen)
    return chosen
  }
  return { choices, loading, search, choose, label, to }
}
