import { isPassing } from '../errors.js'
import type { Job } from '../job.js'
import { encode } from '../records/json.js'
import { takeRole } from '../worker/roles.js'
import { conduct, type Decide } from './conductor.js'
import { readLimit, type Share } from './messages.js'

/** Without a decision for `QUIET_MS` the conductor may have changed; after `ALONE_MS` the worker decides alone. */
const QUIET_AFTER_MS = 10_000
const ALONE_AFTER_MS = 30_000

export interface ConductedOptions<S extends object> {
  /** Id of this worker. */
  readonly worker: string
  /** What the worker does with all samples while it is the conductor. */
  readonly decide: Decide<S>
  /** How often workers report, in ms; default 1,000. */
  readonly intervalMs?: number
  /** Time after which the role of a dead conductor can be taken over, in ms; default 10,000. */
  readonly roleTtlMs?: number
  /** Called with each new share. */
  readonly onShare?: (share: Share) => void
  /** Called with the error that ended conducting; the worker continues alone. */
  readonly onError?: (error: unknown) => void
}

/**
 * A worker of a job with one concurrency limit: it reports its measurements, keeps to the share that the conductor assigns, and acts as the
 * conductor while it holds that role.
 */
export interface Conducted<S extends object> {
  /** Sends one window's measurements. */
  report(sample: S): void
  /** The latest share; null before the first. */
  readonly share: Share | null
  /**
   * `conducted`: keep to the share. `quiet`: no decision for 10 s, keep the present limit. `alone`: none for 30 s, or none ever; decide
   * alone, starting from the share and never exceeding it.
   */
  readonly standing: 'conducted' | 'quiet' | 'alone'
  /** True while this worker is the conductor. */
  readonly conducting: boolean
  close(): Promise<void>
}

export function startConducted<S extends object>(job: Job, options: ConductedOptions<S>): Conducted<S> {
  const { clock, channel } = job
  const { worker, decide, intervalMs = 1000, roleTtlMs = 10_000, onShare, onError = () => {} } = options
  const over = new AbortController()
  let share: Share | null = null
  let receivedAt = -Infinity
  let term = 0
  let conducting = false

  const unsubscribe = channel.subscribe('limit', (data) => {
    const message = readLimit(data, worker)
    if (message === null) return
    const quiet = clock.now() - receivedAt >= QUIET_AFTER_MS
    // A conductor that lost its role without noticing has an older term. After a silence any term is accepted, because an engine restored
    // from a backup issues terms again.
    if (message.term < term && !quiet) return
    term = message.term
    const own = message.share
    if (own === undefined) return
    receivedAt = clock.now()
    share = own
    onShare?.(own)
  })

  const tryToConduct = async (): Promise<void> => {
    while (!over.signal.aborted) {
      try {
        const role = await takeRole(job, 'conductor', worker, { ttlMs: roleTtlMs })
        if (role !== null) {
          const release = (): void => void role.release()
          over.signal.addEventListener('abort', release)
          conducting = true
          await conduct(job, role, { decide, intervalMs }).finally(() => {
            conducting = false
            over.signal.removeEventListener('abort', release)
          })
          await role.release()
        }
      } catch (error) {
        if (!isPassing(error)) return onError(error)
      }
      await clock.sleep(roleTtlMs / 2, over.signal)
    }
  }
  const done = tryToConduct()

  return {
    report: (sample) => channel.publish('sample', encode({ worker, sample })),
    get share() {
      return share
    },
    get standing() {
      const silent = clock.now() - receivedAt
      return silent < QUIET_AFTER_MS ? 'conducted' : silent < ALONE_AFTER_MS ? 'quiet' : 'alone'
    },
    get conducting() {
      return conducting
    },
    async close() {
      over.abort()
      unsubscribe()
      await done
    },
  }
}
