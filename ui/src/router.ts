import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { ApiError } from './api/client'
import { need } from './i18n'
import { useProject } from './state/project'
import { useSession } from './state/session'
import { mayLeave } from './state/unsaved'

const project: RouteRecordRaw[] = [
  { path: '', name: 'dashboard', component: () => import('./pages/dashboard/Dashboard.vue'), meta: { texts: ['dashboard', 'charts'], title: 'shell.nav.dashboard' } },
  { path: 'tables', name: 'tables', component: () => import('./pages/tables/Tables.vue'), meta: { texts: ['tables', 'import'], title: 'shell.nav.tables' } },
  { path: 't/:table', name: 'records', component: () => import('./pages/records/Records.vue'), meta: { texts: ['records', 'grid', 'record', 'filter'] } },
  { path: 't/:table/r/:uid', name: 'record', component: () => import('./pages/records/Records.vue'), meta: { texts: ['records', 'grid', 'record', 'filter'] } },
  { path: 't/:table/import', name: 'import', component: () => import('./pages/import/Import.vue'), meta: { texts: ['import'] } },
  { path: 't/:table/schema', name: 'schema', component: () => import('./pages/schema/Schema.vue'), meta: { texts: ['schema', 'flow'] } },
  { path: 'endpoints', name: 'endpoints', component: () => import('./pages/endpoints/Endpoints.vue'), meta: { texts: ['endpoints', 'endpoint'], title: 'shell.nav.endpoints' } },
  { path: 'endpoints/:endpoint', name: 'endpoint', component: () => import('./pages/endpoint/Endpoint.vue'), meta: { texts: ['endpoint', 'filter', 'flow', 'shape', 'trial'] } },
  { path: 'docs', name: 'docs', component: () => import('./pages/docs/Docs.vue'), meta: { texts: ['docs'], title: 'shell.nav.docs' } },
  { path: 'files', name: 'files', component: () => import('./pages/files/Files.vue'), meta: { texts: ['files', 'record'], title: 'shell.nav.files' } },
  { path: 'logs', name: 'logs', component: () => import('./pages/logs/Logs.vue'), meta: { texts: ['logs', 'charts'], title: 'shell.nav.logs' } },
  { path: 'deliveries', name: 'deliveries', component: () => import('./pages/deliveries/Deliveries.vue'), meta: { texts: ['deliveries'], title: 'shell.nav.deliveries' } },
  { path: 'audit', name: 'audit', component: () => import('./pages/audit/Audit.vue'), meta: { texts: ['audit'], title: 'shell.nav.audit' } },
  { path: 'settings/:section?', name: 'settings', component: () => import('./pages/settings/Settings.vue'), meta: { texts: ['settings', 'flow', 'shape', 'filter'], title: 'shell.nav.settings' } },
]

export const router = createRouter({
  history: createWebHistory('/_/'),
  routes: [
    { path: '/setup', name: 'setup', component: () => import('./pages/setup/Setup.vue'), meta: { public: true, texts: ['setup', 'projects'] } },
    { path: '/login', name: 'login', component: () => import('./pages/login/Login.vue'), meta: { public: true, texts: ['login'] } },
    {
      path: '/', component: () => import('./shell/Shell.vue'),
      children: [
        { path: '', name: 'projects', component: () => import('./pages/projects/Projects.vue'), meta: { texts: ['projects'], title: 'shell.nav.projects' } },
        { path: 'account', name: 'account', component: () => import('./pages/account/Account.vue'), meta: { texts: ['account'], title: 'shell.nav.account' } },
        { path: 'people', name: 'people', component: () => import('./pages/people/People.vue'), meta: { texts: ['people'], title: 'shell.nav.people' } },
        { path: 'p/:project', children: project },
        { path: ':rest(.*)*', name: 'missing', component: () => import('./pages/missing/Missing.vue') },
      ],
    },
  ],
})

router.beforeEach(async (to, from) => {
  if (!await mayLeave(to, from)) return false
  const session = useSession()
  const texts = need(...(to.meta.texts ?? []))
  await session.ready()
  if (!session.me.value && !to.meta.public) {
    return session.needsSetup.value ? { name: 'setup' } : { name: 'login', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
  }
  const name = to.params.project
  if (session.me.value && typeof name === 'string') {
    try {
      await useProject().open(name)
    } catch (e) {
      if (e instanceof ApiError && e.status === 0) return false // the shell says so
      return { name: 'missing', params: { rest: to.path.slice(1).split('/') }, replace: true }
    }
  } else {
    useProject().close()
  }
  await texts
})
