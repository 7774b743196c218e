import type { RunRecord } from '@lagoon/state-lmdb'
import type { SyncSummary } from '@lagoon/sync'

/** The prices of the operator's providers, in any currency. */
export interface Prices {
  /** For 1,000 GET requests at the source. */
  readonly getPer1000: number
  /** For 1,000 PUT requests at the destination. */
  readonly putPer1000: number
  /** For each GB (10⁹ bytes) that leaves the source. */
  readonly egressPerGb: number
}

export interface Estimate {
  /** Bytes to copy, of the objects whose size the manifests tell; null where they tell none. */
  readonly bytes: number | null
  /** Objects to copy without a size: with any of them, bytes and egress are the least that it takes. */
  readonly withoutSize: number
  /** One request on each side an object. Objects that travel in parts and attempts that are repeated take more. */
  readonly requests: { readonly source: number; readonly destination: number }
  /** Null without prices. */
  readonly cost: { readonly requests: number; readonly egress: number | null } | null
  /** Null if there is nothing to measure by: no earlier run, or no worker of the job that copies at the moment. */
  readonly time:
    | { readonly durationMs: number; readonly fromRun: number }
    | { readonly durationMs: number; readonly fromWorkers: number }
    | null
}

/** Runs that copied less say little about speed. */
const leastObjects = 100

/** How fast objects are copied, and how that is known. */
export interface Pace {
  readonly objectsPerSecond: number
  /** 0 where it is unknown. */
  readonly bytesPerSecond: number
  readonly from: { readonly fromRun: number } | { readonly fromWorkers: number }
}

/** The effort of copying, from a dry run's figures, the sizes in manifests, and a pace. */
export function estimate(
  { planned, plan = { bytes: 0, withoutSize: 0 } }: Pick<SyncSummary, 'planned' | 'plan'>,
  { pace, prices }: { pace: Pace | null; prices: Prices | null },
): Estimate {
  const { withoutSize } = plan
  const bytes = planned > 0 && withoutSize === planned ? null : plan.bytes
  const requests = { source: planned, destination: planned }
  return {
    bytes,
    withoutSize,
    requests,
    cost: prices && {
      requests: (requests.source * prices.getPer1000 + requests.destination * prices.putPer1000) / 1000,
      egress: bytes === null ? null : (bytes / 1e9) * prices.egressPerGb,
    },
    time: pace && timeBy(planned, bytes, pace),
  }
}

/** The pace of the last run that copied enough to say anything about speed; null without one. */
export function paceOfRuns(runs: readonly RunRecord[]): Pace | null {
  const run = runs.findLast(
    ({ summary }) => ((summary as SyncSummary | null)?.completed ?? 0) >= leastObjects,
  )
  if (run === undefined) return null
  const { completed, bytes, durationMs } = run.summary as SyncSummary
  const seconds = durationMs / 1000
  return {
    objectsPerSecond: completed / seconds,
    bytesPerSecond: bytes / seconds,
    from: { fromRun: run.number },
  }
}

/** The slower of what objects per second and bytes per second say. */
function timeBy(
  planned: number,
  bytes: number | null,
  { objectsPerSecond, bytesPerSecond, from }: Pace,
): Estimate['time'] {
  const byObjects = planned / objectsPerSecond
  const byBytes = bytes === null || bytesPerSecond === 0 ? 0 : bytes / bytesPerSecond
  return { durationMs: Math.round(1000 * Math.max(byObjects, byBytes)), ...from }
}
