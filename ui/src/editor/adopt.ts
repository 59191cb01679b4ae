import { StyleModule } from 'style-mod'

/**
 * CodeMirror puts its styles into a <style> of the document, which the page's policy forbids. Constructed sheets are no inline styles, so
 * each module gets one of those, in CodeMirror's order, behind all that others adopted.
 */
export function adoptStyles(): void {
  const sheets = new Map<StyleModule, CSSStyleSheet>()
  StyleModule.mount = (root, modules) => {
    const wanted = Array.isArray(modules) ? modules : [modules]
    for (const m of wanted) {
      if (sheets.has(m)) continue
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(m.getRules())
      sheets.set(m, sheet)
    }
    const present = [...root.adoptedStyleSheets]
    const ours = wanted.map((m) => sheets.get(m) as CSSStyleSheet)
    if (ours.every((s) => present.includes(s))) return
    root.adoptedStyleSheets = [...present.filter((s) => !ours.includes(s)), ...ours]
  }
}
