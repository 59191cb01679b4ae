import { computed, toValue } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { api } from '@/api/client'
import { useLanguage } from '@/i18n'
import { toast } from '@/kit/toast'
import { useProject } from '@/state/project'
import { useSession } from '@/state/session'
import { labelOf, shortcuts } from '@/state/shortcuts'
import { useTheme } from '@/state/theme'
import { entries } from './entries'
import type { Target } from './palette'

/** Everything that the palette offers now. */
export function useTargets() {
  const { t } = useI18n()
  const router = useRouter()
  const { project, name, tables, projects } = useProject()
  const { isOwner } = useSession()
  const { chosen: theme } = useTheme()
  const { language, languages } = useLanguage()
  const go = (route: string, params: Record<string, string> = {}) => () => void router.push({ name: route, params: { project: name.value, ...params } })

  const actions = computed<Target[]>(() => shortcuts
    .filter((s) => !s.told && !s.unlisted && !s.modal && (!s.when || s.when()))
    .map((s) => ({ key: `key/${s.keys}`, group: t('shell.palette.actions'), label: labelOf(s), hint: toValue(s.group), icon: 'command' as const, keys: s.keys, run: s.run })))
  const pages = computed<Target[]>(() => [
    ...(name.value ? entries.map((e) => ({ key: `page/${e.name}`, group: t('shell.palette.pages'), label: t(`shell.nav.${e.name}`), icon: e.icon, keys: e.keys, words: e.name, run: go(e.name) })) : []),
    { key: 'page/projects', group: t('shell.palette.pages'), label: t('shell.nav.projects'), icon: 'project' as const, words: 'projects', run: go('projects') },
    { key: 'page/account', group: t('shell.palette.pages'), label: t('shell.nav.account'), icon: 'user' as const, words: 'account password sessions', run: go('account') },
    ...(isOwner.value ? [{ key: 'page/people', group: t('shell.palette.pages'), label: t('shell.nav.people'), icon: 'people' as const, words: 'people users tokens', run: go('people') }] : []),
  ])
  const ofTables = computed<Target[]>(() => tables.value.flatMap(([table, def]) => {
    const label = def.label || table
    return [
      { key: `table/${table}`, group: t('shell.nav.tables'), label, hint: label === table ? '' : table, icon: 'table' as const, run: go('records', { table }) },
      { key: `schema/${table}`, group: t('shell.nav.tables'), label: t('shell.palette.schemaOf', { table: label }), icon: 'columns' as const, words: table, run: go('schema', { table }) },
    ]
  }))
  const endpoints = computed<Target[]>(() => Object.entries(project.value?.definition.endpoints ?? {}).map(([endpoint, def]) => ({
    key: `endpoint/${endpoint}`, group: t('shell.nav.endpoints'), label: endpoint, hint: String((def as { route?: unknown }).route ?? ''), icon: 'endpoint' as const, run: go('endpoint', { endpoint }),
  })))
  const ofProjects = computed<Target[]>(() => projects.value.map((p) => ({
    key: `project/${p.name}`, group: t('shell.nav.projects'), label: p.name, icon: 'project' as const, run: () => void router.push({ name: 'dashboard', params: { project: p.name } }),
  })))
  const settings = computed<Target[]>(() => [
    ...(['system', 'light', 'dark'] as const).map((k) => ({
      key: `theme/${k}`, group: t('shell.nav.settings'), label: `${t('shell.themeLabel')}: ${t(`shell.theme.${k}`)}`, icon: k === 'light' ? 'sun' as const : k === 'dark' ? 'moon' as const : 'system' as const, words: 'theme', run: () => { theme.value = k },
    })),
    ...languages.map((l) => ({ key: `language/${l.value}`, group: t('shell.nav.settings'), label: `${t('shell.language')}: ${l.label}`, icon: 'globe' as const, words: 'language 语言', run: () => { language.value = l.value } })),
  ])
  const targets = computed(() => [...ofTables.value, ...endpoints.value, ...pages.value, ...actions.value, ...ofProjects.value, ...settings.value])

  /** Opens the record of a uid, whichever table it is in. */
  async function openRecord(uid: string) {
    const path = (table: string) => ({ params: { path: { project: name.value, table, uid } } })
    const hits = await Promise.all(tables.value.map(([table]) => api.GET('/projects/{project}/tables/{table}/records/{uid}', path(table)).then(() => table, () => null)))
    const table = hits.find((hit) => hit !== null)
    if (table) go('record', { table, uid })()
    else toast.info(t('shell.palette.noRecord', { uid }))
  }
  return { targets, openRecord, inProject: computed(() => name.value !== '' && tables.value.length > 0) }
}
