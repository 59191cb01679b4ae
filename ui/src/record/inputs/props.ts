import type { Field } from '@/state/project'

/** What every input of a record's form gets beside its value. */
export interface InputProps { id: string; name: string; field: Field; invalid?: boolean; describedby?: string; disabled?: boolean }
