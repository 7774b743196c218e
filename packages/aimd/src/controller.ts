import { usableWindow } from './usable-window.js'
import { AdaptiveLaw } from './law/adaptive-law.js'
import { resolveOptions } from './options.js'
import type { ControllerOptions } from './options.js'
import { SeedLaw } from './seed-law.js'
import type { Decision, Law, LawState, WindowSample } from './types.js'

/** Arithmetic from windows to limits: no timers, no I/O, no clock of its own. */
export interface Controller {
  /** How many attempts may be in flight: an integer within `minConcurrency` and `maxConcurrency`. */
  readonly limit: number
  /** How long the next window should last, in milliseconds; read it anew before each window. */
  readonly intervalMs: number
  /** What the law believes at present, for logs, metrics and plots. */
  readonly state: LawState
  /** The options in force, defaults filled in. */
  readonly options: Readonly<ControllerOptions>
  /**
   * Takes what was measured since the last update and returns the decision. Never throws: a window of no length,
   * or with a number that can't have been measured (negative, not a number), holds the limit.
   */
  update(sample: WindowSample): Decision
}

/**
 * Creates a controller. Throws `LAGOON_AIMD_INVALID_OPTION` for impossible options.
 *
 * Invariants, whatever the windows: (1) `limit` is an integer within the bounds; (2) the same windows give the
 * same limits; (3) an empty window changes no limit; (4) an update costs constant time and memory.
 */
export function createController(options: Partial<ControllerOptions> = {}): Controller {
  return new BoundedController(resolveOptions(options))
}

class BoundedController implements Controller {
  readonly options: Readonly<ControllerOptions>
  readonly #law: Law
  #limit: number

  constructor(options: ControllerOptions) {
    this.options = options
    this.#law = options.preset === 'seed' ? new SeedLaw(options) : new AdaptiveLaw(options)
    this.#limit = options.startConcurrency
  }

  get limit(): number {
    return this.#limit
  }

  get intervalMs(): number {
    return this.#law.intervalMs
  }

  get state(): LawState {
    return this.#law.state
  }

  update(sample: WindowSample): Decision {
    const window = usableWindow(sample)
    const previous = this.#limit
    const wanted =
      window === null ? { limit: previous, reason: 'not a measurement' } : this.#law.update(window, previous)
    const { minConcurrency, maxConcurrency, onDecision } = this.options
    const limit = Math.min(maxConcurrency, Math.max(minConcurrency, Math.round(wanted.limit)))
    this.#limit = limit
    const action = limit > previous ? 'increase' : limit < previous ? 'decrease' : 'hold'
    const decision: Decision = { limit, previous, action, reason: wanted.reason }
    onDecision?.({ decision, window: sample, state: this.#law.state })
    return decision
  }
}
