/** A file that another page has chosen, for the page of the import that it opens. */
let handed: File | null = null

export const handOver = (file: File) => { handed = file }

export function takeHanded(): File | null {
  const file = handed
  handed = null
  return file
}
