import type { CellType } from './cell'
import { text } from './text'

/** Only what leads to a web page is a link: a value must not be able to run anything. */
export const url: CellType = {
  ...text, look: 'link', parse: (typed) => ({ value: typed.trim() }),
  link: (value) => (/^https?:\/\//i.test(String(value)) ? { href: String(value) } : null),
}
