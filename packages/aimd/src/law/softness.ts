import { FEW, PRECISE } from './reach.js'
import type { Reached } from './reach.js'
import type { Mark } from './wanted.js'

/** A limit that was seen to be worth it, and how long attempts take under it. */
type Proven = Pick<Mark, 'limit' | 'timeMs'>

/**
 * How soft the knee of the backend is: whether more in flight still gains goodput although attempts take longer. Now
 * and then the law reaches for twice the limit; where that gains a worthwhile part of the step, attempts may take as long
 * as they do there, because it is not a queue that only waits.
 */
export class Softness {
  /** How far it is known to gain; null for a knee that is hard as far as anybody knows. */
  proven: Proven | null = null
  /**
   * Fewer than so many are not fitted to a queue: on a machine that is now slower, now faster, any store seems to have one. Below it leads only that
   * half as many were seen to lose nothing.
   */
  least: number
  readonly #usual: number
  #gain = 0
  #variance = 1
  #restMs = 0
  #everyMs = FIRST_EVERY_MS
  #sinceMs = 0
  #stayed: Mark | null = null
  #yielded = 0
  #yieldedVariance = 0
  /** The limit of the last reach. */
  #tried = 0

  /** `usual`: the lowest limit without a reason to go lower. */
  constructor(usual: number) {
    this.least = this.#usual = usual
  }

  passed(elapsedMs: number): void {
    this.#sinceMs += elapsedMs
    this.#restMs -= elapsedMs
  }

  /** May it be tried whether half of the least are as good? */
  get mayHalve(): boolean {
    return this.least > 1 && this.#restMs <= 0
  }

  /** What trying half of the least has shown: do all of them gain? */
  halved(gains: boolean, elapsedMs: number): void {
    if (gains) this.#restMs = REST * elapsedMs
    else this.least = Math.ceil(this.least / 2)
  }

  /** Others share the backend: fewer than usual may be our part. */
  release(): void {
    this.least = 1
  }

  /** Is it time to reach higher? Soon where the limit is much lower than when it was tried last: there it may gain. */
  due(limit: number): boolean {
    return this.#sinceMs >= (limit < LOWER * this.#tried ? FIRST_EVERY_MS : this.#everyMs)
  }

  /** Attempts still waited after the limit was halved: before it goes lower still, it is tried whether that lost goodput. */
  hurry(): void {
    this.#sinceMs = Infinity
  }

  /** Was it asked to hurry? */
  get urgent(): boolean {
    return this.#sinceMs === Infinity
  }

  /** A reach was broken off, or could not be made. */
  postpone(): void {
    this.#sinceMs = 0
  }

  /**
   * Takes a time measured a while after a reach that was worth staying. A soft knee keeps attempts as slow as the reach
   * made them; where they have become faster again, others made room, and what was gained was theirs.
   */
  othersYielded(now: Mark): boolean {
    const stayed = this.#stayed
    this.#stayed = null
    if (stayed === null || now.limit < stayed.limit) return false
    this.#yielded = Math.max(0, this.#yielded + Math.log(stayed.timeMs / now.timeMs))
    this.#yieldedVariance =
      this.#yielded === 0 ? 0 : this.#yieldedVariance + stayed.error ** 2 + now.error ** 2
    return this.#yielded > Math.max(LEAST_YIELDED, 2.5 * Math.sqrt(this.#yieldedVariance))
  }

  /** Takes what a reach has shown, and where it would stay; true when it is worth staying. */
  learn({ low, gain, error, worth, elapsedMs }: Reached, after: Mark): boolean {
    this.#sinceMs = 0
    if (low < LOWER * this.#tried) this.#unknown()
    this.#tried = low
    const weight = this.#variance / (this.#variance + error * error)
    this.#gain += weight * (gain - this.#gain)
    this.#variance *= 1 - weight
    const doubt = Math.sqrt(this.#variance)
    // A few attempts more cost so little that they have the benefit of a small doubt.
    const soft = this.#gain - (low <= FEW && error < PRECISE ? 0 : doubt) > worth
    if (soft) {
      this.#stayed = after
      this.proven = { limit: after.limit, timeMs: after.timeMs }
      this.least = Math.max(this.least, Math.min(this.#usual, after.limit))
    } else if (this.#gain + doubt < worth) {
      if (this.proven !== null) this.proven.timeMs *= SHORTER
      if (low <= this.least) this.least = Math.max(1, Math.floor(this.least * SHORTER))
    }
    const rarer = Math.max(REST * elapsedMs, Math.min(MOST_EVERY_MS, this.#everyMs * 1.5))
    this.#everyMs = soft ? FIRST_EVERY_MS : rarer
    // Where the limit is another one afterwards, its gain is another one, too.
    this.#variance += soft ? 0.1 : 0.01
    return soft
  }

  /** Attempts are of another kind. */
  restart(): void {
    this.forget()
    this.least = this.#usual
    this.#restMs = 0
  }

  /** What was learnt is void. */
  forget(): void {
    this.proven = null
    this.#stayed = null
    this.#yielded = 0
    this.#yieldedVariance = 0
    this.#sinceMs = 0
    this.#unknown()
  }

  /** Of the gain at the present limit nothing is known. */
  #unknown(): void {
    this.#tried = 0
    this.#gain = 0
    this.#variance = 1
    this.#everyMs = FIRST_EVERY_MS
  }
}

const FIRST_EVERY_MS = 5000
const MOST_EVERY_MS = 120_000
/** After a reach that gained nothing it rests so many times as long as that took. */
const REST = 8
/** Below this share of the limit that was tried, another gain is to be expected. */
const LOWER = 0.75
/** Where a reach gains nothing, less may be the better. */
const SHORTER = 0.9
const LEAST_YIELDED = 0.03
