import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { TDesignResolver } from '@tdesign-vue-next/auto-import-resolver'
import Components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vitest/config'
import { compress } from './scripts/compress'

const server = process.env.SAYRUD_SERVER ?? 'http://127.0.0.1:8090'

export default defineConfig({
  base: '/_/',
  plugins: [
    vue(),
    Components({ resolvers: [TDesignResolver({ library: 'vue-next' })], dirs: [], dts: false }),
    compress(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // the policy of the page forbids inline scripts
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/_/api': server, '/api': server, '/files': server } },
  test: { environment: 'happy-dom', include: ['test/**/*.test.ts'] },
})
