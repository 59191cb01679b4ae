import { computed, onBeforeUnmount, ref, shallowRef } from 'vue'
import { importFile, type ImportReport } from '@/record/transfer'
import { asLines, sampleOf, type Sample } from './sample'

/** A file on its way into a table: looked at, tried, imported. */
export function useImport() {
  const file = shallowRef<File | null>(null)
  const sample = shallowRef<Sample | null>(null)
  const step = ref<'choose' | 'map' | 'tried' | 'done'>('choose')
  const running = ref<'' | 'trying' | 'importing'>('')
  const sent = ref(0)
  const report = shallowRef<ImportReport | null>(null)
  const problem = ref('')
  let aborted = new AbortController()

  /** 0 to 1; 1 is the server at work on what it has. */
  const progress = computed(() => (file.value?.size ? Math.min(sent.value / file.value.size, 1) : 0))

  async function choose(chosen: File) {
    report.value = null
    problem.value = ''
    try {
      file.value = await asLines(chosen)
      sample.value = await sampleOf(file.value)
      step.value = 'map'
    } catch (e) {
      problem.value = (e as Error).message
    }
  }
  /** Sends the file; gives the report, or null where it went wrong or was stopped. */
  async function send(project: string, table: string, columns: Record<string, string>, options: { dry?: boolean; skip?: boolean }): Promise<ImportReport | null> {
    if (!file.value || !sample.value) return null
    aborted = new AbortController()
    running.value = options.dry ? 'trying' : 'importing'
    sent.value = 0
    problem.value = ''
    try {
      report.value = await importFile(project, table, file.value, { format: sample.value.format, dry_run: options.dry, skip: options.skip, columns }, {
        signal: aborted.signal, progress: (n) => { sent.value = n },
      })
      step.value = options.dry || (report.value.refused > 0 && !options.skip) ? 'tried' : 'done'
      return report.value
    } catch (e) {
      if (!(e instanceof DOMException)) problem.value = (e as Error).message
      return null
    } finally {
      running.value = ''
    }
  }
  function again() {
    file.value = null
    sample.value = null
    report.value = null
    problem.value = ''
    step.value = 'choose'
  }
  const stop = () => aborted.abort()
  onBeforeUnmount(stop)
  return { file, sample, step, running, progress, report, problem, choose, send, stop, again }
}
