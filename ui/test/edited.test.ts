import { describe, expect, it } from 'vitest'
import { nextTick, ref } from 'vue'
import { useEdited } from '@/state/edited'

function editor(initial: string[]) {
  const model = ref(initial)
  const focused: number[] = []
  const edited = useEdited<string, string[]>({ model, read: (json) => json.join(' '), write: (root) => root.split(' '), focus: (id) => focused.push(id) })
  return { model, focused, edited }
}

describe('an edited tree', () => {
  it('writes each change to its model, and takes it back', () => {
    const { model, edited } = editor(['a'])
    edited.change('a b')
    edited.change('a b c')
    expect(model.value).toEqual(['a', 'b', 'c'])
    edited.undo('undone')
    edited.undo('undone')
    edited.undo('not said: there is nothing before')
    expect(model.value).toEqual(['a'])
    expect(edited.said.value).toBe('undone\u00a0')
    edited.redo('redone')
    expect(model.value).toEqual(['a', 'b'])
    expect([edited.canUndo.value, edited.canRedo.value]).toEqual([true, true])
  })
  it('takes what is typed at one place as one step', () => {
    const { edited } = editor(['a'])
    for (const text of ['ab', 'abc', 'abcd']) edited.change(text, '', undefined, 'name')
    edited.change('x', '', undefined, 'label')
    edited.undo('')
    expect(edited.root.value).toBe('abcd')
    edited.undo('')
    expect(edited.root.value).toBe('a')
  })
  it('begins anew where the model changes from outside, and only there', async () => {
    const { model, edited } = editor(['a'])
    edited.change('a b')
    await nextTick()
    expect(edited.canUndo.value).toBe(true)
    model.value = ['z']
    await nextTick()
    expect([edited.root.value, edited.canUndo.value]).toEqual(['z', false])
  })
  it('gives the focus to the node of a change', async () => {
    const { focused, edited } = editor(['a'])
    edited.change('b', 'said', 7)
    await nextTick()
    expect(focused).toEqual([7])
  })
})
