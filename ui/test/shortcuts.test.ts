import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { keyCaps, parseKeys, pressedIs } from '../src/state/keys'
import { addShortcut, listenToShortcuts } from '../src/state/shortcuts'

const event = (key: string, more: Partial<KeyboardEventInit> = {}) => new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
const first = (keys: string) => parseKeys(keys)[0]!

describe('a press', () => {
  it('wants its modifiers and no other', () => {
    expect(pressedIs(first('ctrl+s'), event('s', { ctrlKey: true }), false)).toBe(true)
    expect(pressedIs(first('ctrl+s'), event('s'), false)).toBe(false)
    expect(pressedIs(first('ctrl+s'), event('S', { ctrlKey: true, shiftKey: true }), false)).toBe(false)
    expect(pressedIs(first('ctrl+shift+z'), event('Z', { ctrlKey: true, shiftKey: true }), false)).toBe(true)
  })
  it('takes Command for Ctrl on a Mac', () => {
    expect(pressedIs(first('ctrl+k'), event('k', { metaKey: true }), true)).toBe(true)
    expect(pressedIs(first('ctrl+k'), event('k', { ctrlKey: true }), true)).toBe(false)
    expect(keyCaps('ctrl+shift+k', true)).toEqual([['⌘', '⇧', 'K']])
  })
  it('takes ? however the layout makes it', () => {
    expect(pressedIs(first('?'), event('?', { shiftKey: true }), false)).toBe(true)
    expect(pressedIs(first('?'), event('?'), false)).toBe(true)
  })
  it('goes by the place of the key where the layout has no Latin letters', () => {
    expect(pressedIs(first('ctrl+s'), event('ы', { ctrlKey: true, code: 'KeyS' }), false)).toBe(true)
    expect(pressedIs(first('ctrl+q'), event('a', { ctrlKey: true, code: 'KeyQ' }), false)).toBe(false)
  })
})

describe('shortcuts', () => {
  const removes: Array<() => void> = []
  const add = (...args: Parameters<typeof addShortcut>) => { removes.push(addShortcut(...args)) }
  beforeAll(listenToShortcuts)
  afterEach(() => { for (const remove of removes.splice(0)) remove(); document.body.replaceChildren() })
  const focus = (html: string, selector: string) => {
    const box = document.createElement('div')
    box.innerHTML = html
    document.body.append(box)
    return box.querySelector(selector)!
  }

  it('give the newest that may be used', () => {
    const [old, fresh] = [vi.fn(), vi.fn()]
    let free = true
    add('ctrl+s', 'old', old)
    add('ctrl+s', 'new', fresh, { when: () => free })
    document.body.dispatchEvent(event('s', { ctrlKey: true }))
    free = false
    document.body.dispatchEvent(event('s', { ctrlKey: true }))
    expect([old.mock.calls.length, fresh.mock.calls.length]).toEqual([1, 1])
  })
  it('leave plain keys to what is typed into, and everything to code editors that did not ask', () => {
    const [help, save, run] = [vi.fn(), vi.fn(), vi.fn()]
    add('?', 'help', help)
    add('ctrl+s', 'save', save)
    add('ctrl+enter', 'run', run, { editor: true })
    const input = focus('<input>', 'input')
    for (const e of [event('?'), event('s', { ctrlKey: true })]) input.dispatchEvent(e)
    const code = focus('<div class="cm-editor"><div contenteditable="true"></div></div>', '[contenteditable]')
    for (const e of [event('?'), event('s', { ctrlKey: true }), event('Enter', { ctrlKey: true })]) code.dispatchEvent(e)
    expect([help.mock.calls.length, save.mock.calls.length, run.mock.calls.length]).toEqual([0, 1, 1])
  })
  it('follow a sequence, and let go of one that leads nowhere', () => {
    const [tables, plain] = [vi.fn(), vi.fn()]
    add('g t', 'tables', tables)
    add('t', 'plain', plain)
    for (const key of ['g', 't', 't', 'g', 'x', 't']) document.body.dispatchEvent(event(key))
    expect([tables.mock.calls.length, plain.mock.calls.length]).toEqual([1, 2])
  })
  it('rest while a dialog is open, except those of the dialog', () => {
    const [page, inside] = [vi.fn(), vi.fn()]
    add('ctrl+s', 'page', page)
    add('ctrl+enter', 'inside', inside, { modal: true })
    const input = focus('<div role="dialog" data-state="open"><input></div>', 'input')
    for (const e of [event('s', { ctrlKey: true }), event('Enter', { ctrlKey: true })]) input.dispatchEvent(e)
    expect([page.mock.calls.length, inside.mock.calls.length]).toEqual([0, 1])
  })
  it('leave alone what a control has handled', () => {
    const run = vi.fn()
    add('ctrl+z', 'undo', run)
    const grid = focus('<div class="grid"></div>', '.grid')
    grid.addEventListener('keydown', (e) => e.preventDefault())
    grid.dispatchEvent(event('z', { ctrlKey: true }))
    expect(run).not.toHaveBeenCalled()
  })
})
