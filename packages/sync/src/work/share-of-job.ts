import { combine, createController, shares, type Controller as Law } from '@lagoon/aimd'
import { startConducted, type Conducted, type Decide, type Job } from '@lagoon/jobs'
import { describeError } from '../ports/errors.js'
import type { EventSink } from '../ports/events.js'
import type { WindowSample } from '../ports/concurrency.js'

/** Windows of a worker of a job: each is reported, and one round of the conductor takes as long. */
export const WINDOW_MS = 1000
/** A worker that uses less than this part of its share has too little work for it, and is given what it used and a margin. */
const USED = 0.9
const MARGIN = 1.25

/** A part that moves by less than this share of itself is not told. */
const PART_STEP = 0.05

/** What a worker reports of a window: what it measured, under which limit, and the most that it may ever have in flight. */
export type WorkerSample = WindowSample & {
  readonly limit: number
  readonly most: number
  /** True for a worker with a fixed number in flight: it has a part of the job's caps, and takes none of the limit. */
  readonly isFixed?: true
}

/** What a worker has of what holds for the whole job. */
export interface ShareOfJob {
  /** True while this worker decides for all. */
  readonly conducting: boolean
  /** This worker's part of the caps of the job, above 0 and at most 1. */
  readonly part: number
  close(): Promise<void>
}

export interface ShareOptions {
  readonly onEvent: EventSink
  /** Told when the part has changed. */
  readonly onPart: () => void
  /** Number of present workers: until the limit was divided, this one takes an equal part. */
  readonly others: number
}

/** Takes part in the dividing, as a worker and, without another conductor, as the conductor. */
export function takeShare(
  job: Job,
  worker: string,
  { onEvent, onPart, others }: ShareOptions,
): { readonly conducted: Conducted<WorkerSample>; readonly share: ShareOfJob } {
  const firstPart = 1 / (others + 1)
  let toldPart = firstPart
  const conducted = startConducted<WorkerSample>(job, {
    worker,
    decide: decideForAll(),
    intervalMs: WINDOW_MS,
    onShare: ({ part = 1 }) => {
      if (Math.abs(part - toldPart) < PART_STEP * toldPart) return
      toldPart = part
      onPart()
    },
    onError: (error) =>
      onEvent({
        type: 'warning',
        code: 'LAGOON_SYNC_NOT_CONDUCTING',
        message: `this worker can't decide on the limit of the job: ${describeError(error).message}`,
      }),
  })
  return {
    conducted,
    share: {
      get conducting() {
        return conducted.conducting
      },
      get part() {
        return conducted.share?.part ?? firstPart
      },
      close: () => conducted.close(),
    },
  }
}

/**
 * The share of a worker with a fixed number in flight: no law decides for it, and the caps of the job are divided all the same.
 *
 * @param now what it has in flight at the moment, and may have
 */
export function openFixedShare(
  job: Job,
  worker: string,
  now: () => { readonly inFlight: number; readonly limit: number },
  options: ShareOptions,
): ShareOfJob {
  const { conducted, share } = takeShare(job, worker, options)
  const idle = { elapsedMs: WINDOW_MS, succeeded: 0, failed: 0, throttled: 0, bytes: 0, latencyMs: null }
  const timer = setInterval(() => {
    const { inFlight, limit } = now()
    conducted.report({ ...idle, inFlight, limit, most: limit, isFixed: true })
  }, WINDOW_MS).unref()
  return {
    get conducting() {
      return share.conducting
    },
    get part() {
      return share.part
    },
    close() {
      clearInterval(timer)
      return share.close()
    },
  }
}

/** The decisions of a conductor: one controller for the sum of all, which goes on from the limit of the conductor before. */
function decideForAll(): Decide<WorkerSample> {
  let law: Law | null = null
  return ({ samples, state }) => {
    const before = (state as { limit?: number } | null)?.limit
    const led = [...samples].filter(([, { isFixed }]) => isFixed !== true)
    const reports = led.map(([, sample]) => sample)
    const limits = new Map<string, number>()
    if (reports.length > 0) {
      const most = Math.max(
        1,
        reports.reduce((sum, report) => sum + report.most, 0),
      )
      if (law === null || (before !== undefined && law.limit !== before)) {
        law = createController({
          maxConcurrency: most,
          ...(before === undefined ? {} : { startConcurrency: Math.min(most, Math.max(1, before)) }),
        })
      }
      law.setBounds({ maxConcurrency: most })
      law.update(combine(reports))
      const given = shares(
        law.limit,
        reports.map((report) => Math.min(report.most, demandOf(report))),
      )
      led.forEach(([worker], i) => limits.set(worker, given[i]!))
    }
    for (const [worker, sample] of samples) {
      if (!limits.has(worker)) limits.set(worker, Math.min(sample.limit, demandOf(sample)))
    }
    const dealt = [...limits.values()].reduce((sum, limit) => sum + Math.max(1, limit), 0)
    const limit = law?.limit ?? before
    return {
      shares: new Map(
        [...limits].map(([worker, given]) => [worker, { limit: given, part: Math.max(1, given) / dealt }]),
      ),
      state: limit === undefined ? {} : { limit },
    }
  }
}

/** How much a worker could have in flight: without end where it uses what it has. */
function demandOf({ inFlight, limit }: WorkerSample): number {
  return inFlight < USED * limit ? Math.ceil(inFlight * MARGIN) : Infinity
}
