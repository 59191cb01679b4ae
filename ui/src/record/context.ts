import { inject, provide, type InjectionKey, type Ref } from 'vue'

/** What the inputs of one record's form share. */
export interface RecordContext {
  project: string
  table: string
  uid: Ref<string>
  timezone: string
  /** Opens a form for a new record of `table`; resolves to the record made, or null. */
  create: (table: string, initial: Record<string, unknown>) => Promise<{ uid: string; [name: string]: unknown } | null>
  /** Opens a record of another table beside this one. */
  look: (table: string, uid: string) => void
  /** An input has text that is no value, or no longer: the form is not saved then. */
  broken: (name: string, problem: string) => void
}

const key: InjectionKey<RecordContext> = Symbol('record')

export const provideRecord = (context: RecordContext) => provide(key, context)

export function useRecordContext(): RecordContext {
  const context = inject(key)
  if (!context) throw new Error('an input of a record stands outside of a form')
  return context
}
