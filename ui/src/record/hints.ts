import type { Field } from '@/state/project'
import { bytes } from './sizes'

type Translate = (key: string, values: Record<string, unknown>) => string

/** What a value of the field may be, in short words: "3 to 20 characters", "image/*". */
export function hintsOf(field: Field, t: Translate, language: string): string[] {
  const hints: string[] = []
  const { min, max } = field
  const characters = field.type === 'text' || field.type === 'email' || field.type === 'url'
  const kind = characters ? 'length' : field.type === 'file' ? 'files' : 'range'
  if (min !== undefined && max !== undefined) hints.push(t(`record.hint.${kind}`, { min, max }))
  else if (max !== undefined) hints.push(t(`record.hint.${kind}Max`, { max }))
  else if (min !== undefined) hints.push(t(`record.hint.${kind}Min`, { min }))
  if (field.integer) hints.push(t('record.hint.integer', {}))
  if (field.unique) hints.push(t('record.hint.unique', {}))
  if (field.type === 'file') {
    if (field.types?.length) hints.push(field.types.join(', '))
    if (field.max_size) hints.push(t('record.hint.size', { size: bytes(field.max_size, language) }))
  }
  if (field.pattern) hints.push(field.pattern)
  return hints
}
