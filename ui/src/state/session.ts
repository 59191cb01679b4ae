import { computed, readonly, ref } from 'vue'
import { api, ApiError, body, type Schemas } from '@/api/client'
import { back } from './connection'

const me = ref<Schemas['Me'] | null>(null)
const needsSetup = ref(false)
let asked: Promise<void> | null = null

async function ask(): Promise<void> {
  try {
    me.value = await body(api.GET('/me'))
  } catch (e) {
    if (!(e instanceof ApiError)) throw e
    if (e.status === 0) return back().then(ask)
    if (e.status !== 401) throw e
    me.value = null
    needsSetup.value = (await body(api.GET('/setup'))).needed
  }
}

/** Who is signed in. */
export function useSession() {
  return {
    me: readonly(me),
    needsSetup: readonly(needsSetup),
    isOwner: computed(() => me.value?.role === 'owner'),
    /** Asks the server who is signed in, once. */
    ready: () => (asked ??= ask().catch((e: unknown) => { asked = null; throw e })),
    async login(email: string, password: string) {
      me.value = await body(api.POST('/login', { body: { email, password } }))
    },
    async setup(token: string, email: string, password: string) {
      me.value = await body(api.POST('/setup', { body: { token, email, password } }))
      needsSetup.value = false
    },
    async logout() {
      await api.POST('/logout')
      me.value = null
    },
    /** The session ended elsewhere. */
    ended() {
      me.value = null
    },
  }
}
