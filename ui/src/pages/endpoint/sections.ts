/** What the server finds wrong at a place of a definition, and what would be right. */
export interface Problem { path: string[]; message: string; hint: string }

export const sections = ['basics', 'params', 'data', 'filter', 'order', 'flow', 'response', 'docs', 'versions', 'source'] as const
export type SectionName = typeof sections[number]

const owner: Record<string, SectionName> = {
  name: 'basics', was: 'basics', label: 'basics', kind: 'basics', table: 'basics', route: 'basics', match: 'basics', reveal: 'basics', enabled: 'basics',
  params: 'params', set: 'data', upsert: 'data', bulk: 'data', limit: 'data', keys: 'data', aggregate: 'data', group: 'data', include: 'data', sources: 'data',
  guards: 'data', filter: 'filter', narrow: 'filter', sort: 'order', page: 'order', middlewares: 'flow', response: 'response', errors: 'response', help: 'docs',
}

/** The path of a problem inside the endpoint: the server may say it from the project's root. */
export function inside(problem: Problem, name: string): string[] {
  const [first, second, ...rest] = problem.path
  return first === 'endpoints' && second === name ? rest : problem.path
}

/** The section where a problem is mended. */
export function sectionOf(problem: Problem, name: string): SectionName {
  const path = inside(problem, name)
  if (path.length === 0) return 'basics'
  return owner[path[0] ?? ''] ?? 'source'
}
