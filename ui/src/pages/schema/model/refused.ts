import type { Problem } from '@/editor/places'

/** Why the server refuses a change, by where: a field of this table, an endpoint, another table. */
export interface Reason { kind: 'field' | 'endpoint' | 'table' | 'other'; name: string; place: string; message: string }

export function refused(problems: Problem[], table: string): Reason[] {
  return problems.map((p) => {
    const message = p.hint ? `${p.message}; ${p.hint}` : p.message
    const path = p.path[0] === 'tables' && p.path[1] === table ? p.path.slice(2) : p.path
    if (path[0] === 'fields' && path[1]) return { kind: 'field', name: path[1], place: path.slice(2).join('.'), message }
    if (path[0] === 'endpoints' && path[1]) return { kind: 'endpoint', name: path[1], place: path.slice(2).join('.'), message }
    if (path[0] === 'tables' && path[1]) return { kind: 'table', name: path[1], place: path.slice(2).join('.'), message }
    return { kind: 'other', name: '', place: path.join('.'), message }
  })
}
