/** A text as one word of a POSIX shell. */
const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** A command that reads a record, or makes one of `data`. The token is the reader's to put in. */
export function curl(url: string, data?: unknown): string {
  const lines = [`curl ${quoted(url)}`, '-H "Authorization: Bearer $SAYRUD_TOKEN"']
  if (data !== undefined) lines.push("-H 'Content-Type: application/json'", `--data-raw ${quoted(JSON.stringify({ data }))}`)
  return lines.join(' \\\n  ')
}
