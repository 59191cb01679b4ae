import { onBeforeUnmount, onMounted } from 'vue'

type Handler = (e: KeyboardEvent) => boolean

const stack: Handler[] = []

function dispatch(e: KeyboardEvent) {
  if (e.defaultPrevented || e.isComposing) return
  if (stack.at(-1)?.(e)) {
    e.preventDefault()
    e.stopPropagation()
  }
}

/** Keys of the drawer that lies on top; a handler gives true where it took the key. They win over keys of the page below. */
export function useDrawerKeys(handler: Handler) {
  onMounted(() => {
    if (stack.push(handler) === 1) window.addEventListener('keydown', dispatch, true)
  })
  onBeforeUnmount(() => {
    stack.splice(stack.indexOf(handler), 1)
    if (stack.length === 0) window.removeEventListener('keydown', dispatch, true)
  })
}
