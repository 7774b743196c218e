import type { EventSink } from './events.js'
import type { Controller, Gate } from './ports.js'
import type { SampleWindow } from './sample-window.js'

/**
 * Hands each window to the control law and the law's limit to the gate. How long a window lasts is asked of the
 * law anew each time. Returns the function that ends it.
 */
export function tune(
  controller: Controller,
  gate: Gate,
  window: SampleWindow,
  now: () => number,
  emit: EventSink,
): () => void {
  let timer: NodeJS.Timeout
  const adjust = (): void => {
    const decision = controller.update(window.close(now()))
    if (decision.limit !== gate.limit) gate.resize(decision.limit)
    if (decision.action !== 'hold') emit({ type: 'decision', ...decision })
    schedule()
  }
  const schedule = (): void => {
    timer = setTimeout(adjust, controller.intervalMs)
    timer.unref()
  }
  schedule()
  return () => clearTimeout(timer)
}
