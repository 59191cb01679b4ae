import type { RouteLocationNormalizedLoaded, RouteLocationRaw } from 'vue-router'

export interface Crumb { label: string; to?: RouteLocationRaw }

/** Where a page stands below its project, outermost first; the last is the page itself and leads nowhere. */
export function crumbsOf(route: RouteLocationNormalizedLoaded, t: (key: string) => string, labelOf: (table: string) => string): Crumb[] {
  const { project, table, endpoint, uid } = route.params as Record<string, string | undefined>
  const crumbs: Crumb[] = []
  if (table) {
    crumbs.push({ label: t('shell.nav.tables'), to: { name: 'tables', params: { project } } }, { label: labelOf(table), to: { name: 'records', params: { project, table } } })
    if (uid) crumbs.push({ label: uid })
    else if (route.name !== 'records') crumbs.push({ label: t(`shell.nav.${String(route.name)}`) })
  } else if (endpoint) {
    crumbs.push({ label: t('shell.nav.endpoints'), to: { name: 'endpoints', params: { project } } }, { label: endpoint })
  } else if (route.meta.title) {
    crumbs.push({ label: t(route.meta.title) })
  }
  const last = crumbs.pop()
  return last ? [...crumbs, { label: last.label }] : []
}

/** The title of the window: the innermost first, so that tabs can be told apart. */
export function titleOf(crumbs: Crumb[], project: string): string {
  return [...crumbs.map((c) => c.label).slice(-2).reverse(), project, 'Sayrud'].filter(Boolean).join(' · ')
}
