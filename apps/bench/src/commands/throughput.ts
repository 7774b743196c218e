import { findClient } from '../clients/find-clients.js'
import { lagoon } from '../clients/lagoon.js'
import { captureEnvironment } from '../environment.js'
import { BenchError } from '../errors.js'
import { createProgress } from '../progress.js'
import { countRuns } from '../run/measure-variants.js'
import { measureWorkload } from '../run/measure-workload.js'
import type { PlannedWorkload } from '../run/plan.js'
import type { CopyResult } from '../run/result.js'
import type { Variant, WorkloadResult } from '../run/series.js'
import type { Session } from '../session.js'
import { openStores, type StoreChoice } from '../stores/open-stores.js'
import { failureNotes } from './failure-notes.js'

export interface ThroughputOptions {
  stores: StoreChoice
  workloads: readonly PlannedWorkload[]
  /** Fixed concurrencies; `undefined` takes each workload's own. */
  concurrencies: readonly number[] | undefined
  /** Also let the controller choose. */
  controller: boolean
  rounds: { warmUp: number; measured: number }
  withLatencies: boolean
  command: string
}

/** The product alone: fixed concurrencies in turn with the controller, for each workload. */
export async function throughput(options: ThroughputOptions, session: Session): Promise<CopyResult> {
  const startedAt = performance.now()
  const found = await findClient(lagoon())
  if (found === null) {
    throw new BenchError('LAGOON_BENCH_PRODUCT', 'the lagoon command does not run', {
      hint: 'Build the workspace first: npx -y pnpm@12 build.',
    })
  }
  const variantsOf = (planned: PlannedWorkload): { variant: Variant; found: typeof found }[] => {
    const fixed = options.concurrencies ?? planned.workload.concurrencies
    const all: (number | 'controller')[] = [
      ...fixed,
      ...(options.controller ? (['controller'] as const) : []),
    ]
    return all.map((concurrency) => ({
      found,
      variant: {
        label: String(concurrency),
        client: 'lagoon',
        version: found.version,
        concurrency,
        caveat: null,
      },
    }))
  }
  const { rounds, withLatencies } = options
  const total = options.workloads.reduce(
    (sum, planned) => sum + countRuns({ variants: variantsOf(planned), rounds, withLatencies }),
    0,
  )
  const progress = createProgress(total)
  const needBytes = Math.max(...options.workloads.map(({ bytes }) => bytes)) * 2
  progress.say('starting the stores')
  const pair = await openStores(options.stores, needBytes, session)
  const environment = await captureEnvironment(pair.description, { lagoon: found.version })
  const workloads: WorkloadResult[] = []
  for (const planned of options.workloads) {
    const measure = { variants: variantsOf(planned), rounds, withLatencies }
    workloads.push(await measureWorkload(planned, { session, pair, progress }, measure))
  }
  return {
    kind: 'throughput',
    command: options.command,
    environment,
    durationMs: performance.now() - startedAt,
    workloads,
    notes: failureNotes(workloads),
  }
}
