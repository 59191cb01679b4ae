import type { CellType } from './cell'
import { number } from './number'

export const autonumber: CellType = { ...number, look: 'numbers generated', edit: undefined, parse: undefined }
