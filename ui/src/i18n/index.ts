import { createI18n } from 'vue-i18n'
import { watch } from 'vue'
import { spoken } from '@/api/client'
import { kept } from '@/state/preferences'
import en from './en/shell.json'

export type Language = 'en' | 'zh-CN'
export const languages: Array<{ value: Language; label: string }> = [{ value: 'en', label: 'English' }, { value: 'zh-CN', label: '简体中文' }]

/** Each file <language>/<area>.json holds the texts of an area under its name: t('grid.paste'). They are loaded with the page that needs them. */
const files = import.meta.glob<{ default: Record<string, unknown> }>('./*/*.json')

const language = kept<Language>('language', navigator.languages.some((l) => l.startsWith('zh')) ? 'zh-CN' : 'en')

export const i18n = createI18n({
  legacy: false, locale: 'en', fallbackLocale: 'en', messages: { en: { shell: en } },
  missingWarn: import.meta.env.DEV, fallbackWarn: false,
})

const areas = new Set<string>(['shell'])
const loaded = new Set<string>(['en/shell'])

async function load(lang: Language, area: string): Promise<void> {
  const name = `${lang}/${area}`
  const file = files[`./${name}.json`]
  if (loaded.has(name) || !file) return
  loaded.add(name)
  const texts = (await file()).default
  i18n.global.mergeLocaleMessage(lang as 'en', { [area]: texts })
}

/** Loads the texts of areas, in the present language and whichever is chosen later. A route names its areas in meta.texts. */
export async function need(...names: string[]): Promise<void> {
  for (const name of names) areas.add(name)
  await Promise.all(names.map((area) => load(language.value, area)))
}

async function speak(lang: Language): Promise<void> {
  await Promise.all([...areas].map((area) => load(lang, area)))
  i18n.global.locale.value = lang as 'en'
  spoken.language = lang
  document.documentElement.lang = lang
}

/** Speaks the kept language and follows the choice of another, without a reload. */
export async function startLanguage(): Promise<void> {
  watch(language, speak)
  await speak(language.value)
}

export function useLanguage() {
  return { language, languages }
}
