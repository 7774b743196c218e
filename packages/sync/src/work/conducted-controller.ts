import { createController } from '@lagoon/aimd'
import type { Job } from '@lagoon/jobs'
import type { ConcurrencyOptions } from '../options/options.js'
import type { Controller, Decision, WindowSample } from '../ports/concurrency.js'
import { takeShare, WINDOW_MS, type ShareOfJob, type ShareOptions } from './share-of-job.js'

export type ConductedController = Controller & ShareOfJob

/**
 * One law for all workers of a job: what each measures is added up by one of them, which decides on one limit and divides it by demand.
 *
 * 1. While the conductor is heard, this worker keeps to its share, within its own bounds.
 * 2. Silence: it stays where it is, and after 30 s its own law decides, starting from the share and never above it.
 * 3. A worker that never heard of a conductor is under its own law.
 */
export function openConducted(
  job: Job,
  worker: string,
  { min, max, preset }: ConcurrencyOptions & { readonly max: number },
  options: ShareOptions,
): ConductedController {
  const own = createController({
    maxConcurrency: max,
    ...(min === undefined ? {} : { minConcurrency: min }),
    ...(preset === undefined ? {} : { preset }),
  })
  let most = max
  let least = min ?? 1
  const { conducted, share: ofJob } = takeShare(job, worker, options)
  const bounded = (limit: number): number => Math.max(1, least, Math.min(most, limit))
  let limit = own.limit

  const next = (sample: WindowSample): Pick<Decision, 'limit' | 'reason'> => {
    const { share, standing } = conducted
    if (share !== null && standing === 'conducted') {
      return { limit: bounded(share.limit), reason: 'share of the limit of the job' }
    }
    if (share !== null && standing === 'quiet') return { limit, reason: 'no word from the conductor' }
    const decision = own.update(sample)
    const ceiling = share === null ? most : Math.min(most, Math.max(1, share.limit))
    return { limit: bounded(Math.min(decision.limit, ceiling)), reason: decision.reason }
  }

  return {
    get limit() {
      return limit
    },
    intervalMs: WINDOW_MS,
    get conducting() {
      return ofJob.conducting
    },
    get part() {
      return ofJob.part
    },
    update(sample) {
      conducted.report({ ...sample, limit, most })
      const previous = limit
      const { limit: decided, reason } = next(sample)
      limit = decided
      const action = limit > previous ? 'increase' : limit < previous ? 'decrease' : 'hold'
      return { limit, previous, action, reason }
    },
    setBounds(bounds) {
      own.setBounds(bounds)
      most = bounds.maxConcurrency ?? most
      least = bounds.minConcurrency ?? least
      limit = bounded(limit)
    },
    close: () => ofJob.close(),
  }
}
