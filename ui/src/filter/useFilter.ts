import { computed, inject, nextTick, provide, shallowRef, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useEdited } from '@/state/edited'
import { useProject } from '@/state/project'
import { columns, resolve, validate, type Column, type Tables } from './check'
import * as edit from './edit'
import { sentence, type Words } from './sentence'
import { format, formatShort, group, isShorthand, parse, type Group, type Json, type Node, type Row, type ScopeName } from './tree'

export interface FilterContext {
  root: Readonly<Ref<Group>>
  fields: ComputedRef<Column[]>
  tables: Tables
  table: () => string
  scope: () => ScopeName[]
  adhoc: ComputedRef<boolean>
  optional: () => boolean
  column: (path: string) => Column | undefined
  wrong: ComputedRef<Map<number, string>>
  dragged: Ref<string>
  words: Words
  /** Makes a change that can be undone; `said` is read to whoever does not see it, `focus` takes the focus. */
  change: (next: Group, said?: string, focus?: number) => void
  /** Changes a node as somebody types: what is typed at one place is one step of the history. */
  type: (id: number, place: string, patch: Partial<Row>) => void
  /** Gives a new node the focus. */
  focusNew: (id: number) => void
  /** What people call a node. */
  nameOf: (node: Node) => string
  step: (id: number, direction: edit.Direction) => void
}

const key: InjectionKey<FilterContext> = Symbol('filter')
export const useFilterContext = (): FilterContext => inject(key)!

export interface FilterSource {
  model: Ref<Json>
  table: () => string
  scope: () => ScopeName[] | null
  /** Where the definition of the tables comes from, if not from the project. */
  tables?: Tables
  optional: () => boolean
  dragged: Ref<string>
  element: Ref<HTMLElement | undefined>
}

/** The state of a filter builder: the tree with what is turned off, its history, what is wrong with it. */
export function useFilter(source: FilterSource) {
  const { t } = useI18n()
  const project = useProject()
  const tables: Tables = source.tables ?? ((name) => project.table(name))
  const adhoc = computed(() => !source.scope())
  const formOf = (json: Json) => (!adhoc.value && isShorthand(json) ? 'short' : 'tree')
  const form = shallowRef<'tree' | 'short'>(formOf(source.model.value))
  const edited = useEdited<Group, Json>({
    model: source.model,
    read(json) {
      form.value = formOf(json)
      return parse(json, { data: adhoc.value })
    },
    write: (tree) => (form.value === 'short' ? formatShort(tree) : undefined) ?? format(tree),
    focus: focusNode,
  })
  const { root, written, said, say, send, change } = edited

  function type(id: number, at: string, patch: Partial<Row>) {
    change(edit.update<Row>(root.value, id, ({ was: _was, ...node }) => ({ ...node, ...patch })), '', undefined, at && `${id} ${at}`)
  }

  function focusNode(id: number) {
    const node = source.element.value?.querySelector<HTMLElement>(`[data-node="${id}"]`)
    ;(node?.querySelector<HTMLElement>(id === root.value.id ? '[data-add]' : '[data-grip]') ?? source.element.value)?.focus()
  }

  /** A new condition asks for its field first, a new group for its first condition. */
  function focusNew(id: number) {
    void nextTick(() => source.element.value?.querySelector<HTMLElement>(`[data-node="${id}"] :is(.fields input, [data-add])`)?.focus())
  }

  const column = (path: string) => resolve(path, source.table(), tables)
  const words: Words = {
    say: (name, values) => t(`filter.say.${name}`, values ?? {}),
    field: (path) => path,
    path: (path) => path.replace(/^\$/, ''),
  }
  const complaints = computed(() => validate(root.value, source.table(), tables, { optional: source.optional() }))
  const wrong = computed(() => new Map(complaints.value.map((c) => [c.id, t(`filter.wrong.${c.key}`, c.values)])))

  function nameOf(node: Node): string {
    if (node.kind === 'group') return t(`filter.op.${node.op}`)
    return node.kind === 'raw' ? t('filter.raw') : sentence(group('AND', [{ ...node, off: false }]), words)
  }

  function step(id: number, direction: edit.Direction) {
    const node = edit.find(root.value, id)
    if (!node) return
    const next = edit.step(root.value, id, direction)
    if (next === root.value) return say(t('filter.said.stays', { what: nameOf(node) }))
    change(next, whereabouts(next, id), id)
  }

  function whereabouts(tree: Group, id: number): string {
    const at = edit.place(tree, id)
    return at ? t('filter.said.moved', { what: nameOf(at.node), at: at.index + 1, of: at.parent.items.length, group: t(`filter.op.${at.parent.op}`) }) : ''
  }

  const context: FilterContext = {
    root, tables, table: source.table, scope: () => source.scope() ?? [], adhoc, optional: source.optional, column, wrong, words, change, type, nameOf, step, focusNew,
    dragged: source.dragged, fields: computed(() => columns(source.table(), tables)),
  }
  provide(key, context)

  return {
    ...context, context, form, written, said, say, complaints, whereabouts, focusNode, canUndo: edited.canUndo, canRedo: edited.canRedo,
    undo: () => edited.undo(t('filter.said.undone')),
    redo: () => edited.redo(t('filter.said.redone')),
    /** Takes a filter that was written as text; it is one step of the history. */
    take(json: Json) {
      form.value = formOf(json)
      change(parse(json, { data: adhoc.value }))
    },
    rewrite(next: 'tree' | 'short') {
      form.value = next
      send()
    },
  }
}
