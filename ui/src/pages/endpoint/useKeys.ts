import { useI18n } from 'vue-i18n'
import { useShortcut } from '@/state/shortcuts'

interface Actions { save: () => void; run: () => void; undo: () => void; redo: () => void }

/** Whether the keys of text belong to what has the focus: there, undo is the text's own. */
const writes = () => document.activeElement?.closest('input:not([type=checkbox]), textarea, [contenteditable="true"], .cm-editor') != null

/** The keys of the editor: saving and trying from everywhere, undoing outside of texts. */
export function useKeys(actions: Actions) {
  const { t } = useI18n()
  useShortcut('ctrl+s', () => t('endpoint.save'), actions.save, { editor: true })
  useShortcut('ctrl+enter', () => t('endpoint.try'), actions.run, { editor: true })
  useShortcut('ctrl+z', () => t('endpoint.undo'), actions.undo, { when: () => !writes() })
  useShortcut('ctrl+shift+z', () => t('endpoint.redo'), actions.redo, { when: () => !writes() })
  useShortcut('ctrl+y', () => t('endpoint.redo'), actions.redo, { when: () => !writes() })
}
