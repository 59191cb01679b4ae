import { computed, inject, provide, ref, shallowRef, watch, type InjectionKey } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useProject, type Field, type Table } from '@/state/project'
import { changesOf } from './model/changes'
import { added, changedField, definitionOf, draftOf, faultOf, lackOf, movedTo, without, type Draft, type Settings } from './model/draft'
import { useHistory } from '@/state/history'
import { retyped, tableNameFault, type Attribute, type FieldType } from './model/fieldType'

/** The table that the page edits: as it is saved, as it would be, what leads there. Nothing is sent until it is saved as one change. */
function makeStore(name: string) {
  const route = useRoute()
  const router = useRouter()
  const project = useProject()
  const read = () => draftOf(name, project.table(name) ?? {})
  const saved = shallowRef(read())
  const revision = ref(project.revision())
  const history = useHistory<Draft>(saved.value)
  const draft = history.present
  const changes = computed(() => changesOf(saved.value, draft.value))
  const dirty = computed(() => changes.value.length > 0)

  const asked = typeof route.query.field === 'string' ? route.query.field : ''
  const selected = ref<string | null>(draft.value.fields.find((f) => f.name === asked)?.key ?? draft.value.fields[0]?.key ?? null)
  const field = computed(() => draft.value.fields.find((f) => f.key === selected.value))
  watch(() => field.value?.name, (now) => {
    if (route.name === 'schema' && route.query.field !== now) void router.replace({ query: { ...route.query, field: now } })
  })

  /** What is wrong with each field before the server is asked: its name, or what its type wants and it lacks. */
  const faults = computed(() => {
    const found = new Map<string, { name?: string; lack?: Attribute }>()
    for (const f of draft.value.fields) {
      const wrong = faultOf(draft.value, saved.value, f), lack = lackOf(f)
      if (wrong || lack) found.set(f.key, { ...(wrong && { name: wrong }), ...(lack && { lack }) })
    }
    return found
  })
  const tableFault = computed(() => (draft.value.name === name ? null : tableNameFault(draft.value.name, project.tables.value.map(([n]) => n))))

  function edit(next: Draft, label = '') {
    history.change(next, label)
    if (selected.value !== null && !next.fields.some((f) => f.key === selected.value)) selected.value = null
  }
  return {
    name, saved, revision, draft, changes, dirty, selected, field, faults, tableFault, edit,
    canEdit: project.canEdit,
    definition: computed<Table>(() => definitionOf(draft.value)),
    undo: history.undo, redo: history.redo, canUndo: history.canUndo, canRedo: history.canRedo,
    /** Changes an attribute of a field; typing in one box is one step back. */
    set<A extends keyof Field>(key: string, attribute: A, value: Field[A] | undefined) {
      edit(changedField(draft.value, key, (f) => {
        const def = { ...f.def }
        if (value === undefined) delete def[attribute]
        else def[attribute] = value
        return { ...f, def }
      }), `${key}.${attribute}`)
    },
    rename: (key: string, to: string) => edit(changedField(draft.value, key, (f) => ({ ...f, name: to })), `${key}.name`),
    retype: (key: string, type: FieldType) => edit(changedField(draft.value, key, (f) => ({ ...f, def: retyped(f.def, type) }))),
    setTable<S extends keyof Settings>(attribute: S, value: Settings[S] | undefined) {
      const settings = { ...draft.value.settings }
      if (value === undefined) delete settings[attribute]
      else settings[attribute] = value
      edit({ ...draft.value, settings }, `table.${attribute}`)
    },
    renameTable: (to: string) => edit({ ...draft.value, name: to }, 'table.name'),
    add(fieldName: string, def: Field, after?: string) {
      const next = added(draft.value, fieldName, def, after)
      edit(next.draft)
      selected.value = next.key
      return next.key
    },
    move: (key: string, index: number) => edit(movedTo(draft.value, key, index)),
    remove(key: string) {
      const at = draft.value.fields.findIndex((f) => f.key === key)
      edit(without(draft.value, key))
      selected.value = (draft.value.fields[at] ?? draft.value.fields[at - 1])?.key ?? null
    },
    /** Takes what the server has now; other edits are put on top by the caller. */
    rebased(base: Draft, next: Draft, at: number) {
      saved.value = base
      revision.value = at
      history.change(next)
    },
    /** After saving, or when somebody else changed the table and nothing was edited here. */
    reload() {
      const at = field.value?.name
      saved.value = read()
      revision.value = project.revision()
      history.reset(saved.value)
      selected.value = draft.value.fields.find((f) => f.name === at)?.key ?? draft.value.fields[0]?.key ?? null
    },
    discard() {
      const at = field.value?.was
      history.change(saved.value)
      selected.value = draft.value.fields.find((f) => f.name === at)?.key ?? draft.value.fields[0]?.key ?? null
    },
  }
}

export type SchemaStore = ReturnType<typeof makeStore>
const key: InjectionKey<SchemaStore> = Symbol('schema')

export function provideSchema(name: string): SchemaStore {
  const store = makeStore(name)
  provide(key, store)
  return store
}

export function useSchema(): SchemaStore {
  const store = inject(key)
  if (!store) throw new Error('useSchema outside of the schema page')
  return store
}
