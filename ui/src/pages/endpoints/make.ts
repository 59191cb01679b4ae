import type { Field, Table } from '@/state/project'
import type { Definition } from '../endpoint/draft'
import { methodOfKind, parseRoute, routeText, type Kind } from '../endpoint/route'

export interface Made { name: string; definition: Definition }

/** A name that is not taken: wanted, wanted_2, wanted_3 … */
export function free(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted
  for (let i = 2; ; i++) if (!taken.includes(`${wanted}_${i}`)) return `${wanted}_${i}`
}

/** A draft with the same definition; its path gets "-copy", since two endpoints cannot have one route. */
export function copyOf(name: string, definition: Definition, taken: readonly string[]): Made {
  const copy = free(`${name}_copy`, taken)
  const { method, path } = parseRoute(definition.route)
  const rest = { ...definition }
  delete rest.was
  return { name: copy, definition: { ...rest, route: routeText({ method, path: `${path.replace(/\/$/, '')}/${copy.slice(name.length + 1)}` }), enabled: false } }
}

const slug = (table: string) => table.replace(/_/g, '-')
const verbs: Record<Kind, string> = { LIST: 'list', VIEW: 'view', CREATE: 'create', UPDATE: 'update', DELETE: 'delete' }

/** The route that a kind of endpoint usually has. */
export function usualRoute(kind: Kind | '', table: string): string {
  if (!kind || !table) return 'GET /'
  return `${methodOfKind[kind]} /${slug(table)}${kind === 'LIST' || kind === 'CREATE' ? '' : '/{id}'}`
}

export const usualName = (kind: Kind | '', table: string, taken: readonly string[]) => free(kind && table ? `${verbs[kind]}_${table}` : 'endpoint', taken)

/** The fields that a client may write: not those that the server makes, not hidden ones that have another source. */
export function writableFields(table: Table | undefined): string[] {
  return (Object.entries(table?.fields ?? {}) as Array<[string, Field]>)
    .filter(([, f]) => f.type !== 'generated' && f.type !== 'autonumber' && !(f.hidden && (!f.required || f.default !== undefined)))
    .map(([name]) => name)
}

/** What an endpoint of a kind begins with: like those that `crud` makes, and as a draft. */
export function begin(kind: Kind | '', tableName: string, table: Table | undefined, route = usualRoute(kind, tableName)): Definition {
  if (!kind || !tableName) return { route, response: { body: {} }, enabled: false }
  const base = { kind, route, table: tableName }
  const one = { filter: { uid: '$params.id' } }
  const fields = (required?: false) => Object.fromEntries(writableFields(table).map((name) => [name, required === false ? { required } : {}]))
  const by = route.includes('{id}') ? one : { filter: {} }
  switch (kind) {
    case 'LIST':
      return { ...base, params: { page: { in: 'query', type: 'integer', default: 1, min: 1 }, size: { in: 'query', type: 'integer', default: 20, min: 1, max: 100 } }, page: { number: '$params.page', size: '$params.size', total: true }, enabled: false } as Definition
    case 'CREATE': return { ...base, params: fields(), enabled: false } as Definition
    case 'UPDATE': return { ...base, params: fields(false), ...by, enabled: false } as Definition
    default: return { ...base, ...by, enabled: false } as Definition
  }
}

/** The five endpoints of a table, or some of them. */
export function five(tableName: string, table: Table | undefined, path: string, chosen: readonly Kind[], taken: readonly string[], live: boolean): Made[] {
  return chosen.map((kind) => {
    const route = `${methodOfKind[kind]} ${path}${kind === 'LIST' || kind === 'CREATE' ? '' : '/{id}'}`
    const definition = begin(kind, tableName, table, route)
    if (live) delete definition.enabled
    return { name: usualName(kind, tableName, taken), definition }
  })
}
