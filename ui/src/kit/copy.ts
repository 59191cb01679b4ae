import { toast } from './toast'

/** Puts a text into the clipboard and says so. Where the page may not, because it came without TLS, it says that. */
export async function copy(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast.done(said)
  } catch (e) {
    toast.problem(e)
  }
}
