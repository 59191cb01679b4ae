import { computed, inject, nextTick, provide, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Tables } from '@/filter/check'
import { useEdited } from '@/state/edited'
import * as edit from './edit'
import { names, namesAt, type Name } from './names'
import { format, parse, validate, type Json, type Shape } from './shape'

/** A response of a definition: everything in it may be a slot. */
export interface Response { status?: Json; headers?: { [name: string]: Json }; body?: Json; nulls?: 'drop'; type?: string }

export interface ShapeContext {
  root: Readonly<Ref<Shape>>
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
  const edited = useEdited<Shape, Json>({ model: source.body, read: parse, write: format, focus: focusNode })
  const { root, written, said, say, change } = edited

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
    ...context, said, say, written, complaints, whereabouts, focusNode, canUndo: edited.canUndo, canRedo: edited.canRedo,
    undo: () => edited.undo(t('shape.said.undone')),
    redo: () => edited.redo(t('shape.said.redone')),
    take: (json: Json) => change(parse(json), '', undefined, 'text'),
  }
}
