import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, ApiError } from '@/api/client'
import type { Problem } from '@/flow/steps'
import { toast } from '@/kit/toast'
import { useProject } from '@/state/project'

/** Saves settings of the project as a merge patch on the revision that is shown. */
export function useSettings() {
  const { t } = useI18n()
  const { name, revision, changed } = useProject()
  const saving = ref(false)
  const problem = ref<ApiError | null>(null)
  const problems = ref<Problem[]>([])

  async function save(settings: Record<string, unknown>): Promise<boolean> {
    saving.value = true
    problem.value = null
    problems.value = []
    try {
      await api.PATCH('/projects/{project}', { params: { path: { project: name.value }, query: { if_revision: revision() } }, body: { settings } })
      await changed()
      toast.done(t('settings.saved'))
      return true
    } catch (e) {
      problem.value = e instanceof ApiError ? e : new ApiError(0, '', String(e))
      problems.value = problem.value.problems
      return false
    } finally {
      saving.value = false
    }
  }
  return { save, saving, problem, problems }
}
