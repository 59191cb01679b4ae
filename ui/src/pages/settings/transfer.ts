/** What the panel reads in a project file and in a report before anything is applied. Pure. */
export interface Change { action: string; object: string; detail?: string }

/** The project that a file names, in YAML or JSON; "" where none is found. */
export function projectOf(source: string): string {
  const line = /^project: *["']?([\w-]+)["']? *(?:#.*)?$/m.exec(source) ?? /^\s*\{[^]*?"project"\s*:\s*"([\w-]+)"/.exec(source)
  return line?.[1] ?? ''
}

/** The changes by which records or their values are lost. */
export const losses = (changes: readonly Change[]): Change[] => changes.filter((c) => c.action === 'drop' && /^(table|field) /.test(c.object))
