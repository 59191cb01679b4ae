/** A name for a table that people call this: lower-case letters, digits and _, not taken yet. "" where nothing is typed. */
export function nameOf(label: string, taken: string[]): string {
  if (!label.trim()) return ''
  const plain = label.normalize('NFKD').toLowerCase().replace(/[\u0300-\u036f]/g, '').replace(/[^a-z0-9]+/g, '_').replace(/^[_0-9]+|_+$/g, '').slice(0, 44) || 'table'
  for (let i = 1; ; i++) {
    const name = i === 1 ? plain : `${plain}_${i}`
    if (!taken.includes(name)) return name
  }
}
