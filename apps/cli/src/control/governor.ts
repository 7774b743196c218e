import type { RunControls, RunLimits } from '@lagoon/sync'
import { CliError } from '../errors/cli-error.js'
import type { Changes } from './changes.js'
import type { Caps, Schedule } from './schedule.js'

/** The operator's settings: those of the run, and what was changed since. */
export interface OperatorLimits {
  /** The number in flight if it is fixed; then there are no bounds. */
  readonly concurrency: number | null
  /** Lower bound of the controller; 1 leaves it to the controller. */
  readonly minConcurrency: number
  readonly maxConcurrency: number
  readonly maxBytesPerSecond: number | null
  readonly maxRequestsPerSecond: number | null
}

interface GovernorOptions {
  readonly limits: OperatorLimits
  readonly schedule: Schedule | null
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

/**
 * Decides which limits apply to a running sync.
 *
 * 1. The tighter of the operator's settings and the schedule's entry applies.
 * 2. The run is paused while the operator or the schedule requires it.
 * 3. The run is only told about changes.
 */
export class Governor {
  #limits: OperatorLimits
  #schedule: Schedule | null
  readonly #now: () => number
  #pausedByOperator = false
  #controls: RunControls | null = null
  #current: RunLimits

  constructor({ limits, schedule, now = Date.now }: GovernorOptions) {
    this.#limits = limits
    this.#schedule = schedule
    this.#now = now
    this.#current = limitsOf(limits, {})
  }

  /** The run begins. */
  begin(controls: RunControls): void {
    this.#controls = controls
    this.tick()
  }

  /** Called about once a second: another entry of the schedule may apply by now. */
  tick(): void {
    this.#apply(`schedule: ${this.slot ?? 'no caps'}`)
  }

  /** @throws CliError LAGOON_CLI_CONFLICT; nothing changes in that case */
  change(changes: Changes, by: string): void {
    const limits = changed(this.#limits, changes)
    this.#limits = limits
    if (changes.schedule !== undefined) this.#schedule = changes.schedule
    this.#apply(by)
  }

  pause(by: string): void {
    this.#pausedByOperator = true
    this.#apply(by)
  }

  resume(by: string): void {
    this.#pausedByOperator = false
    this.#apply(by)
  }

  get limits(): OperatorLimits {
    return this.#limits
  }

  get schedule(): Schedule | null {
    return this.#schedule
  }

  /** The entry of the schedule that applies now, as given. */
  get slot(): string | null {
    return this.#schedule?.at(this.#now())?.text ?? null
  }

  /** The latest limits of the run. */
  get inForce(): RunLimits {
    return this.#current
  }

  /** Who paused the run. */
  get pausedBy(): ('operator' | 'schedule')[] {
    return [
      ...(this.#pausedByOperator ? (['operator'] as const) : []),
      ...(this.#caps.paused ? (['schedule'] as const) : []),
    ]
  }

  get #caps(): Caps {
    return this.#schedule?.at(this.#now())?.caps ?? {}
  }

  #apply(reason: string): void {
    const controls = this.#controls
    if (controls === null) return
    const wanted = limitsOf(this.#limits, this.#caps)
    const news = Object.entries(wanted).filter(
      ([name, value]) => this.#current[name as keyof RunLimits] !== value,
    )
    if (news.length > 0) {
      this.#current = wanted
      // Both bounds together: one alone might contradict the present other one.
      const { minConcurrency, maxConcurrency } = wanted
      const bounds = news.some(([name]) => name.endsWith('Concurrency'))
        ? { ...(minConcurrency === undefined ? {} : { minConcurrency }), maxConcurrency }
        : {}
      controls.limit({ ...Object.fromEntries(news), ...bounds }, reason)
    }
    if (this.pausedBy.length > 0) controls.pause(reason)
    else controls.resume(reason)
  }
}

function changed(limits: OperatorLimits, changes: Changes): OperatorLimits {
  const { schedule: _, logLevel: __, ...wanted } = changes
  const fixed = limits.concurrency !== null
  const wrong = fixed ? (['minConcurrency', 'maxConcurrency'] as const) : (['concurrency'] as const)
  if (wrong.some((name) => wanted[name] !== undefined)) {
    throw new CliError(
      'LAGOON_CLI_CONFLICT',
      fixed
        ? 'this run has a fixed number in flight and no bounds'
        : 'the controller sets the number in flight in this run',
      fixed
        ? 'Set concurrency.'
        : 'Set min-concurrency and max-concurrency; use the same value for a fixed number.',
    )
  }
  const next = { ...limits, ...wanted }
  if (!fixed && next.minConcurrency > next.maxConcurrency) {
    throw new CliError(
      'LAGOON_CLI_CONFLICT',
      `min-concurrency (${next.minConcurrency}) would be above max-concurrency (${next.maxConcurrency})`,
      'Set both in one command.',
    )
  }
  return next
}

/** The tighter of both. */
function limitsOf(limits: OperatorLimits, caps: Caps): RunLimits {
  const maxConcurrency = Math.min(limits.concurrency ?? limits.maxConcurrency, caps.concurrency ?? Infinity)
  return {
    ...(limits.concurrency === null
      ? { minConcurrency: Math.min(limits.minConcurrency, maxConcurrency) }
      : {}),
    maxConcurrency,
    maxBytesPerSecond: tighter(limits.maxBytesPerSecond, caps.bytesPerSecond),
    maxRequestsPerSecond: tighter(limits.maxRequestsPerSecond, caps.requestsPerSecond),
  }
}

function tighter(limit: number | null, cap: number | undefined): number | null {
  const least = Math.min(limit ?? Infinity, cap ?? Infinity)
  return least === Infinity ? null : least
}
