/** A step of a trace: the server says each with the time of what is inside it, the inner ones first. */
export interface Step { name: string; ms: number; error: string }
export interface OwnStep extends Step {
  /** Without the steps inside. */
  own: number
  /** Where its own time begins, as a part of the whole, and how long it is. */
  from: number
  share: number
  /** The request went no further than this. */
  stopped: boolean
}

/** Gives the steps from the outside in, each with its own time. The innermost one that is not main stopped the request. */
export function ownSteps(steps: readonly Step[]): OwnStep[] {
  const whole = Math.max(...steps.map((s) => s.ms), 0.001)
  const outside = steps.map((step, i) => ({ step, own: Math.max(0, step.ms - (i > 0 ? steps[i - 1]!.ms : 0)), innermost: i === 0 })).reverse()
  let from = 0
  return outside.map(({ step, own, innermost }) => {
    const out = { ...step, own, from: from / whole, share: own / whole, stopped: innermost && (step.name !== 'main' || step.error !== '') }
    from += own
    return out
  })
}
