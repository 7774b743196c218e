import type { FinalFailure } from '../outcomes/reporter.js'
import type { AttemptFailure } from '../ports/copier.js'

type Side = 'source' | 'destination'

/** The result of a neutral request to a store: it accepted the credentials, refused them, or the response is unknown. */
export type ProbeResult = 'good' | 'refused' | 'unknown'

/**
 * Different keys in a row with trouble that may be the run's, after which it is the run's: if a probe was accepted, and if none was
 * possible.
 */
const KEYS_IN_A_ROW = { good: 10, unknown: 3 } as const

interface RunTroubleOptions {
  /** True for failures that may concern the run, such as a signature that does not match. */
  readonly isFatal: (failure: AttemptFailure) => boolean
  /** Asks a store with the run's credentials. Default: it is not known. */
  readonly probe?: ((side: Side) => Promise<ProbeResult>) | undefined
}

/** An object whose failure waits for a verdict. */
interface Suspect {
  readonly failedAt: number
  /** True when the probe has ended. */
  isProbed: boolean
  readonly judge: (isOfTheRun: boolean) => void
}

/**
 * Distinguishes the trouble of a run from that of one object if the code of a failure allows both: a proxy that rewrites one key breaks
 * its signature, and revoked credentials break all of them.
 *
 * 1. If a probe is refused too, it is the run's.
 * 2. Else the object waits, without a permit. A later attempt that succeeds shows that the trouble is the object's; several different
 *    keys in a row show that it is the run's.
 * 3. If nothing else is in flight, it is the run's if that side never accepted a request for an object, and several keys wait.
 */
export class RunTrouble {
  readonly #options: RunTroubleOptions
  readonly #suspects = { source: new Map<string, Suspect>(), destination: new Map<string, Suspect>() }
  readonly #isProven = { source: false, destination: false }
  /** The run was judged: everything in flight fails in the same way. */
  readonly #isJudged = { source: false, destination: false }
  readonly #probing: { source: Promise<ProbeResult> | null; destination: Promise<ProbeResult> | null } = {
    source: null,
    destination: null,
  }

  constructor(options: RunTroubleOptions) {
    this.#options = options
  }

  /** Objects that wait for others to show the cause of their failure. */
  get waiting(): number {
    const { source, destination } = this.#suspects
    return [...source.values(), ...destination.values()].filter(({ isProbed }) => isProbed).length
  }

  /** The side accepted the credentials for some object, in an attempt that began at `startedAt`. */
  answered(side: Side, startedAt: number): void {
    this.#isProven[side] = true
    for (const [key, { failedAt, judge }] of this.#suspects[side]) {
      if (failedAt > startedAt) continue
      this.#suspects[side].delete(key)
      judge(false)
    }
  }

  /** True if the cause of the failure needs a verdict. */
  mayConcern(failure: AttemptFailure): boolean {
    return this.#options.isFatal(failure)
  }

  /**
   * True if the failure of this object is the run's, which then has to end.
   *
   * @param now when it failed, by the clock of {@link answered}
   * @param onWaiting called when it waits for others
   */
  async isOfTheRun(
    failure: AttemptFailure,
    key: string,
    now: number,
    onWaiting: () => void = () => undefined,
  ): Promise<boolean> {
    if (!this.#options.isFatal(failure)) return false
    const { side } = failure
    if (this.#isJudged[side]) return true
    const verdict = Promise.withResolvers<boolean>()
    const suspect: Suspect = { failedAt: now, isProbed: false, judge: verdict.resolve }
    this.#suspects[side].set(key, suspect)
    const result = await this.#probe(side)
    suspect.isProbed = true
    if (result === 'refused' || this.#suspects[side].size >= KEYS_IN_A_ROW[result]) this.#judgeAll(side, true)
    else onWaiting()
    return verdict.promise
  }

  /** The failure as the object's: if it came from one connection or one node, another attempt at the end may help. */
  asOwn(failure: FinalFailure): FinalFailure {
    return this.#options.isFatal(failure) ? { ...failure, class: 'transient' } : failure
  }

  /** Nothing else is in flight that could show more. */
  settle(): void {
    for (const side of ['source', 'destination'] as const)
      this.#judgeAll(side, !this.#isProven[side] && this.#suspects[side].size >= KEYS_IN_A_ROW.unknown)
  }

  #judgeAll(side: Side, isOfTheRun: boolean): void {
    if (isOfTheRun) this.#isJudged[side] = true
    for (const { judge } of this.#suspects[side].values()) judge(isOfTheRun)
    this.#suspects[side].clear()
  }

  /** One at a time: objects that fail together ask once. */
  #probe(side: Side): Promise<ProbeResult> {
    const { probe } = this.#options
    if (probe === undefined) return Promise.resolve('unknown')
    return (this.#probing[side] ??= probe(side).finally(() => (this.#probing[side] = null)))
  }
}
