import type { Schemas } from '@/api/client'

/** What an endpoint answered when it was tried, here or for real; then there is no trace. */
export type Tried = Schemas['EndpointTried'] & { real?: boolean; size: number; method: string; path: string }

export type Auth = 'none' | 'me' | 'token'
export type BodyMode = 'json' | 'form' | 'raw'
export interface HeaderRow { name: string; value: string; on: boolean }

/** What a person filled in. Values are texts by the name of the parameter; what is empty is not sent. */
export interface Inputs {
  values: Record<string, string>
  headers: HeaderRow[]
  auth: Auth
  token: string
  mode: BodyMode
  raw: string
}

/** A request below the project's address. */
export interface BuiltRequest { method: string; path: string; headers: Record<string, string>; body: string }
