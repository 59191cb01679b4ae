import { element, type CellType } from './cell'

const yes = /^(true|t|yes|y|1|on|x|✓|✔|☑|是|真|对)$/i, no = /^(false|f|no|n|0|off|☐|✗|否|假|错)$/i

export const boolean: CellType = {
  edit: 'toggle', align: 'center',
  paint: (cell, value) => cell.replaceChildren(element('span', value === true ? 'box on' : 'box')),
  text: (value) => String(value),
  parse: (typed) => (yes.test(typed.trim()) ? { value: true } : no.test(typed.trim()) ? { value: false } : { wrong: 'boolean' }),
}
