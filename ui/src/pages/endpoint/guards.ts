import type { Definition } from './draft'

export type Guard = NonNullable<Definition['guards']>[number]
export const questions = ['exists', 'not_exists', 'count', 'when', 'lock'] as const
export type Question = typeof questions[number]

/** What a guard asks; one that only locks asks nothing. */
export const questionOf = (guard: Guard): Question => questions.find((q) => guard[q] !== undefined) ?? 'lock'

/** The guard with another question: status, message and lock stay, and so do table and filter where both questions have them. */
export function guardAs(guard: Guard, question: Question, table: string): Guard {
  const query = guard.exists ?? guard.not_exists ?? guard.count
  const { table: from = table, filter } = query ?? {}
  const { exists: _, not_exists: __, count: ___, when, ...rest } = guard
  const asked = { table: from, ...(filter !== undefined && { filter }) }
  switch (question) {
    case 'count': return { count: { ...asked, over: guard.count?.over ?? 0 }, ...rest }
    case 'when': return { when: when ?? '=false', ...rest }
    case 'lock': return { lock: '$request.ip', ...rest }
    default: return { [question]: asked, ...rest }
  }
}
