/** How a file is shown. What a browser would run is shown as its source, never as itself. */
export type Preview = 'image' | 'audio' | 'video' | 'pdf' | 'text' | 'none'

const images = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp']
const sources = ['application/json', 'application/xml', 'application/xhtml+xml', 'application/javascript', 'application/yaml', 'application/toml', 'image/svg+xml', 'application/x-ndjson']

/** The type is the server's, told by the content. */
export function previewOf(type: string): Preview {
  const bare = (type.split(';')[0] ?? '').trim().toLowerCase()
  if (images.includes(bare)) return 'image'
  if (bare.startsWith('audio/')) return 'audio'
  if (bare.startsWith('video/')) return 'video'
  if (bare === 'application/pdf') return 'pdf'
  if (bare.startsWith('text/') || sources.includes(bare) || bare.endsWith('+json') || bare.endsWith('+xml')) return 'text'
  return 'none'
}

/** Only these have thumbnails on the server. */
export const hasThumb = (type: string) => ['image/png', 'image/jpeg', 'image/gif', 'image/webp'].includes(type.split(';')[0] ?? '')

/** The address of a thumbnail; an address in this page has none and is the image itself. */
export const thumbURL = (url: string, box: string) => (url.startsWith('blob:') ? url : `${url}${url.includes('?') ? '&' : '?'}thumb=${box}`)

/** The address under which the browser stores the file instead of showing it. */
export const downloadURL = (url: string) => (url.startsWith('blob:') ? url : `${url}${url.includes('?') ? '&' : '?'}download`)
