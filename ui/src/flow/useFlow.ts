import { computed, nextTick, ref, watch, type Ref } from 'vue'
import { announce } from '@/dnd/live'
import { moved } from '@/dnd/slots'
import { i18n } from '@/i18n'
import { titleOf, useMiddlewares } from './middlewares'
import { begun, type Settings } from './schemaForm'
import { History, newNode, reconcile, stepOf, type FlowNode, type Step } from './steps'

/** The list that Flow.vue shows, what can be done with it, and its history. */
export function useFlow(model: Ref<Step[] | undefined>) {
  const nodes = ref<FlowNode[]>([])
  const history = new History<FlowNode[]>()
  const { schemaOf } = useMiddlewares()
  const steps = () => nodes.value.map(stepOf)

  watch(model, (given) => {
    if (JSON.stringify(given ?? []) !== JSON.stringify(steps())) nodes.value = reconcile(given, nodes.value)
  }, { immediate: true })

  function set(next: FlowNode[], group = '') {
    history.record(nodes.value, group)
    nodes.value = next
    model.value = steps()
  }
  function back(found: FlowNode[] | undefined) {
    if (!found) return
    nodes.value = found
    model.value = steps()
  }
  const index = (key: string) => nodes.value.findIndex((n) => n.key === key)
  const say = (what: string, node: FlowNode, at = 0) => announce(i18n.global.t(`dnd.${what}`, { name: titleOf(node.name), place: at + 1, count: nodes.value.length }))

  function add(name: string, at: number): FlowNode {
    const node = newNode(name, begun(schemaOf(name)))
    const next = nodes.value.slice()
    next.splice(at, 0, node)
    set(next)
    say('added', node, at)
    return node
  }
  function remove(key: string) {
    const node = nodes.value[index(key)]
    if (!node || node.name === 'main') return
    set(nodes.value.filter((n) => n !== node))
    say('removed', node)
  }
  return {
    nodes, index, add, remove,
    mainAt: computed(() => nodes.value.findIndex((n) => n.name === 'main')),
    move: (from: number, to: number, group = '') => set(moved(nodes.value, from, Math.min(Math.max(to, 0), nodes.value.length - 1)), group),
    duplicate(key: string) {
      const at = index(key)
      const node = nodes.value[at]
      if (!node) return
      const next = nodes.value.slice()
      next.splice(at + 1, 0, newNode(node.name, structuredClone(JSON.parse(JSON.stringify(node.settings)) as Settings | null)))
      set(next)
    },
    configure: (key: string, settings: Settings) => set(nodes.value.map((n) => (n.key === key ? { ...n, settings } : n)), `settings ${key}`),
    undo: () => back(history.undo(nodes.value)),
    redo: () => back(history.redo(nodes.value)),
    settled: nextTick,
  }
}
