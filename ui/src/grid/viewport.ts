/** Browsers cap the height of an element: Chromium near 33 million pixels, Firefox near 17. */
const tallest = 8_000_000

/**
 * Where the rows stand. Rows of a table that is taller than an element may be share its height: a drag of the scrollbar covers all of
 * them, while the wheel still moves pixel by pixel. `offset` is what lies between the scroll position and the row space.
 */
export class Viewport {
  offset = 0
  private last = 0
  constructor(public rows = 0, public rowHeight = 32, public height = 600) {}

  get total() { return this.rows * this.rowHeight }
  /** The height that the element gets. */
  get space() { return Math.min(this.total, tallest) }
  private get scaled() { return this.total > tallest }
  private get span() { return Math.max(1, this.space - this.height) }

  /** Follows the element to a scroll position; gives the top in row space, and where the element should scroll itself to, if elsewhere. */
  scrolled(scrollTop: number): { top: number; move?: number } {
    if (!this.scaled) {
      this.offset = 0
      this.last = scrollTop
      return { top: scrollTop }
    }
    const far = Math.abs(scrollTop - this.last) > 4 * this.height
    this.last = scrollTop
    const end = this.total - this.height
    if (far) this.offset = (scrollTop / this.span) * end - scrollTop
    const top = Math.min(Math.max(scrollTop + this.offset, 0), end)
    this.offset = top - scrollTop
    const edge = scrollTop < this.height ? top > scrollTop : scrollTop > this.span - this.height && top < end - this.height
    return edge ? { top, move: this.place(top) } : { top }
  }

  /** The scroll position that shows `top`; rows are drawn relative to it from now on. */
  place(top: number): number {
    const end = Math.max(0, this.total - this.height)
    const wanted = Math.min(Math.max(top, 0), end)
    const scrollTop = this.scaled ? Math.round((wanted / end) * this.span) : wanted
    this.offset = wanted - scrollTop
    this.last = scrollTop
    return scrollTop
  }

  /** Where a row is drawn inside the element. */
  y(row: number): number { return row * this.rowHeight - this.offset }

  /** The rows that are seen, with some around them. */
  window(top: number, around = 4): [number, number] {
    const first = Math.max(0, Math.floor(top / this.rowHeight) - around)
    return [first, Math.min(this.rows - 1, Math.ceil((top + this.height) / this.rowHeight) + around)]
  }
}
