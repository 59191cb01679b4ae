import { api, body, type Schemas } from '@/api/client'

let asked: Promise<Array<Schemas['AFunction']>> | undefined

/** The functions that generated fields may call, asked once. */
export function functions() {
  return (asked ??= body(api.GET('/functions')).then((list) => list.items).catch(() => { asked = undefined; return [] }))
}
