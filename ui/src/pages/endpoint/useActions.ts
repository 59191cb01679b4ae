import { nextTick } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { api } from '@/api/client'
import { confirm } from '@/kit/confirm'
import { toast } from '@/kit/toast'
import { useProject } from '@/state/project'
import type { Draft } from './draft'
import { copyOf } from '../endpoints/make'

/** What the header does beside saving. */
export function useActions(draft: Draft, save: () => Promise<boolean>) {
  const { t } = useI18n()
  const router = useRouter()
  const { project, name: projectName, revision, changed } = useProject()

  /** Puts the endpoint on the air or off it; what else is unsaved goes with it. */
  async function publish(on: boolean) {
    draft.set(['enabled'], on ? undefined : false)
    if (await save()) return
    const found = draft.problems.value
    draft.set(['enabled'], on ? false : undefined)
    await nextTick() // an edit takes the marks away, but this one mends nothing
    draft.problems.value = found
  }

  async function drop() {
    const name = draft.base.value.name
    if (!await confirm({ title: t('endpoint.dropTitle', { name }), text: t('endpoint.dropText'), action: t('endpoint.drop'), danger: true })) return
    try {
      await api.DELETE('/projects/{project}/endpoints/{endpoint}', { params: { path: { project: projectName.value, endpoint: name }, query: { if_revision: revision() } } })
      draft.load(name, draft.definition.value) // nothing is left to lose
      await changed()
      await router.push({ name: 'endpoints' })
    } catch (e) {
      toast.problem(e)
    }
  }

  async function duplicate() {
    const made = copyOf(draft.name.value, draft.definition.value, Object.keys(project.value?.definition.endpoints ?? {}))
    try {
      await api.POST('/projects/{project}/endpoints', { params: { path: { project: projectName.value }, query: { if_revision: revision() } }, body: made })
      await changed()
      await router.push({ name: 'endpoint', params: { endpoint: made.name } })
    } catch (e) {
      toast.problem(e)
    }
  }

  return { publish, drop, duplicate }
}
