/** Where a value stands in a JSON text. */
export interface Range { from: number; to: number }

/** Gives the place of what a path leads to in a JSON text, or of the nearest around it. */
export function locate(text: string, path: readonly string[]): Range {
  let at = 0
  let found: Range = { from: 0, to: 0 }
  const space = () => { while (/\s/.test(text[at] ?? '')) at++ }

  function string(): string {
    const from = at++
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
    at++
    return JSON.parse(text.slice(from, at)) as string
  }

  /** Reads a value; `rest` is the path that is still to go in it, or null beside the path. */
  function value(rest: readonly string[] | null) {
    space()
    const from = at
    if (text[at] === '{' || text[at] === '[') members(text[at] === '{', rest)
    else if (text[at] === '"') string()
    else while (at < text.length && !/[\s,}\]]/.test(text[at]!)) at++
    if (rest?.length === 0) found = { from, to: at }
  }

  function members(object: boolean, rest: readonly string[] | null) {
    at++
    for (let i = 0; at < text.length; i++) {
      space()
      if (text[at] === '}' || text[at] === ']') break
      const key = at
      const name = object ? string() : String(i)
      if (object) {
        const end = at
        space()
        at++ // the colon
        if (rest && rest[0] === name) found = { from: key, to: end }
      }
      value(rest && rest[0] === name ? rest.slice(1) : null)
      space()
      if (text[at] === ',') at++
    }
    at++
  }

  try {
    value(path)
  } catch {
    // no JSON: what was found so far holds
  }
  return found
}
