import { createApp } from 'vue'
import 'tdesign-vue-next/es/style/index.css'
import './styles/tokens.css'
import './styles/base.css'
import './kit/menu.css'
import App from './App.vue'
import { i18n, startLanguage } from './i18n'
import { router } from './router'
import { listenToShortcuts } from './state/shortcuts'
import { applyTheme } from './state/theme'
import { guardWindow } from './state/unsaved'

applyTheme()
guardWindow()
listenToShortcuts()
await startLanguage()
createApp(App).use(i18n).use(router).mount('#app')
