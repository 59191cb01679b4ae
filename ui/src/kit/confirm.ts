import { shallowRef } from 'vue'

export interface Confirmation {
  title: string
  text?: string
  /** What the button does: a verb and a noun. */
  action: string
  danger?: boolean
  /** To go on, this must be typed: for what cannot be undone. */
  typed?: string
  answer: (yes: boolean) => void
}

export const asked = shallowRef<Confirmation | null>(null)

/** Asks before something that is not undone; resolves to whether to go on. */
export function confirm(question: Omit<Confirmation, 'answer'>): Promise<boolean> {
  asked.value?.answer(false)
  return new Promise((resolve) => {
    asked.value = { ...question, answer: (yes) => { asked.value = null; resolve(yes) } }
  })
}
