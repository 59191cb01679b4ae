/** A route is written "GET /comments/{id}". */
export interface Route { method: string; path: string }

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

export function parseRoute(text: string): Route {
  const [method = '', ...rest] = text.trim().split(/\s+/)
  return { method: method.toUpperCase(), path: rest.join(' ') }
}

export const routeText = (route: Route) => `${route.method} ${route.path}`

/** Cuts a path into texts and parameters, in order. */
export function pathParts(path: string): Array<{ text: string; param: boolean }> {
  return path.split(/(\{[^{}]*\})/).filter(Boolean).map((text) => ({ text, param: /^\{.*\}$/.test(text) }))
}

/** The names in braces, in order. */
export const pathParams = (path: string): string[] => pathParts(path).filter((p) => p.param).map((p) => p.text.slice(1, -1))

export type Kind = 'LIST' | 'VIEW' | 'CREATE' | 'UPDATE' | 'DELETE'
export const kinds: Kind[] = ['LIST', 'VIEW', 'CREATE', 'UPDATE', 'DELETE']
export const methodOfKind: Record<Kind, string> = { LIST: 'GET', VIEW: 'GET', CREATE: 'POST', UPDATE: 'PATCH', DELETE: 'DELETE' }

/** Which kinds a member of a definition is for; what is not listed fits all. It mirrors the server's keyKinds. */
const fits: Record<string, Kind[]> = {
  filter: ['LIST', 'VIEW', 'UPDATE', 'DELETE'], narrow: ['LIST'], sort: ['LIST'], page: ['LIST'], include: ['LIST', 'VIEW'], group: ['LIST'],
  aggregate: ['LIST'], keys: ['LIST'], set: ['CREATE', 'UPDATE'], upsert: ['CREATE'], limit: ['UPDATE', 'DELETE'], bulk: ['CREATE'], reveal: kinds,
}

export function fitsKind(member: string, kind: string | undefined): boolean {
  const of = fits[member]
  return !of || of.includes(kind as Kind)
}
