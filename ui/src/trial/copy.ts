import { toast } from '@/kit/toast'

/** Puts a text into the clipboard and says so. */
export async function copy(text: string, t: (key: string) => string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast.done(t('trial.copied'))
  } catch (e) {
    toast.problem(e)
  }
}
