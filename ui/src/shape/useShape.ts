import { computed, inject, nextTick, provide, shallowRef, watch, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Tables } from '@/filter/check'
import * as edit from './edit'
import { names, namesAt, type Name } from './names'
import { format, parse, validate, type Json, type Shape } from './shape'

/** A response of a definition: everything in it may be a slot. */
export interface Response { status?: Json; headers?: { [name: string]: Json }; body?: Json; nulls?: 'drop'; type?: string }

export interface ShapeContext {
  root: Ref<Shape>
  wrong: ComputedRef<Map<number, string>>
  dragged: Ref<string>
  change: (next: Shape, said?: string, focus?: number, typed?: string) => void
  /** Changes a node as somebody types: what is typed at one place is one step of the history. */
  set: (id: number, place: string, change: (node: Shape) => Shape) => void
  step: (id: number, direction: edit.Direction) => void
  focusNew: (id: number) => void
  nameOf: (node: Shape) => string
  namesAt: (id: number) => Name[]
  all: ComputedRef<Name[]>
}

const key: InjectionKey<ShapeContext> = Symbol('shape')
export const useShapeContext = (): ShapeContext => inject(key)!

export interface ShapeSource {
  body: Ref<Json>
  kind: () => string | undefined
  table: () => string | undefined
  error: () => boolean
  scope: () => Name[]
  tables: Tables
  dragged: Ref<string>
  element: Ref<HTMLElement | undefined>
}

/** The state of a template's editor: its tree, the history, what is wrong. */
export function useShape(source: ShapeSource) {
  const { t } = useI18n()
  const root = shallowRef<Shape>(parse(source.body.value))
  const past = shallowRef<Shape[]>([])
  const future = shallowRef<Shape[]>([])
  const said = shallowRef('')
  const written = computed(() => format(root.value))
  let sent = JSON.stringify(source.body.value)
  let typing = ''

  watch(source.body, (json) => {
    const text = JSON.stringify(json)
    if (text === sent) return
    sent = text
    root.value = parse(json)
    past.value = future.value = []
  })

  function send() {
    const text = JSON.stringify(written.value)
    if (text === sent) return
    sent = text
    source.body.value = written.value
  }
  function say(text: string) {
    said.value = text === said.value ? `${text}\u00a0` : text
  }
  function change(next: Shape, text = '', focus?: number, typed = '') {
    if (next === root.value) return
    if (!typed || typed !== typing) past.value = [...past.value.slice(-99), root.value]
    typing = typed
    future.value = []
    root.value = next
    send()
    if (text) say(text)
    if (focus) void nextTick(() => focusNode(focus))
  }
  function travel(from: Ref<Shape[]>, to: Ref<Shape[]>, text: string) {
    const next = from.value.at(-1)
    if (!next) return
    const focused = (document.activeElement as HTMLElement | null)?.closest<HTMLElement>('[data-node]')?.dataset.node
    to.value = [...to.value, root.value]
    from.value = from.value.slice(0, -1)
    root.value = next
    typing = ''
    send()
    say(text)
    void nextTick(() => { if (document.activeElement === document.body) focusNode(Number(focused)) })
  }
  function focusNode(id: number) {
    const grip = source.element.value?.querySelector<HTMLElement>(`[data-node="${id}"] [data-grip]`)
    ;(grip ?? source.element.value)?.focus()
  }

  const surroundings = () => ({ kind: source.kind(), table: source.table(), error: source.error(), scope: source.scope(), tables: source.tables })
  const all = computed(() => names(surroundings()))
  const complaints = computed(() => validate(root.value))

  function nameOf(node: Shape): string {
    if (node.key) return node.key
    return node.kind === 'path' ? node.path : t(`shape.kind.${node.kind}`)
  }
  function whereabouts(tree: Shape, id: number): string {
    const at = edit.place(tree, id)
    if (!at || !edit.isContainer(at.parent)) return ''
    const owner = [...at.parents].reverse().find((p) => p.key)
    return t('shape.said.moved', { what: nameOf(at.node), at: at.index + 1, of: at.parent.members.length, parent: owner?.key ?? t('shape.body') })
  }
  const context: ShapeContext = {
    root, dragged: source.dragged, all, change, nameOf,
    wrong: computed(() => new Map(complaints.value.map((c) => [c.id, t(`shape.wrong.${c.key}`, c.values)]))),
    set: (id, at, to) => change(edit.update(root.value, id, to), '', undefined, at && `${id} ${at}`),
    step(id, direction) {
      const node = edit.find(root.value, id)
      if (!node) return
      const next = edit.step(root.value, id, direction)
      if (next === root.value) return say(t('shape.said.stays', { what: nameOf(node) }))
      change(next, whereabouts(next, id), id)
    },
    focusNew(id) {
      void nextTick(() => {
        const input = source.element.value?.querySelector<HTMLInputElement>(`[data-node="${id}"] :is(input, [data-grip])`)
        input?.focus()
        if (input instanceof HTMLInputElement) input.select()
      })
    },
    namesAt: (id) => namesAt(root.value, id, all.value, surroundings()),
  }
  provide(key, context)

  return {
    ...context, past, future, said, say, written, complaints, whereabouts, focusNode,
    undo: () => travel(past, future, t('shape.said.undone')),
    redo: () => travel(future, past, t('shape.said.redone')),
    take: (json: Json) => change(parse(json), '', undefined, 'text'),
  }
}
