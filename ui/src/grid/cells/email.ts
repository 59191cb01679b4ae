import type { CellType } from './cell'
import { text } from './text'

export const email: CellType = { ...text, parse: (typed) => ({ value: typed.trim() }), link: (value) => (/^[^\s@]+@[^\s@]+$/.test(String(value)) ? { href: `mailto:${String(value)}` } : null) }
