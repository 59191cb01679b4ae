import { computed, inject, nextTick, provide, shallowRef, watch, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useProject } from '@/state/project'
import { columns, resolve, validate, type Column, type Tables } from './check'
import * as edit from './edit'
import { sentence, type Words } from './sentence'
import { format, formatShort, group, isShorthand, parse, type Group, type Json, type Node, type Row, type ScopeName } from './tree'

export interface FilterContext {
  root: Ref<Group>
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
  const form = shallowRef<'tree' | 'short'>(!adhoc.value && isShorthand(source.model.value) ? 'short' : 'tree')
  const root = shallowRef<Group>(parse(source.model.value, { data: adhoc.value }))
  const said = shallowRef('')
  const past = shallowRef<Group[]>([])
  const future = shallowRef<Group[]>([])
  let sent = JSON.stringify(source.model.value ?? null)

  watch(source.model, (json) => {
    const text = JSON.stringify(json ?? null)
    if (text === sent) return
    sent = text
    form.value = !adhoc.value && isShorthand(json) ? 'short' : 'tree'
    root.value = parse(json, { data: adhoc.value })
    past.value = future.value = []
  })

  const written = computed(() => (form.value === 'short' ? formatShort(root.value) : undefined) ?? format(root.value))

  function send() {
    const text = JSON.stringify(written.value)
    if (text === sent) return
    sent = text
    source.model.value = written.value
  }

  function say(text: string) {
    said.value = text === said.value ? `${text}\u00a0` : text // the same text again is read again only where it differs
  }

  let typing = ''
  function change(next: Group, text = '', focus?: number, typed = '') {
    if (next === root.value) return
    if (!typed || typed !== typing) past.value = [...past.value.slice(-99), root.value]
    typing = typed
    future.value = []
    root.value = next
    send()
    if (text) say(text)
    if (focus) void nextTick(() => focusNode(focus))
  }

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

  function travel(from: Ref<Group[]>, to: Ref<Group[]>, text: string) {
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
    ...context, context, form, written, said, say, past, complaints, whereabouts, focusNode,
    future,
    undo: () => travel(past, future, t('filter.said.undone')),
    redo: () => travel(future, past, t('filter.said.redone')),
    /** Takes a filter that was written as text; it is one step of the history. */
    take(json: Json) {
      form.value = !adhoc.value && isShorthand(json) ? 'short' : 'tree'
      change(parse(json, { data: adhoc.value }))
    },
    rewrite(next: 'tree' | 'short') {
      form.value = next
      send()
    },
  }
}
