import { computed, inject, provide, ref, shallowRef, type ComputedRef, type InjectionKey, type Ref, type WritableComputedRef } from 'vue'
import type { Problem } from './sections'
import type { Endpoint, Table } from '@/state/project'
import { alike, clearIn, getIn, same, setIn, type Members, type Path } from './json'

export type Definition = Endpoint

interface State { name: string; definition: Definition }

/** How close two changes of one place must be to be undone together, in milliseconds. */
const together = 800

/**
 * The definition that the editor's sections change together. It is replaced by each change and never changed in place, so members that the
 * panel does not know are kept and every former state can come back.
 */
export class Draft {
  readonly name: Ref<string>
  readonly definition = shallowRef<Definition>({ route: 'GET /' })
  /** As it was read from the server. */
  readonly base = shallowRef<State>({ name: '', definition: { route: 'GET /' } })
  readonly problems = ref<Problem[]>([])
  readonly dirty: ComputedRef<boolean>
  readonly canUndo: ComputedRef<boolean>
  readonly canRedo: ComputedRef<boolean>
  private readonly past = shallowRef<State[]>([])
  private readonly future = shallowRef<State[]>([])
  private last = { place: '', at: 0 }

  constructor(name: string, definition: Definition, readonly now: () => number = Date.now) {
    this.name = ref(name)
    this.load(name, definition)
    this.dirty = computed(() => this.name.value !== this.base.value.name || !alike(this.definition.value as Members, this.base.value.definition as Members))
    this.canUndo = computed(() => this.past.value.length > 0)
    this.canRedo = computed(() => this.future.value.length > 0)
  }

  /** Begins anew with what the server has; the history goes. */
  load(name: string, definition: Definition) {
    this.base.value = { name, definition }
    this.name.value = name
    this.definition.value = definition
    this.past.value = []
    this.future.value = []
    this.problems.value = []
  }

  /** What was sent is saved; the server tells it back in its own words. What was done before can still be undone. */
  saved(name: string, definition: Definition, sent: Definition) {
    this.base.value = { name, definition }
    if (this.definition.value === sent) this.definition.value = definition
    this.problems.value = []
    this.last.place = ''
  }

  get(path: Path): unknown {
    return getIn(this.definition.value, path)
  }

  /** Puts a value at a place; undefined removes it. */
  set(path: Path, value: unknown) {
    if (same(getIn(this.definition.value, path), value)) return
    this.change(setIn(this.definition.value, path, value) as Definition, path.join('.'))
  }

  /** Removes what is at a place, and the objects that are empty then. */
  clear(path: Path) {
    if (this.get(path) === undefined) return
    this.change(clearIn(this.definition.value, path) as Definition, path.join('.'))
  }

  /** Replaces the whole definition. */
  replace(definition: Definition, place = '') {
    if (!same(definition, this.definition.value)) this.change(definition, place)
  }

  rename(name: string) {
    if (name === this.name.value) return
    this.remember('name')
    this.name.value = name
  }

  private change(definition: Definition, place: string) {
    this.remember(place)
    this.definition.value = definition
  }

  private remember(place: string) {
    const at = this.now()
    const joins = place !== '' && place === this.last.place && at - this.last.at < together && this.past.value.length > 0
    this.last = { place, at }
    this.future.value = []
    if (!joins) this.past.value = [...this.past.value.slice(-199), this.state()]
  }

  private state(): State {
    return { name: this.name.value, definition: this.definition.value }
  }

  undo() {
    this.step(this.past, this.future)
  }

  redo() {
    this.step(this.future, this.past)
  }

  private step(from: Ref<State[]>, to: Ref<State[]>) {
    const state = from.value.at(-1)
    if (!state) return
    to.value = [...to.value, this.state()]
    from.value = from.value.slice(0, -1)
    this.name.value = state.name
    this.definition.value = state.definition
    this.last.place = ''
  }
}

/** What every section of the editor gets. */
export interface Editing {
  draft: Draft
  /** The table of the endpoint, where it has one. */
  table: ComputedRef<Table | undefined>
  canEdit: ComputedRef<boolean>
}

const key: InjectionKey<Editing> = Symbol('endpoint')

export const provideEditing = (editing: Editing) => provide(key, editing)

export function useEditing(): Editing {
  const editing = inject(key)
  if (!editing) throw new Error('a section outside of the editor')
  return editing
}

/** A model over a place of the draft. An empty value removes it, and with it what is empty around it. */
export function useMember<T>(draft: Draft, path: () => Path): WritableComputedRef<T | undefined> {
  return computed<T | undefined>({
    get: () => draft.get(path()) as T | undefined,
    set: (value) => {
      if (value === undefined || value === '') draft.clear(path())
      else draft.set(path(), value)
    },
  })
}

/** As useMember, for a text: absent is ''. */
export function useText(draft: Draft, ...path: Array<string | number>): WritableComputedRef<string> {
  const member = useMember<string>(draft, () => path)
  return computed({ get: () => member.value ?? '', set: (text) => { member.value = text || undefined } })
}
