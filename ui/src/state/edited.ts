import { computed, nextTick, shallowRef, watch, type Ref } from 'vue'
import { useHistory } from './history'

export interface EditedSource<T, J> {
  /** The JSON that the tree stands for; a change of it from outside begins a new history. */
  model: Ref<J>
  read: (json: J) => T
  write: (root: T) => J
  focus: (id: number) => void
}

/** A tree whose nodes are edited, written to JSON with each change: its history, what is said of a change, where the focus goes. */
export function useEdited<T, J>({ model, read, write, focus }: EditedSource<T, J>) {
  const history = useHistory(read(model.value))
  const root = history.present
  const written = computed(() => write(root.value))
  const said = shallowRef('')
  const text = (json: J) => JSON.stringify(json ?? null)
  let sent = text(model.value)

  watch(model, (json) => {
    if (text(json) === sent) return
    sent = text(json)
    history.reset(read(json))
  })

  function send() {
    if (text(written.value) === sent) return
    sent = text(written.value)
    model.value = written.value
  }

  function say(words: string) {
    said.value = words === said.value ? `${words}\u00a0` : words // the same words are read again only where they differ
  }

  /** Makes a change that can be undone; `words` are read to whoever does not see it. Changes of one `typed` place that follow each other are one step. */
  function change(next: T, words = '', focused?: number, typed = '') {
    if (next === root.value) return
    history.change(next, typed)
    send()
    if (words) say(words)
    if (focused) void nextTick(() => focus(focused))
  }

  function travel(can: boolean, go: () => void, words: string) {
    if (!can) return
    const focused = (document.activeElement as HTMLElement | null)?.closest<HTMLElement>('[data-node]')?.dataset.node
    go()
    send()
    say(words)
    void nextTick(() => { if (document.activeElement === document.body) focus(Number(focused)) })
  }

  return {
    root, written, said, say, send, change, canUndo: history.canUndo, canRedo: history.canRedo,
    undo: (words: string) => travel(history.canUndo.value, history.undo, words),
    redo: (words: string) => travel(history.canRedo.value, history.redo, words),
  }
}
