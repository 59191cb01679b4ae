import 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    /** Anybody may see the page, signed in or not. */
    public?: boolean
    /** The areas of texts that the page needs: files of i18n/<language>/. */
    texts?: string[]
    /** The key of the page's title. */
    title?: string
  }
}
