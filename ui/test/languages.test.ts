// @vitest-environment node
import { baseCompile } from '@intlify/message-compiler'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const root = new URL('../src/i18n/', import.meta.url)

function keys(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return [path]
  return Object.entries(value as Record<string, unknown>).flatMap(([k, v]) => keys(v, `${path}.${k}`)).sort()
}

function texts(lang: string, area: string): unknown {
  return JSON.parse(readFileSync(new URL(`${lang}/${area}`, root), 'utf8'))
}

describe('both languages', () => {
  const areas = readdirSync(new URL('en/', root))
  it('have the same areas', () => {
    expect(readdirSync(new URL('zh-CN/', root)).sort()).toEqual(areas.sort())
  })
  it.each(areas)('have the same texts in %s', (area) => {
    expect(keys(texts('zh-CN', area))).toEqual(keys(texts('en', area)))
  })
})

describe('every text', () => {
  const all = ['en', 'zh-CN'].flatMap((lang) => readdirSync(new URL(`${lang}/`, root)).map((area) => [lang, area] as const))
  it.each(all)('compiles: %s %s', (lang, area) => {
    const refused: string[] = []
    const check = (value: unknown, path: string): void => {
      if (typeof value !== 'string') return Object.entries(value as Record<string, unknown>).forEach(([k, v]) => check(v, `${path}.${k}`))
      baseCompile(value, { onError: (e) => refused.push(`${path}: ${e.message}`) })
    }
    check(texts(lang, area), '')
    expect(refused).toEqual([])
  })
})
