import type { IconName } from '@/kit/icons'

/** The pages of a project as the navigation lists them, with the keys that lead there. */
export const entries: Array<{ name: string; icon: IconName; keys: string }> = [
  { name: 'dashboard', icon: 'dashboard', keys: 'g d' }, { name: 'tables', icon: 'table', keys: 'g t' }, { name: 'endpoints', icon: 'endpoint', keys: 'g e' },
  { name: 'docs', icon: 'book', keys: 'g a' }, { name: 'files', icon: 'file', keys: 'g f' }, { name: 'logs', icon: 'log', keys: 'g l' },
  { name: 'deliveries', icon: 'mail', keys: 'g v' }, { name: 'audit', icon: 'audit', keys: 'g u' }, { name: 'settings', icon: 'settings', keys: 'g s' },
]

/** The entry that a page belongs to. */
export function entryOf(route: string): string {
  if (['records', 'record', 'schema', 'import'].includes(route)) return 'tables'
  return route === 'endpoint' ? 'endpoints' : route
}
