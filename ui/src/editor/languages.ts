import type { Completion as Offered, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { javascriptLanguage } from '@codemirror/lang-javascript'
import { jsonLanguage } from '@codemirror/lang-json'
import { PostgreSQL } from '@codemirror/lang-sql'
import { LanguageSupport, StreamLanguage } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import type { Completion, Language } from './options'

/** The little of YAML that helps the eye: keys, comments, quoted texts, numbers and words of meaning. */
const yaml = StreamLanguage.define<Record<string, never>>({
  name: 'yaml',
  startState: () => ({}),
  token(stream) {
    if (stream.eatSpace()) return null
    if (stream.match(/^#.*/)) return 'comment'
    if (stream.match(/^("([^"\\]|\\.)*"|'([^']|'')*'|[\w$.-]+)(?=\s*:(\s|$))/)) return 'propertyName'
    if (stream.match(/^"([^"\\]|\\.)*"?|^'([^']|'')*'?/)) return 'string'
    if (stream.match(/^(true|false|null|~|-?\d+(\.\d+)?)(?=\s*([,}\]#]|$))/)) return 'number'
    if (stream.match(/^[-:,{}[\]|>&*!](?=\s|$)|^[,{}[\]]/)) return 'punctuation'
    stream.match(/^[^\s,{}[\]]+/) || stream.next()
    return null
  },
})

const languages: Record<Language, Extension> = {
  js: new LanguageSupport(javascriptLanguage), json: new LanguageSupport(jsonLanguage), sql: new LanguageSupport(PostgreSQL.language), yaml: new LanguageSupport(yaml), text: [],
}

export const languageOf = (name: Language): Extension => languages[name]

/** What is being typed: a word of JavaScript with its dots ($this.nick), a word of SQL. */
const typing = /[\w$][\w$.[\]]*$/

/** Offers the given words: while typing a word, after a dot or $, and on Ctrl+Space. */
export function offer(words: () => Completion[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const before = context.matchBefore(typing)
    if (!before && !context.explicit) return null
    const node = context.state.sliceDoc(Math.max(0, context.pos - 200), context.pos)
    if (inString(node)) return null
    return { from: before?.from ?? context.pos, options: words() as Offered[], validFor: typing }
  }
}

/** Whether the end of the text stands inside a quoted one, where words are not names. Backquotes hold names in ${…}, so they do not count. */
function inString(text: string): boolean {
  const line = text.slice(text.lastIndexOf('\n') + 1)
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const char = line[i] ?? ''
    if (quote && char === '\\') i++
    else if (quote) quote = char === quote ? '' : quote
    else if (char === "'" || char === '"') quote = char
  }
  return quote !== ''
}
