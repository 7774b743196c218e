import type { EventSink } from '../ports/events.js'
import type { Controller, Gate } from '../ports/concurrency.js'
import type { SampleWindow } from '../copy/sample-window.js'

/** Length of a window when no control law asks for one, ms. */
const PLAIN_WINDOW_MS = 1000

export interface ControlLoop {
  /** Discards the current window: what it measured says nothing about the stores. */
  restart(): void
  end(): void
}

/**
 * Passes each window to the control law and the law's limit to the gate. The law decides the length of every window. While the gate is
 * closed, the law learns nothing. Without a law, windows are only closed, for what they measured.
 */
export function startControlLoop(
  controller: Controller | null,
  gate: Gate,
  window: SampleWindow,
  now: () => number,
  emit: EventSink,
): ControlLoop {
  let timer: NodeJS.Timeout
  const adjust = (): void => {
    const sample = window.close(now())
    if (controller !== null && !gate.closed) {
      const decision = controller.update(sample)
      if (decision.limit !== gate.limit) gate.resize(decision.limit)
      if (decision.action !== 'hold') emit({ type: 'decision', ...decision })
    }
    schedule()
  }
  const schedule = (): void => {
    timer = setTimeout(adjust, controller?.intervalMs ?? PLAIN_WINDOW_MS)
    timer.unref()
  }
  schedule()
  return {
    restart() {
      clearTimeout(timer)
      window.close(now())
      schedule()
    },
    end: () => clearTimeout(timer),
  }
}
