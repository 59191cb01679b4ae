/** What Code.vue is told; kept apart from CodeMirror, which is loaded when an editor shows. */
export type Language = 'js' | 'sql' | 'json' | 'yaml' | 'text'

/** A word the editor offers. type picks the icon: property, function, variable, keyword, constant … apply is inserted instead of label. */
export interface Completion {
  label: string
  type?: string
  detail?: string
  info?: string
  apply?: string
}

/** A complaint about a part of the text, in UTF-16 positions; see places.ts for those of the server. */
export interface Diagnostic {
  from: number
  to: number
  message: string
  severity?: 'error' | 'warning' | 'info'
}

export interface CodeOptions {
  value: string
  language: Language
  label: string
  describedby?: string
  testid: string
  placeholder: string
  readonly: boolean
  singleLine: boolean
  numbers: boolean
  invalid: boolean
  completions: Completion[]
  diagnostics: Diagnostic[]
}
