import { combine, createController, shares, type Controller as Law } from '@lagoon/aimd'
import { startConducted, type Conducted, type Decide, type Job } from '@lagoon/jobs'
import { describeError } from '../ports/errors.js'
import type { EventSink } from '../ports/events.js'
import type { ConcurrencyOptions } from '../options/options.js'
import type { Controller, Decision, WindowSample } from '../ports/concurrency.js'

/** Windows of a worker under the law of the job: each is reported, and one round of the conductor takes as long. */
const WINDOW_MS = 1000
/** A worker that uses less than this part of its share has too little work for it, and is given what it used and a margin. */
const USED = 0.9
const MARGIN = 1.25

/** A part that moves by less than this share of itself is not told. */
const PART_STEP = 0.05

/** What a worker reports of a window: what it measured, under which limit, and the most that it may ever have in flight. */
type WorkerSample = WindowSample & { readonly limit: number; readonly most: number }

export interface ConductedController extends Controller {
  /** True while this worker decides for all. */
  readonly conducting: boolean
  /** This worker's part of the limit of the job; 1 while nobody has divided it. */
  readonly part: number
  close(): Promise<void>
}

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
  { onEvent, onPart }: { readonly onEvent: EventSink; readonly onPart: () => void },
): ConductedController {
  const own = createController({
    maxConcurrency: max,
    ...(min === undefined ? {} : { minConcurrency: min }),
    ...(preset === undefined ? {} : { preset }),
  })
  let toldPart = 1
  let most = max
  let least = min ?? 1
  const conducted: Conducted<WorkerSample> = startConducted<WorkerSample>(job, {
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
      return conducted.conducting
    },
    get part() {
      return conducted.share?.part ?? 1
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
    close: () => conducted.close(),
  }
}

/** The decisions of a conductor: one controller for the sum of all, which goes on from the limit of the conductor before. */
function decideForAll(): Decide<WorkerSample> {
  let law: Law | null = null
  return ({ samples, state }) => {
    const workers = [...samples.keys()]
    const reports = [...samples.values()]
    const before = (state as { limit?: number } | null)?.limit
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
    const parts = shares(
      law.limit,
      reports.map(({ inFlight, limit, most: own }) =>
        Math.min(own, inFlight < USED * limit ? Math.ceil(inFlight * MARGIN) : Infinity),
      ),
    )
    const dealt = parts.reduce((sum, part) => sum + Math.max(1, part), 0)
    return {
      shares: new Map(
        workers.map((worker, i) => [worker, { limit: parts[i]!, part: Math.max(1, parts[i]!) / dealt }]),
      ),
      state: { limit: law.limit },
    }
  }
}
