import createClient, { type Middleware } from 'openapi-fetch'
import type { components, paths } from './types.gen'

/** What the admin API answers and takes, by the names of its OpenAPI document. */
export type Schemas = components['schemas']

/** A refusal of the admin API (RFC 9457), or of the network: then status is 0. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly errors: Array<{ param?: string; label?: string; code?: string; message?: string }> = [],
    readonly requestId = '',
    /** Seconds after which another try may succeed; 0 where the server does not say. */
    readonly retryAfter = 0,
    /** What is wrong with a definition, each with its place: offset counts bytes of UTF-8 in the text at path. */
    readonly problems: Array<{ path: string[]; offset: number; message: string; hint: string }> = [],
  ) {
    super(message)
  }

  /** The sentence about one parameter, or undefined. */
  of(param: string): string | undefined {
    return this.errors.find((e) => e.param === param)?.message
  }
}

/** Called with every answer's status; 0 is no answer. The shell shows a lost connection and an ended session. */
export const watchers = new Set<(status: number) => void>()

/** The language that the server's sentences are asked in. */
export const spoken = { language: 'en' }

const header: Middleware = {
  onRequest({ request }) {
    request.headers.set('X-Sayrud-CSRF', '1')
    request.headers.set('Accept-Language', spoken.language)
  },
  async onResponse({ response }) {
    for (const watch of watchers) watch(response.status)
    if (!response.ok) throw await refusal(response)
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === 'AbortError') return error
    for (const watch of watchers) watch(0)
    return new ApiError(0, 'offline', error instanceof Error ? error.message : String(error))
  },
}

export async function refusal(response: Response): Promise<ApiError> {
  const retry = Number(response.headers.get('Retry-After') ?? 0) || 0
  const id = response.headers.get('X-Request-Id') ?? ''
  try {
    const problem = await response.json() as Schemas['Problem'] & { code?: string; errors?: ApiError['errors']; problems?: ApiError['problems'] }
    const sentences = (problem.errors ?? []).map((e) => e.message).filter(Boolean).join(' ')
    return new ApiError(response.status, problem.code ?? '', sentences || problem.detail || problem.title || response.statusText, problem.errors, id, retry, problem.problems)
  } catch {
    return new ApiError(response.status, '', response.statusText || `HTTP ${response.status}`, [], id, retry)
  }
}

const client = createClient<paths>({ baseUrl: '/_/api' })
client.use(header)

/** The typed client: api.GET('/projects/{project}', { params: { path: { project } } }). A refusal is thrown as ApiError. */
export const api = client

/** Gives the answer's body; client.use has thrown every refusal before. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T
}
