import { computed, ref, watchEffect } from 'vue'
import { kept } from './preferences'

export type Theme = 'system' | 'light' | 'dark'

const chosen = kept<Theme>('theme', 'system')
const system = matchMedia('(prefers-color-scheme: dark)')
const systemDark = ref(system.matches)
system.addEventListener('change', (e) => { systemDark.value = e.matches })

const dark = computed(() => chosen.value === 'dark' || (chosen.value === 'system' && systemDark.value))

/** Sets the theme on <html>, where TDesign's and our own variables look for it. */
export function applyTheme() {
  watchEffect(() => {
    document.documentElement.setAttribute('theme-mode', dark.value ? 'dark' : 'light')
    document.documentElement.style.colorScheme = dark.value ? 'dark' : 'light'
  })
}

export function useTheme() {
  return { chosen, dark }
}
