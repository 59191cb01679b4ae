import { hasThumb, thumbURL } from '@/record/preview'
import { inWords, isFile, listOf } from '@/record/values'
import { element, type CellType } from './cell'

const most = 4

export const file: CellType = {
  edit: 'record',
  paint: (cell, value) => {
    const files = listOf(value).filter(isFile)
    cell.replaceChildren(...files.slice(0, most).map((f) => {
      if (!f.url || !hasThumb(f.type)) return element('span', 'chip', f.name)
      const image = element('img', 'thumb') as HTMLImageElement
      image.loading = 'lazy'
      image.alt = f.name
      image.src = thumbURL(f.url, '64x64')
      return image
    }), ...(files.length > most ? [element('span', 'more', `+${files.length - most}`)] : []))
  },
  text: (value) => inWords(value),
}
