import { computed, shallowRef, triggerRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { ApiError } from '@/api/client'
import { toast } from '@/kit/toast'
import { getRecord, patchRecord } from '@/record/records'
import { sameIn, sent, type Row } from '@/record/values'
import { offline } from '@/state/connection'
import { useProject, type Field } from '@/state/project'
import { EditQueue, History, type Added, type Change, type Step, type Update } from './editQueue'
import { recordsOf, restore, saveBatch } from './records'

const queue = new EditQueue() // of all tables: leaving one and coming back finds its edits
const most = 1000 // records of a batch

export interface Place { replaced(row: Row): void; gone(uids: string[]): void; came(): void; rowOf(uid: string): Row | undefined }

/** The edits of one table: queued until they are saved, or saved at once; undone and done again. */
export function useEdits(tableName: () => string, direct: () => boolean, place: Place) {
  const { t } = useI18n()
  const { name: project, table: definition } = useProject()
  const version = shallowRef({ n: 0 })
  const history = new History()
  const saving = shallowRef(false)
  const fetched = new Map<string, Row>() // for what is undone while it is scrolled away
  const stuck = shallowRef(false) // the last save failed: what waits does not go by itself
  const conflict = shallowRef<{ base: Row; mine: Record<string, unknown>; theirs: Row } | null>(null)
  const changed = () => { version.value.n++; triggerRef(version) }
  const field = (name: string) => (definition(tableName())?.fields as Record<string, Field> | undefined)?.[name]
  const pending = () => queue.of(tableName())
  const count = computed(() => (version.value, queue.count(tableName())))
  const added = computed(() => (version.value, [...pending().added]))

  function put(changes: Change[]) {
    for (const { uid, field: name, value } of changes) {
      const f = field(name), row = rowOf(uid)
      if (f && row) queue.set(tableName(), row, name, value, (a, b) => sameIn(f, a, b))
    }
    changed()
  }
  const rowOf = (uid: string): Row | undefined => pending().bases.get(uid) ?? (uid.startsWith('+') ? asRow(pending().added.find((a) => a.uid === uid)) : place.rowOf(uid) ?? fetched.get(uid))
  const valuesOf = ({ uid: _, version: __, ...values }: Row) => values
  /** Reads the records that are scrolled away, so that they can be changed. */
  async function fetchRows(uids: string[]) {
    const missing = [...new Set(uids)].filter((uid) => !uid.startsWith('+') && !rowOf(uid))
    if (missing.length) for (const row of await recordsOf(project.value, tableName(), missing)) fetched.set(row.uid, row)
  }
  const asRow = (a: Added | undefined): Row | undefined => a && ({ ...a.values, uid: a.uid, version: 0 })
  const valueOf = (row: Row, name: string): unknown => {
    const e = queue.edit(tableName(), row.uid, name)
    return e ? e.value : row[name]
  }

  /** Writes values into cells as one step that can be undone. */
  async function write(changes: Change[], label: string): Promise<void> {
    const cells = changes.flatMap((c) => {
      const row = rowOf(c.uid), f = field(c.field)
      if (!row || !f || pending().deleted.has(c.uid)) return []
      const before = valueOf(row, c.field) ?? null
      return sameIn(f, before, c.value) ? [] : [{ uid: c.uid, field: c.field, before, after: c.value }]
    })
    if (!cells.length) return
    history.push({ label, table: tableName(), cells, added: [], deleted: [] })
    put(cells.map((c) => ({ uid: c.uid, field: c.field, value: c.after })))
    await flush()
  }

  function add(list: Array<Record<string, unknown>> = [{}]): Added[] {
    const made = list.map((values) => queue.add(tableName(), values)).reverse()
    history.push({ label: t('grid.step.add', { n: made.length }), table: tableName(), cells: [], added: made.map((a) => asRow(a) as Row), deleted: [] })
    changed()
    return made
  }

  async function remove(rows: Row[]): Promise<void> {
    queue.remove(tableName(), rows)
    const known = rows.filter((r) => !r.uid.startsWith('+'))
    if (known.length) history.push({ label: t('grid.step.delete', { n: known.length }), table: tableName(), cells: [], added: [], deleted: known })
    changed()
    await flush()
    if (direct() && known.length && !known.some((r) => pending().deleted.has(r.uid))) {
      toast.done(t('grid.deleted', { n: known.length }), { label: t('shell.undo'), run: () => void undo() })
    }
  }

  const flush = () => (direct() ? save(true) : Promise.resolve())
  let running: Promise<boolean> | null = null
  let saved = 0

  /** Saves what waits, in order: one save at a time. With `quiet`, records that were added wait until they are left. */
  async function save(quiet = false): Promise<boolean> {
    while (running) await running // of two that waited for a third, one goes on and the other waits again
    running = saveOnce(quiet).finally(() => { running = null; fetched.clear(); saved = Date.now(); saving.value = false; changed() })
    return running
  }

  async function saveOnce(quiet: boolean): Promise<boolean> {
    const table = tableName(), p = queue.of(table)
    const updates = queue.updates(table).filter((u) => !quiet || !queue.edit(table, u.uid, Object.keys(u.data)[0] ?? '')?.problem).slice(0, most)
    const gone = [...p.deleted.values()].slice(0, most - updates.length)
    const fresh = quiet ? [] : [...p.added].reverse().slice(0, most - updates.length - gone.length)
    if (!updates.length && !gone.length && !fresh.length) return true
    saving.value = true
    changed()
    stuck.value = false
    queue.sent(updates)
    try {
      const only = updates[0]
      if (only && updates.length === 1 && !gone.length && !fresh.length) {
        arrived(table, only, await patchRecord(project.value, table, only.uid, only.version, wire(only.data)))
      } else {
        const done = await saveBatch(project.value, table, fresh.map((a) => ({ ...a, values: wire(a.values) })), updates.map((u) => ({ ...u, data: wire(u.data) })), gone)
        updates.forEach((u, i) => arrived(table, u, done.updated[i] as Row))
        for (const r of gone) p.deleted.delete(r.uid)
        if (gone.length) place.gone(gone.map((r) => r.uid))
        fresh.forEach((a, i) => history.renamed(a.uid, (done.created[i] as Row).uid))
        p.added = p.added.filter((a) => !fresh.includes(a))
        if (fresh.length) place.came()
      }
      return queue.count(table) === 0 || quiet || (updates.length + gone.length + fresh.length >= most ? saveOnce(quiet) : false)
    } catch (e) {
      refused(table, e, updates, fresh, gone)
      return false
    } finally {
      queue.arrived(table, (name, a, b) => { const f = field(name); return !!f && sameIn(f, a, b) })
    }
  }

  const wire = (data: Record<string, unknown>) => Object.fromEntries(Object.entries(data).flatMap(([n, v]) => {
    const f = field(n)
    return f ? [[n, sent(f, v)]] : []
  }))

  function arrived(table: string, update: Update, row: Row) {
    queue.saved(table, update, row)
    place.replaced(row)
  }

  /** Tells each cell what the server has against it. */
  function refused(table: string, e: unknown, updates: Update[], fresh: Added[], gone: Row[]) {
    stuck.value = true
    if (e instanceof ApiError && e.status === 0) return // the shell tells of a lost connection; nothing is wrong with what waits
    toast.problem(e)
    if (direct()) queue.keep(table, gone.map((r) => r.uid))
    if (!(e instanceof ApiError)) return
    const single = updates.length === 1 && !fresh.length && !gone.length
    if (single && !e.errors.some((x) => x.param?.startsWith('update.'))) {
      const uid = (updates[0] as Update).uid
      if (e.status === 412) return queue.refuse(table, uid, '', e.message, true)
      for (const x of e.errors) queue.refuse(table, uid, x.param ?? '', x.message ?? e.message)
      if (!e.errors.length) queue.refuse(table, uid, '', e.message)
      return
    }
    for (const x of e.errors) {
      const [kind, n, name = ''] = (x.param ?? '').split('.')
      const message = x.message ?? e.message
      if (kind === 'update') queue.refuse(table, updates[Number(n)]?.uid ?? '', name, message, x.code === 'precondition')
      const row = kind === 'create' ? fresh[Number(n)] : undefined
      if (row && name) row.problems = { ...row.problems, [name]: message }
      else if (row) row.problem = message
    }
  }

  /** Shows what somebody else made of a record beside what was typed here. */
  async function compare(uid: string) {
    const base = pending().bases.get(uid)
    if (!base) return
    let theirs: Row
    try {
      theirs = await getRecord(project.value, tableName(), uid)
    } catch (e) {
      return toast.problem(e)
    }
    const mine = Object.fromEntries([...pending().edits.values()].filter((e) => e.uid === uid).map((e) => [e.field, e.value]))
    conflict.value = { base, mine, theirs }
  }
  /** Goes on with what was chosen, on top of theirs. */
  async function settle(data: Record<string, unknown>) {
    const { theirs, mine } = conflict.value as { theirs: Row; mine: Record<string, unknown> }
    conflict.value = null
    for (const name of Object.keys(mine)) queue.drop(tableName(), theirs.uid, name)
    place.replaced(theirs)
    put(Object.entries(data).map(([name, value]) => ({ uid: theirs.uid, field: name, value })))
    await flush()
  }

  async function undo() { await replay(history.undo(), 'before') }
  async function redo() { await replay(history.redo(), 'after') }
  async function replay(step: Step | undefined, side: 'before' | 'after') {
    if (!step || step.table !== tableName()) return
    try {
      await fetchRows([...step.cells.map((c) => c.uid), ...step.added.map((r) => r.uid)])
    } catch (e) {
      history.again(step, side)
      return toast.problem(e)
    }
    put(step.cells.map((c) => ({ uid: c.uid, field: c.field, value: c[side] })))
    const back = side === 'before'
    const waiting = step.deleted.filter((r) => pending().deleted.has(r.uid)), gone = step.deleted.filter((r) => !pending().deleted.has(r.uid))
    try {
      if (back) {
        queue.keep(tableName(), waiting.map((r) => r.uid))
        if (gone.length) await restore(project.value, tableName(), gone)
        step.added = step.added.map((r) => rowOf(r.uid) ?? r) // as they are by now: they may be wanted again
        queue.remove(tableName(), step.added)
        if (gone.length) place.came()
      } else {
        queue.remove(tableName(), step.deleted.map((r) => place.rowOf(r.uid) ?? r))
        const stored = step.added.filter((r) => !r.uid.startsWith('+'))
        if (stored.length) await restore(project.value, tableName(), stored)
        if (stored.length) place.came()
        step.added = step.added.map((r) => (r.uid.startsWith('+') ? asRow(queue.add(tableName(), valuesOf(r))) as Row : r))
      }
      changed()
      await flush()
      toast.info(t(back ? 'grid.undone' : 'grid.redone', { what: step.label }))
    } catch (e) {
      toast.problem(e)
    }
  }

  // What could not be saved without a connection is saved with the next one.
  watch(offline, (lost) => { if (!lost && direct() && stuck.value) void save(true) })

  function discard() {
    stuck.value = false
    queue.clear(tableName())
    changed()
  }

  return { queue, version, count, added, saving, stuck, conflict, write, add, remove, save, undo, redo, discard, compare, settle, pendingTable: tableName, savedAt: () => (saving.value ? Date.now() : saved), valueOf, rowOf, asRow, changed, dropEdit: (uid: string, name: string) => { queue.drop(tableName(), uid, name); changed() }, pending }
}

export type Edits = ReturnType<typeof useEdits>
