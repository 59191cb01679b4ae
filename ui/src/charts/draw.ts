import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { largest, roof, stacked, type Series } from './plot'

export interface Drawing {
  kind: 'bars' | 'line'
  /** The beginnings of the steps, in seconds since 1970. */
  at: number[]
  stepS: number
  series: Series[]
  height: number
  zoomable: boolean
  time: (at: number) => string
  value: (n: number) => string
  /** The cursor is over a point, or nowhere. */
  pointed: (index: number | null) => void
  zoomed: (since: number, until: number) => void
}

const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(`--sy-${name}`).trim()

const data = (d: Drawing) => [d.at, ...(d.kind === 'bars' ? stacked(d.series) : d.series.map((s) => s.values))] as uPlot.AlignedData

const lines = (d: Drawing): uPlot.Series[] => d.series.map((s, i) => {
  const color = token(s.color)
  return d.kind === 'bars'
    ? { fill: color, width: 0, points: { show: false }, paths: uPlot.paths.bars!({ size: [0.86, 48], align: 1, radius: [0.1, 0] }) }
    : { stroke: color, width: 1.75, dash: i > 0 ? [4, 3] : undefined, points: { size: 6, fill: color, show: true, filter: (u, row) => alone(u.data[row]!) }, spanGaps: false }
})

// The points that no line reaches, since there is no number on either side.
const alone = (values: ArrayLike<number | null | undefined>): number[] => Array.from(values, (v, i) => (v != null && values[i - 1] == null && values[i + 1] == null ? i : -1)).filter((i) => i >= 0)

const whole = [1, 2, 5].flatMap((n) => [n, n * 10, n * 100, n * 1e3, n * 1e4, n * 1e5, n * 1e6, n * 1e7, n * 1e8]).sort((a, b) => a - b)

function axes(d: Drawing): uPlot.Axis[] {
  const common = { stroke: token('text-3'), font: `12px ${token('font')}`, ticks: { show: false } }
  return [
    { ...common, grid: { show: false }, space: 88, size: 28, values: (_, splits) => splits.map((at) => d.time(at)) },
    { ...common, grid: { stroke: token('line'), width: 1 }, space: 28, ...(d.kind === 'bars' ? { incrs: whole } : {}), size: (_, values) => 16 + 7 * Math.max(2, ...(values ?? []).map((v) => v.length)), values: (_, splits) => splits.map((n) => d.value(n)) },
  ]
}

/** Draws a chart into an element, in the colours of the present theme. */
export function draw(into: HTMLElement, d: Drawing): uPlot {
  return new uPlot({
    width: into.clientWidth, height: d.height, legend: { show: false }, padding: [8, 8, 0, 0], axes: axes(d),
    series: [{}, ...lines(d)],
    scales: {
      x: { time: true, range: () => [d.at[0] ?? 0, (d.at.at(-1) ?? 0) + (d.kind === 'bars' ? d.stepS : 0)] },
      y: { range: (u) => [0, roof(largest(u.data.slice(1) as Array<Array<number | null>>))] },
    },
    cursor: { y: false, points: { show: d.kind === 'line' }, drag: { x: d.zoomable, y: false, setScale: false }, dataIdx: (u, _, nearest) => (d.kind === 'bars' ? stepAt(u, d) : nearest) },
    hooks: {
      setCursor: [(u) => d.pointed(u.cursor.left !== undefined && u.cursor.left >= 0 ? u.cursor.idx ?? null : null)],
      setSelect: [(u) => {
        if (u.select.width < 4) return
        const [since, until] = [u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x')]
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
        d.zoomed(since, until)
      }],
    },
  }, data(d), into)
}

// A bar stands right of its time, so the one under the pointer is not the nearest but the one before.
function stepAt(u: uPlot, d: Drawing): number {
  const at = u.posToVal(u.cursor.left ?? 0, 'x')
  return Math.min(d.at.length - 1, Math.max(0, Math.floor((at - (d.at[0] ?? 0)) / d.stepS)))
}

/** Shows other numbers in a chart that is drawn. */
export const redraw = (chart: uPlot, d: Drawing) => chart.setData(data(d))

/** Puts the cursor over a point. */
export function point(chart: uPlot, d: Drawing, index: number) {
  const left = chart.valToPos((d.at[index] ?? 0) + (d.kind === 'bars' ? d.stepS / 2 : 0), 'x')
  chart.setCursor({ left, top: 10 })
}
