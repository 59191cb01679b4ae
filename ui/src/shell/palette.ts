import type { IconName } from '@/kit/icons'

/** Something that the palette can lead to or do. */
export interface Target { key: string; group: string; label: string; hint?: string; icon: IconName; keys?: string; words?: string; run: () => void }

/** How well the words fit; 0 is not at all. Each word must be somewhere; the beginning of the label counts most. */
export function fit(target: Pick<Target, 'label' | 'hint' | 'words'>, query: string): number {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const label = target.label.toLowerCase()
  const rest = `${target.hint ?? ''} ${target.words ?? ''}`.toLowerCase()
  let sum = 1
  for (const word of words) {
    const at = label.indexOf(word)
    if (at === 0) sum += 8
    else if (at > 0) sum += /[\s_\-./]/.test(label[at - 1] ?? '') ? 6 : 4
    else if (rest.includes(word)) sum += 2
    else return 0
  }
  return sum
}

/** The targets that fit, the best first, by group in the order in which groups were given; at most `limit` a group. */
export function found(targets: Target[], query: string, limit = 8): Array<[string, Target[]]> {
  const groups = new Map<string, Array<[number, Target]>>()
  for (const target of targets) {
    const score = fit(target, query)
    if (score === 0) continue
    groups.set(target.group, [...(groups.get(target.group) ?? []), [score, target]])
  }
  const best = (list: Array<[number, Target]>) => Math.max(...list.map(([score]) => score))
  const ordered = [...groups].map(([name, list]) => [name, list.sort((a, b) => b[0] - a[0])] as const)
  if (query.trim()) ordered.sort((a, b) => best(b[1]) - best(a[1]))
  return ordered.map(([name, list]) => [name, list.slice(0, limit).map(([, target]) => target)])
}

/** Whether a text can be the uid of a record, as people paste it. */
export const looksLikeUid = (text: string) => /^[A-Za-z0-9_-]{6,64}$/.test(text)
