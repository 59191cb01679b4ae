import { shallowRef } from 'vue'
import { api, body } from '@/api/client'
import { i18n } from '@/i18n'
import type { IconName } from '@/kit/icons'
import type { Schema } from './schemaForm'
import type { Manifest } from './steps'

const manifest = shallowRef<Manifest[]>([])
let asked: Promise<void> | null = null

/** The middlewares of the server, in its order; asked for once. */
export function useMiddlewares() {
  asked ??= body(api.GET('/middlewares')).then((list) => { manifest.value = list.items as Manifest[] }, (e: unknown) => { asked = null; throw e })
  return {
    manifest,
    ready: asked,
    find: (name: string) => manifest.value.find((m) => m.name === name),
    schemaOf: (name: string) => manifest.value.find((m) => m.name === name)?.schema as Schema | undefined,
  }
}

const { t, te } = i18n.global

/** What a middleware is called; one that the panel does not know keeps its name. */
export function titleOf(name: string): string {
  const key = `flow.title.${name}`
  return te(key) ? t(key) : name
}

/** One sentence about a middleware: ours, or the beginning of the server's. */
export function sentenceOf(name: string, doc = ''): string {
  const key = `flow.about.${name}`
  return te(key) ? t(key) : doc.split(/(?<=\.)\s/)[0] ?? ''
}

const icons: Record<string, IconName> = {
  main: 'table', rate_limit: 'gauge', auth: 'key', basic_auth: 'user', captcha: 'shield', cors: 'globe', ip_filter: 'filter', referer: 'link', body_limit: 'file', cache: 'save',
  script: 'code', webhook: 'send', email: 'mail',
}
export const iconOf = (name: string): IconName => icons[name] ?? 'settings'
