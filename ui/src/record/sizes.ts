/** A number of bytes for reading: 1.5 MB, in powers of 1000. */
export function bytes(n: number, language = 'en'): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let at = 0, value = n
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000
    at++
  }
  return `${value.toLocaleString(language, { maximumFractionDigits: value < 10 && at > 0 ? 1 : 0 })} ${units[at]}`
}
