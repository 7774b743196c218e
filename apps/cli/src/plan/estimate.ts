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
  /** Null if there is no earlier run to measure by. */
  readonly time: { readonly durationMs: number; readonly fromRun: number } | null
}

/** Runs that copied less say little about speed. */
const leastObjects = 100

/** The effort of copying, from a dry run's figures, the sizes in manifests, and the speed of the last run that copied. */
export function estimate(
  { planned, plan = { bytes: 0, withoutSize: 0 } }: Pick<SyncSummary, 'planned' | 'plan'>,
  { runs, prices }: { runs: readonly RunRecord[]; prices: Prices | null },
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
    time: timeBy(planned, bytes, runs),
  }
}

/** The slower of what the last run's objects per second and bytes per second say. */
function timeBy(planned: number, bytes: number | null, runs: readonly RunRecord[]): Estimate['time'] {
  const run = runs.findLast(
    ({ summary }) => ((summary as SyncSummary | null)?.completed ?? 0) >= leastObjects,
  )
  if (run === undefined) return null
  const { completed, bytes: copied, durationMs } = run.summary as SyncSummary
  const byObjects = (planned / completed) * durationMs
  const byBytes = bytes === null || copied === 0 ? 0 : (bytes / copied) * durationMs
  return { durationMs: Math.round(Math.max(byObjects, byBytes)), fromRun: run.number }
}
