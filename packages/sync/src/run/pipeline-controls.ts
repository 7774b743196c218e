import { SyncError } from '../ports/errors.js'
import type { EventSink } from '../ports/events.js'
import type { RetryClock } from './retry-clock.js'
import type { Controller, Gate } from '../ports/concurrency.js'
import type { CopierPort } from '../ports/copier.js'
import type { RunControls, RunLimits } from '../ports/controls.js'
import type { ControlLoop } from './control-loop.js'

interface ControlledParts {
  readonly gate: Gate
  readonly controller: Controller | null
  readonly copier: CopierPort
  readonly retryClock: RetryClock
  readonly stop: AbortSignal
  /** Most that can be in flight: connections are reserved for that many. */
  readonly highestConcurrency: number
  readonly emit: EventSink
  /** The active loop; null while no window is measured. */
  readonly controlLoop: () => ControlLoop | null
}

/** As long as a timer can take, about 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** The controls of one pipeline. */
export class PipelineControls implements RunControls {
  readonly #parts: ControlledParts
  /** With nothing in flight, nothing else keeps the process alive. */
  #wakefulness: NodeJS.Timeout | undefined

  constructor(parts: ControlledParts) {
    this.#parts = parts
    // Objects in flight may need another permit to finish.
    parts.stop.addEventListener('abort', () => this.#open(), { once: true })
  }

  get paused(): boolean {
    return this.#parts.gate.closed
  }

  pause(reason: string): void {
    const { gate, retryClock, stop, emit } = this.#parts
    if (gate.closed || stop.aborted) return
    gate.close()
    this.#wakefulness = setInterval(() => {}, MAX_TIMER_MS)
    retryClock.stop()
    emit({ type: 'paused', reason })
  }

  resume(reason: string): void {
    if (!this.paused) return
    this.#open()
    this.#parts.emit({ type: 'resumed', reason })
  }

  #open(): void {
    clearInterval(this.#wakefulness)
    this.#parts.retryClock.start()
    this.#parts.controlLoop()?.restart()
    this.#parts.gate.open()
  }

  limit(limits: RunLimits, reason: string): void {
    const { controller, copier, gate, highestConcurrency, emit } = this.#parts
    const { minConcurrency, maxConcurrency, ...traffic } = limits
    if (maxConcurrency !== undefined && maxConcurrency > highestConcurrency) {
      throw invalid(
        `${maxConcurrency} in flight are more than ${highestConcurrency}`,
        'Use a smaller number.',
      )
    }
    if (controller === null && minConcurrency !== undefined) {
      throw invalid('the number in flight is fixed: there is no lower bound', 'Change the number itself.')
    }
    if (controller !== null) {
      controller.setBounds({
        ...(minConcurrency === undefined ? {} : { minConcurrency }),
        ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
      })
      gate.resize(controller.limit)
    } else if (maxConcurrency !== undefined) gate.resize(maxConcurrency)
    copier.limitTraffic?.(traffic)
    emit({ type: 'limits', ...limits, reason })
  }
}

function invalid(message: string, hint: string): SyncError {
  return new SyncError('LAGOON_SYNC_INVALID_OPTION', message, { hint })
}
