import { findProduct } from '../clients/find-product.js'
import { accountOf, type RunAccount } from '../controller/account.js'
import { makeMadeUpLake } from '../data/made-up-lake.js'
import { workloadNamed } from '../data/workloads.js'
import { captureEnvironment, type Environment } from '../environment.js'
import { number, percent } from '../format.js'
import { createProgress } from '../progress.js'
import { runTimed } from '../run/run-timed.js'
import type { Session } from '../session.js'
import { openStores } from '../stores/open-stores.js'

export interface LittleOptions {
  /** Added to every request, on both sides. */
  latencyMs: number
  inFlight: number
  seconds: number
  /** Seconds of a run that are left out of the second figure: start-up and the first batch. */
  settleSeconds: number
  repeats: number
  command: string
}

export interface LittleResult {
  kind: 'little'
  command: string
  environment: Environment
  durationMs: number
  latencyMs: number
  inFlight: number
  /** What Little's law allows, objects a second. */
  allowedPerSecond: number
  runs: (RunAccount & { steadyObjectsPerSecond: number | null })[]
}

/**
 * Objects of 1 KiB over a path on which every request takes `latencyMs` longer: each object is a GET and then a PUT, so
 * that by Little's law `inFlight` of them allow `inFlight` ÷ (2 × `latencyMs`) a second, work of none counted.
 */
export async function little(options: LittleOptions, session: Session): Promise<LittleResult> {
  const startedAt = performance.now()
  const { latencyMs, inFlight, seconds, settleSeconds, repeats } = options
  const found = await findProduct()
  const allowedPerSecond = allowedByLittle(inFlight, latencyMs)
  const progress = createProgress(repeats)
  const pair = await openStores({ kind: 'sandbox', shape: { latencyMs }, keepBytes: false }, 0, session)
  const environment = await captureEnvironment(pair.description, { lagoon: found.version })
  const workload = workloadNamed('tiny')
  const { directory, signal } = session
  const objects = Math.ceil(allowedPerSecond * (seconds + 5))
  const lake = await makeMadeUpLake({ access: pair.source, workload, objects, seed: 1, signal })
  const runs: LittleResult['runs'] = []
  for (let round = 1; round <= repeats; round += 1) {
    const place = { found, pair, lake, directory, signal }
    const run = await runTimed({ ...place, concurrency: inFlight, seconds, report: false })
    const account = accountOf(run, { seconds, settleSeconds })
    const steady = account.steadyBytesPerSecond
    const steadyObjectsPerSecond = steady === null ? null : steady / workload.sizeBytes(0, 1)
    runs.push({ ...account, steadyObjectsPerSecond })
    const shares = [account.objectsPerSecond, steadyObjectsPerSecond ?? Number.NaN].map((rate) =>
      percent(rate / allowedPerSecond),
    )
    progress.step(
      `${number(account.objectsPerSecond)} objects/s, ${shares[0]} of what is allowed; once settled ${shares[1]}`,
    )
  }
  return {
    kind: 'little',
    command: options.command,
    environment,
    durationMs: performance.now() - startedAt,
    latencyMs,
    inFlight,
    allowedPerSecond,
    runs,
  }
}

/** Objects a second that so many in flight allow, each taking twice the latency. */
export function allowedByLittle(inFlight: number, latencyMs: number): number {
  return (inFlight * 1000) / (2 * latencyMs)
}
