import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from '@codemirror/commands'
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language'
import { setDiagnostics } from '@codemirror/lint'
import { Annotation, Compartment, EditorState, Prec, type Extension } from '@codemirror/state'
import { EditorView, keymap, lineNumbers, placeholder, type KeyBinding } from '@codemirror/view'
import { adoptStyles } from './adopt'
import { languageOf, offer } from './languages'
import { theme } from './theme'
import type { CodeOptions, Diagnostic } from './options'

adoptStyles()

/** A change that came from outside and is not told back. */
const outside = Annotation.define<boolean>()

/**
 * Tab moves on, as everywhere on the page. Only while somebody types here, that is from the first change after the focus came, does it
 * indent; Esc ends that, and closes what completions are shown or on their way. A completion that is shown is taken by Tab.
 */
class Tabs {
  indents = false
  keys(singleLine: boolean): KeyBinding[] {
    return [
      { key: 'Tab', run: (view) => acceptCompletion(view) || (!singleLine && this.indents && indentMore(view)), shift: (view) => !singleLine && this.indents && indentLess(view) },
      { key: 'Escape', run: (view) => { const was = this.indents && !singleLine; this.indents = false; return closeCompletion(view) || was } },
    ]
  }
}

/** Keys that belong to the page: it saves, runs, and submits. */
const pageKeys = new Set(['Mod-Enter', 'Mod-s', 'Alt-ArrowUp', 'Alt-ArrowDown'])

function singleLineOnly(single: boolean): Extension {
  if (!single) return []
  return [
    EditorView.clipboardInputFilter.of((text) => text.replace(/\s*\n\s*/g, ' ')),
    EditorState.transactionFilter.of((tr) => (tr.docChanged && tr.newDoc.lines > tr.startState.doc.lines && tr.isUserEvent('input') ? [] : tr)),
    EditorView.editorAttributes.of({ class: 'cm-single' }),
  ]
}

function attributes(o: CodeOptions): Extension {
  return EditorView.contentAttributes.of({
    'aria-label': o.label, 'data-testid': o.testid, 'aria-multiline': String(!o.singleLine), spellcheck: 'false', autocapitalize: 'off', tabindex: '0',
    ...(o.describedby && { 'aria-describedby': o.describedby }), ...(o.invalid && { 'aria-invalid': 'true' }), ...(o.readonly && { 'aria-readonly': 'true' }),
  })
}

function writable(o: CodeOptions): Extension {
  return [EditorState.readOnly.of(o.readonly), placeholder(o.placeholder)]
}

export interface Handle {
  update(o: CodeOptions): void
  focus(): void
  /** Selects a part and shows it. */
  reveal(from: number, to?: number): void
  insert(text: string): void
  destroy(): void
}

export interface Events {
  change(text: string): void
  focus(): void
  blur(): void
}

/**
 * What is typed over a selection is put in by the editor: the browser itself keeps the look of what was there in a style attribute, which
 * the policy of the page refuses.
 */
const replacing = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { main, ranges } = view.state.selection
    const text = event.data
    if (event.inputType !== 'insertText' || text === null || main.empty || ranges.length > 1 || view.composing || view.state.readOnly) return false
    const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true })
    if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, main.from, main.to, text, insert))) view.dispatch(insert())
    return true
  },
})

/** Makes an editor in host. */
export function create(host: HTMLElement, options: CodeOptions, on: Events): Handle {
  let o = options
  const tabs = new Tabs()
  const language = new Compartment(), attrs = new Compartment(), state = new Compartment()
  const keys = [...closeBracketsKeymap, ...historyKeymap, ...defaultKeymap].filter((k) => !pageKeys.has(k.key ?? '') && !(o.singleLine && k.key === 'Enter'))
  const view = new EditorView({
    parent: host,
    state: EditorState.create({
      doc: o.value,
      extensions: [
        language.of(languageOf(o.language)), attrs.of(attributes(o)), state.of(writable(o)), theme, replacing, history(), bracketMatching(), closeBrackets(), indentOnInput(),
        indentUnit.of('  '), EditorState.tabSize.of(2), o.singleLine ? singleLineOnly(true) : EditorView.lineWrapping, o.numbers ? lineNumbers() : [],
        autocompletion({ override: [offer(() => o.completions)], icons: false, defaultKeymap: false }),
        Prec.highest(keymap.of([...tabs.keys(o.singleLine), ...completionKeymap])), keymap.of(keys),
        EditorView.updateListener.of((u) => {
          if (u.docChanged && !u.transactions.some((tr) => tr.annotation(outside))) {
            tabs.indents = true
            on.change(u.state.doc.toString())
          }
          if (!u.focusChanged) return
          if (u.view.hasFocus) on.focus()
          else {
            tabs.indents = false
            on.blur()
          }
        }),
      ],
    }),
  })
  showDiagnostics(view, o.diagnostics)
  return {
    update(next) {
      const before = o
      o = next
      const effects = []
      if (before.language !== next.language) effects.push(language.reconfigure(languageOf(next.language)))
      if (before.label !== next.label || before.describedby !== next.describedby || before.invalid !== next.invalid || before.readonly !== next.readonly) effects.push(attrs.reconfigure(attributes(next)))
      if (before.readonly !== next.readonly || before.placeholder !== next.placeholder) effects.push(state.reconfigure(writable(next)))
      if (effects.length > 0) view.dispatch({ effects })
      if (next.value !== view.state.doc.toString()) {
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next.value }, annotations: outside.of(true) })
      }
      if (before.diagnostics !== next.diagnostics) showDiagnostics(view, next.diagnostics)
    },
    focus: () => view.focus(),
    reveal(from, to = from) {
      const end = view.state.doc.length
      view.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) }, scrollIntoView: true })
      view.focus()
    },
    insert(text) {
      view.dispatch(view.state.replaceSelection(text), { scrollIntoView: true, userEvent: 'input' })
      view.focus()
    },
    destroy: () => view.destroy(),
  }
}

function showDiagnostics(view: EditorView, list: Diagnostic[]) {
  const end = view.state.doc.length
  view.dispatch(setDiagnostics(view.state, list.map((d) => ({ severity: 'error', ...d, from: Math.min(d.from, end), to: Math.min(Math.max(d.to, d.from), end) }))))
}
