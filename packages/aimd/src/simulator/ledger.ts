import { oracle } from './oracle.js'
import type { Outcome, Scenario, TracePoint } from './scenario.js'

/** Keeps the account of a run: what landed, what the oracle would have landed, and how it was in the last third. */
export class Ledger {
  readonly trace: TracePoint[] = []
  updates = 0
  readonly #scenario: Scenario
  readonly #lateFromMs: number
  readonly #lateObjects: number[]
  #bytes = 0
  #objects = 0
  #bestBytes = 0
  #bestObjects = 0
  #lateBytes = 0
  #lateBestBytes = 0
  #attempts = 0
  #throttled = 0
  #ratioMs = 0
  #ratioTime = 0

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.#lateFromMs = (scenario.durationMs * 2) / 3
    this.#lateObjects = scenario.instances.map(() => 0)
  }

  /** A stretch of time passed with so many in flight in all; returns the oracle's view of it. */
  passed(timeMs: number, stepMs: number, inFlight: number): { knee: number; perMs: number } {
    const { backend } = this.#scenario
    const work = this.#work(timeMs)
    const view = oracle(backend, timeMs, work)
    const objects = view.perMs * stepMs
    const bytes = objects * backend.objectBytes(timeMs)
    this.#bestObjects += objects
    this.#bestBytes += bytes
    if (timeMs < this.#lateFromMs) return view
    this.#lateBestBytes += bytes
    if (work >= view.knee && view.perMs > 0) {
      this.#ratioMs += (inFlight / view.knee) * stepMs
      this.#ratioTime += stepMs
    }
    return view
  }

  /** The oracle's view of a moment. */
  view(timeMs: number): { knee: number; perMs: number } {
    return oracle(this.#scenario.backend, timeMs, this.#work(timeMs))
  }

  #work(timeMs: number): number {
    let work = 0
    for (const instance of this.#scenario.instances)
      work += timeMs >= instance.startMs ? instance.work(timeMs) : 0
    return work
  }

  /** Attempts of an instance ended. */
  ended(
    timeMs: number,
    instance: number,
    succeeded: number,
    bytes: number,
    others: number,
    throttled: number,
  ): void {
    this.#objects += succeeded
    this.#bytes += bytes
    if (timeMs < this.#lateFromMs) return
    this.#lateBytes += bytes
    this.#lateObjects[instance] = (this.#lateObjects[instance] ?? 0) + succeeded
    this.#attempts += succeeded + others + throttled
    this.#throttled += throttled
  }

  close(): Outcome {
    return {
      goodput: ratio(this.#bytes, this.#bestBytes),
      objects: ratio(this.#objects, this.#bestObjects),
      inFlightOverKnee: ratio(this.#ratioMs, this.#ratioTime),
      throttled: this.#attempts === 0 ? 0 : this.#throttled / this.#attempts,
      jain: jain(this.#lateObjects),
      lateGoodput: ratio(this.#lateBytes, this.#lateBestBytes),
      updates: this.updates,
      trace: this.trace,
    }
  }
}

/** Jain's fairness index: 1 when all get the same, 1/n when one gets everything. */
export function jain(shares: readonly number[]): number {
  const sum = shares.reduce((a, b) => a + b, 0)
  const squares = shares.reduce((a, b) => a + b * b, 0)
  return squares === 0 ? 1 : (sum * sum) / (shares.length * squares)
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole
}
