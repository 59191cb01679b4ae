import { edgeSpeed } from './slots'

/** The elements around one that scroll, the innermost first; the page last. */
function scrollers(element: HTMLElement): HTMLElement[] {
  const found: HTMLElement[] = []
  for (let e: HTMLElement | null = element; e; e = e.parentElement) {
    const { overflowX, overflowY } = getComputedStyle(e)
    if (/auto|scroll/.test(overflowX + overflowY) && (e.scrollHeight > e.clientHeight || e.scrollWidth > e.clientWidth)) found.push(e)
  }
  if (document.scrollingElement instanceof HTMLElement && !found.includes(document.scrollingElement)) found.push(document.scrollingElement)
  return found
}

/** Scrolls what is around `element` while the pointer is held near an edge; calls `after` when it did. Gives the function that ends it. */
export function scrollAtEdges(element: HTMLElement, pointer: () => { x: number; y: number }, after: () => void): () => void {
  const around = scrollers(element)
  let frame = requestAnimationFrame(step)
  function step() {
    const { x, y } = pointer()
    for (const e of around) {
      const box = e === document.scrollingElement ? new DOMRect(0, 0, innerWidth, innerHeight) : e.getBoundingClientRect()
      const [left, top] = [e.scrollLeft, e.scrollTop]
      if (x >= box.left - 40 && x <= box.right + 40) e.scrollTop += edgeSpeed(y, Math.max(0, box.top), Math.min(innerHeight, box.bottom))
      if (y >= box.top - 40 && y <= box.bottom + 40) e.scrollLeft += edgeSpeed(x, Math.max(0, box.left), Math.min(innerWidth, box.right))
      if (e.scrollLeft !== left || e.scrollTop !== top) {
        after()
        break
      }
    }
    frame = requestAnimationFrame(step)
  }
  return () => cancelAnimationFrame(frame)
}
