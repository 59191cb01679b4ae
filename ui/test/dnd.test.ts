import { describe, expect, it } from 'vitest'
import { edgeSpeed, gapOf, lineSlots, moved, near, nearestSlot, type Box } from '../src/dnd/slots'

const box = (left: number, top: number, width = 100, height = 32): Box => ({ left, top, width, height })
const area = box(0, 0, 400, 200)

describe('slots', () => {
  const column = [box(0, 0), box(0, 40), box(0, 80)] // three rows, the dragged one taken out
  const slots = lineSlots('l', column, area, 'y', 8)

  it('begin where the boxes begin, the last behind them', () => {
    expect(slots.map((s) => s.top)).toEqual([0, 40, 80, 120])
    expect(slots.map((s) => s.index)).toEqual([0, 1, 2, 3])
  })
  it('an empty list has one', () => {
    expect(lineSlots('l', [], area, 'y', 8)).toEqual([{ list: 'l', index: 0, left: 0, top: 0 }])
  })
  it('are passed when the ghost is beyond the middle of the box', () => {
    expect(nearestSlot(slots, { left: 0, top: 19 }, 'y')?.index).toBe(0)
    expect(nearestSlot(slots, { left: 0, top: 21 }, 'y')?.index).toBe(1)
    expect(nearestSlot(slots, { left: 300, top: 500 }, 'y')?.index).toBe(3)
    expect(nearestSlot(slots, { left: 0, top: -90 }, 'y')?.index).toBe(0)
  })
  it('of boxes of different widths: the ghost passes box i when its centre is beyond left + (width of i + width of it) / 2', () => {
    const row = lineSlots('l', [box(0, 0, 60), box(60, 0, 200), box(260, 0, 60)], area, 'x', 0)
    const dragged = 80
    const passed = (centre: number) => nearestSlot(row, { left: centre - dragged / 2, top: 0 }, 'x')?.index
    const boundary = 60 + (200 + dragged) / 2
    expect(passed(boundary - 1)).toBe(1)
    expect(passed(boundary + 1)).toBe(2)
  })
  it('there and back gives the same slot at the same place', () => {
    const way = [0, 15, 30, 45, 60, 75, 90]
    const out = way.map((top) => nearestSlot(slots, { left: 0, top }, 'y')?.index)
    const back = [...way].reverse().map((top) => nearestSlot(slots, { left: 0, top }, 'y')?.index).reverse()
    expect(back).toEqual(out)
  })
  it('of nested lists are told apart by the indent', () => {
    const outer = lineSlots('outer', [box(0, 0), box(0, 40, 100, 120)], area, 'y', 8)
    const inner = lineSlots('inner', [box(24, 80)], area, 'y', 8)
    expect(nearestSlot([...outer, ...inner], { left: 22, top: 118 }, 'y')).toMatchObject({ list: 'inner', index: 1 })
    expect(nearestSlot([...outer, ...inner], { left: 0, top: 160 }, 'y')).toMatchObject({ list: 'outer', index: 2 })
  })
  it('of a wrapped row are told apart by both', () => {
    const wrapped = [{ list: 'l', index: 0, left: 0, top: 0 }, { list: 'l', index: 1, left: 100, top: 0 }, { list: 'l', index: 2, left: 0, top: 60 }]
    expect(nearestSlot(wrapped, { left: 10, top: 50 }, 'wrap')?.index).toBe(2)
    expect(nearestSlot(wrapped, { left: 90, top: 20 }, 'wrap')?.index).toBe(1)
  })
})

describe('helpers', () => {
  it('moved counts the target without the item', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
    expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'b', 'c'])
  })
  it('gapOf takes neighbours, else the style', () => {
    expect(gapOf([box(0, 0), box(0, 44)], 'y', 3)).toBe(12)
    expect(gapOf([box(0, 0)], 'y', 3)).toBe(3)
  })
  it('near has a margin', () => {
    expect(near(area, -10, 5, 20)).toBe(true)
    expect(near(area, -30, 5, 20)).toBe(false)
  })
  it('edgeSpeed is nothing in the middle and grows towards the edges', () => {
    expect(edgeSpeed(200, 0, 400)).toBe(0)
    expect(edgeSpeed(39, 0, 400)).toBeLessThan(0)
    expect(edgeSpeed(2, 0, 400)).toBeLessThan(edgeSpeed(30, 0, 400))
    expect(edgeSpeed(500, 0, 400)).toBe(16)
  })
})
