let region: HTMLElement | null = null

/** Lets a screen reader say a text at once: what a drag by keys has done. Dialogs do not hide regions with aria-live. */
export function announce(text: string): void {
  if (!region?.isConnected) {
    region = document.createElement('div')
    region.className = 'visually-hidden'
    region.setAttribute('aria-live', 'assertive')
    region.setAttribute('role', 'status')
    region.dataset.testid = 'announcement'
    document.body.append(region)
  }
  // the same text twice is said twice only if it differs
  region.textContent = region.textContent === text ? `${text}\u00a0` : text
}
