import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** Both themes of the panel define the variables, so one theme serves. */
export const theme = [
  EditorView.theme({
    '&': { fontSize: '13px', backgroundColor: 'transparent', color: 'var(--sy-text)' },
    '&.cm-focused': { outline: 'none' },
    '.cm-scroller': { fontFamily: 'var(--sy-mono)', lineHeight: '20px', minHeight: 'var(--code-min)', maxHeight: 'var(--code-max)', overflow: 'auto' },
    '.cm-content': { padding: '5px 0', caretColor: 'var(--sy-text)' },
    '.cm-line': { padding: '0 10px' },
    '&.cm-single .cm-scroller': { overflowX: 'hidden', scrollbarWidth: 'none' },
    '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--sy-text-3)', border: 'none', paddingLeft: '4px' },
    '.cm-placeholder': { color: 'var(--sy-text-3)' },
    '.cm-matchingBracket': { backgroundColor: 'var(--sy-select) !important', outline: '1px solid var(--sy-line-strong)' },
    '.cm-nonmatchingBracket': { backgroundColor: 'transparent !important', color: 'var(--sy-danger) !important' },
    '.cm-tooltip': {
      backgroundColor: 'var(--sy-card)', color: 'var(--sy-text)', border: '1px solid var(--sy-line)', borderRadius: 'var(--sy-radius)', boxShadow: 'var(--sy-shadow)',
      fontFamily: 'var(--sy-font)', fontSize: '13px', lineHeight: '20px', overflow: 'hidden', maxWidth: 'min(520px, calc(100vw - 24px))', zIndex: '1150',
    },
    '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--sy-mono)', fontSize: '13px', maxHeight: '220px', padding: '4px' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', borderRadius: '4px', lineHeight: '20px', display: 'flex', gap: '6px', alignItems: 'baseline' },
    '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--sy-select)', color: 'var(--sy-text)' },
    '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--sy-brand)', fontWeight: '600' },
    '.cm-completionDetail': { marginLeft: 'auto', paddingLeft: '16px', fontStyle: 'normal', fontFamily: 'var(--sy-font)', fontSize: '12px', color: 'var(--sy-text-3)' },
    '.cm-completionIcon': { opacity: '1', color: 'var(--sy-text-3)', width: '1.1em', paddingRight: '0', flex: 'none' },
    '.cm-tooltip.cm-completionInfo': { padding: '6px 10px', fontSize: '12px', maxWidth: '320px' },
    '.cm-diagnostic': { padding: '6px 10px', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
    '.cm-diagnostic-error': { borderLeft: '3px solid var(--sy-danger)' },
    '.cm-diagnostic-warning': { borderLeft: '3px solid var(--sy-warning)' },
    '.cm-diagnostic-info': { borderLeft: '3px solid var(--sy-brand)' },
    '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--sy-danger)', textUnderlineOffset: '3px', backgroundColor: 'var(--sy-danger-soft)' },
    '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--sy-warning)', textUnderlineOffset: '3px' },
    '.cm-lintRange-info': { backgroundImage: 'none', textDecoration: 'underline dotted var(--sy-brand)', textUnderlineOffset: '3px' },
    '.cm-lintRange-active': { backgroundColor: 'var(--sy-danger-soft)' },
  }),
  syntaxHighlighting(HighlightStyle.define([
    { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--sy-code-keyword)' },
    { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--sy-code-string)' },
    { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--sy-code-number)' },
    { tag: [tags.propertyName, tags.attributeName, tags.definition(tags.propertyName)], color: 'var(--sy-code-name)' },
    { tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.standard(tags.name)], color: 'var(--sy-code-function)' },
    { tag: [tags.comment, tags.lineComment, tags.blockComment], color: 'var(--sy-text-3)' },
    { tag: tags.invalid, color: 'var(--sy-danger)' },
  ])),
]
