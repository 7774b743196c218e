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
  /** How long the next window should last, in milliseconds; read it before each window. */
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
  /**
   * Changes the bounds; the limit is within them at once, and what the law has learned stays. Throws `LAGOON_AIMD_INVALID_OPTION`
   * for impossible ones, which change nothing.
   */
  setBounds(bounds: ControllerBounds): void
}

/** Between what the limit moves; one that is left out stays. */
interface ControllerBounds {
  /** Lowest limit, attempts. Integer ≥ 1. */
  readonly minConcurrency?: number
  /** Highest limit, attempts. Integer ≥ `minConcurrency`. */
  readonly maxConcurrency?: number
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
  /** The law reads these bounds with each window. */
  readonly options: ControllerOptions
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
    const limit = this.#bounded(Math.round(wanted.limit))
    this.#limit = limit
    const action = limit > previous ? 'increase' : limit < previous ? 'decrease' : 'hold'
    const decision: Decision = { limit, previous, action, reason: wanted.reason }
    this.options.onDecision?.({ decision, window: sample, state: this.#law.state })
    return decision
  }

  setBounds(bounds: ControllerBounds): void {
    const { minConcurrency, maxConcurrency } = { ...this.options, ...bounds }
    resolveOptions({ minConcurrency, maxConcurrency })
    Object.assign(this.options, { minConcurrency, maxConcurrency })
    this.#limit = this.#bounded(this.#limit)
  }

  #bounded(limit: number): number {
    const { minConcurrency, maxConcurrency } = this.options
    return Math.min(maxConcurrency, Math.max(minConcurrency, limit))
  }
}
