import { join } from 'node:path'
import { findProduct } from '../clients/find-product.js'
import { accountOf } from '../controller/account.js'
import { verdictOf, type Contender, type Verdict } from '../controller/verdict.js'
import { makeLake, type Lake } from '../data/lake.js'
import { makeMadeUpLake } from '../data/made-up-lake.js'
import { captureEnvironment, type Environment } from '../environment.js'
import { bytes, number } from '../format.js'
import { createProgress } from '../progress.js'
import type { PlannedWorkload } from '../run/plan.js'
import { runTimed } from '../run/run-timed.js'
import type { Timeline } from '../run/sample.js'
import { interleave } from '../schedule.js'
import type { Session } from '../session.js'
import { openStores, type StoreChoice } from '../stores/open-stores.js'
import type { StorePair } from '../stores/store-pair.js'

export interface ControllerOptions {
  stores: StoreChoice
  workloads: readonly PlannedWorkload[]
  /** The sweep of fixed concurrencies; `undefined` takes one by workload. */
  sweep: readonly number[] | undefined
  /** Longest time of a run, and how much of it counts as settling, s. */
  seconds: number
  settleSeconds: number
  rounds: { warmUp: number; measured: number }
  command: string
}

export interface ControllerResult {
  kind: 'controller'
  command: string
  environment: Environment
  durationMs: number
  seconds: number
  workloads: {
    workload: string
    contenders: Contender[]
    verdict: Verdict | null
    /** The controller's last run. */
    timeline: Timeline | null
  }[]
}

const defaultSweep = { usual: [4, 8, 16, 32, 64, 128, 256], large: [1, 2, 4, 8] }

/** The controller, told nothing, in turn with a sweep of fixed concurrencies over the same objects. */
export async function controller(options: ControllerOptions, session: Session): Promise<ControllerResult> {
  const startedAt = performance.now()
  const found = await findProduct()
  const sweepOf = (name: string): (number | 'controller')[] => [
    ...(options.sweep ?? (name === 'large' ? defaultSweep.large : defaultSweep.usual)),
    'controller',
  ]
  const { seconds, settleSeconds, rounds, stores } = options
  const runs = options.workloads.reduce((sum, { workload }) => sum + sweepOf(workload.name).length, 0)
  const progress = createProgress(runs * (rounds.warmUp + rounds.measured))
  const needBytes = Math.max(...options.workloads.map((planned) => planned.bytes)) * 2
  // Objects of a sandbox are made up when they are read, so that it has as many as a long run takes.
  const pair = await openStores({ ...stores, keepBytes: false }, needBytes, session)
  const environment = await captureEnvironment(pair.description, { lagoon: found.version })
  const workloads: ControllerResult['workloads'] = []
  for (const planned of options.workloads) {
    const { name } = planned.workload
    progress.say(`${name}: ${number(planned.objects)} objects, ${bytes(planned.bytes)}`)
    const lake = await fill(pair, planned, session)
    const contenders = sweepOf(name).map((concurrency): Contender => ({ concurrency, runs: [] }))
    let timeline: Timeline | null = null
    try {
      for (const turn of interleave(contenders.length, rounds)) {
        const { concurrency, runs: done } = contenders[turn.variant]!
        const place = { found, pair, lake, directory: session.directory, signal: session.signal }
        const run = await runTimed({ ...place, concurrency, seconds, report: false })
        const account = accountOf(run, { seconds, settleSeconds })
        if (turn.round > 0) done.push(account)
        if (concurrency === 'controller') timeline = run.timeline
        const rate = `${number(account.objectsPerSecond)} objects/s, ${number(account.bytesPerSecond / 1e6)} MB/s`
        progress.step(`round ${turn.round}/${rounds.measured}  ${name} at ${concurrency}: ${rate}`)
      }
    } finally {
      if (!session.signal.aborted || pair.kind === 'environment') await lake.remove()
    }
    workloads.push({ workload: name, contenders, verdict: verdictOf(contenders), timeline })
  }
  return {
    kind: 'controller',
    command: options.command,
    environment,
    durationMs: performance.now() - startedAt,
    seconds,
    workloads,
  }
}

function fill(pair: StorePair, planned: PlannedWorkload, session: Session): Promise<Lake> {
  const { signal } = session
  const shared = { access: pair.source, ...planned, signal }
  if (pair.kind === 'sandbox') return makeMadeUpLake(shared)
  return makeLake({ ...shared, directory: join(session.directory, planned.workload.name) })
}
