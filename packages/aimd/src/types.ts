/** What was measured in one window: plain numbers, no clock and no I/O behind them. */
export interface WindowSample {
  /** Length of the window in milliseconds. */
  elapsedMs: number
  /** Attempts that ended well in the window. */
  succeeded: number
  /** Attempts that ended badly for another reason than throttling. */
  failed: number
  /** Attempts the store refused: 503 SlowDown, 429, RequestLimitExceeded and their like. */
  throttled: number
  /** Bytes landed by the attempts that succeeded. */
  bytes: number
  /** Time to first byte at the source in milliseconds; null when nothing succeeded. */
  latencyMs: { p50: number; p90: number } | null
  /** Mean number of attempts in flight; below the limit when there was too little work. */
  inFlight: number
}

/** What the controller did with a window. */
export interface Decision {
  /** The limit from now on. */
  limit: number
  /** The limit during the window. */
  previous: number
  action: 'increase' | 'decrease' | 'hold'
  /** One line for a log: which rule decided, and the figures it saw. */
  reason: string
}

/** What a law believes, for logs, metrics and plots. Times are in milliseconds; null means: not known yet. */
export interface LawState {
  /** The state that the law is in: `startup`, `cruise`, `probe`, `drain`, `cut` or `outage`. `seed` has phases of its own. */
  phase: string
  /** The time an attempt takes when nothing queues. */
  baseMs: number | null
  /** The time an attempt took lately, by Little's law. */
  timeInSystemMs: number | null
  /** The limit at which the store began to throttle, if it did. */
  wall: number | null
}

/** One observed decision: what was decided, on which window, in which state. */
export interface Observation {
  decision: Decision
  window: WindowSample
  state: LawState
}

/** A control law: arithmetic from windows to limits. The controller around it keeps it within bounds. */
export interface Law {
  /** How long the next window should last, in milliseconds. */
  readonly intervalMs: number
  readonly state: LawState
  /** Takes a window that has been checked and returns the limit it wants, not yet rounded or clamped. */
  update(window: WindowSample, limit: number): { limit: number; reason: string }
}
