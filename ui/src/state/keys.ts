/** One press: a key with the modifiers it wants. `mod` is Ctrl, or Command on a Mac. */
export interface Press { mod: boolean; shift: boolean; alt: boolean; key: string }

/** What a keyboard event says, as far as shortcuts look at it. */
export type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

export const onMac = typeof navigator !== 'undefined' && /Mac|iP(hone|ad)/.test(navigator.platform)

/** Reads "ctrl+shift+z", "?" or the sequence "g t". */
export function parseKeys(keys: string): Press[] {
  return keys.split(' ').map((step) => {
    const parts = step.toLowerCase().split('+')
    const key = step.endsWith('+') ? '+' : parts[parts.length - 1] ?? ''
    return { mod: parts.includes('ctrl'), shift: parts.includes('shift'), alt: parts.includes('alt'), key }
  })
}

/** Whether an event is that press. Where the layout gives no Latin letter, the place of the key counts. */
export function pressedIs(press: Press, e: Pressed, mac = onMac): boolean {
  const mod = mac ? e.metaKey : e.ctrlKey
  if (press.mod !== mod || press.alt !== e.altKey || (mac ? e.ctrlKey : e.metaKey)) return false
  const key = e.key.toLowerCase()
  const letter = /^[a-z0-9]$/.test(press.key)
  if (press.shift !== e.shiftKey && (letter || press.shift || press.key.length > 1)) return false // "?" needs Shift on some layouts only
  if (key === press.key) return true
  return letter && !/^[\x20-\x7e]$/.test(key) && (e.code === `Key${press.key.toUpperCase()}` || e.code === `Digit${press.key}`)
}

const names: Record<string, string> = {
  arrowup: '↑', arrowdown: '↓', arrowleft: '←', arrowright: '→', enter: 'Enter', escape: 'Esc', delete: 'Delete', backspace: 'Backspace', ' ': 'Space', space: 'Space',
  pageup: 'PgUp', pagedown: 'PgDn', home: 'Home', end: 'End', tab: 'Tab', f2: 'F2',
}

/** The caps to draw, one list a step: [["Ctrl", "K"]], on a Mac [["⌘", "K"]]. */
export function keyCaps(keys: string, mac = onMac): string[][] {
  return parseKeys(keys).map((p) => [
    ...(p.mod ? [mac ? '⌘' : 'Ctrl'] : []), ...(p.alt ? [mac ? '⌥' : 'Alt'] : []), ...(p.shift ? [mac ? '⇧' : 'Shift'] : []),
    names[p.key] ?? (p.key.length === 1 ? p.key.toUpperCase() : p.key),
  ])
}
