import { findProduct } from '../clients/find-product.js'
import { lagoon } from '../clients/lagoon.js'
import { captureEnvironment } from '../environment.js'
import { createProgress } from '../progress.js'
import { countRuns } from '../run/measure-variants.js'
import { measureOwnManifests, type OwnManifests } from '../run/measure-own-manifests.js'
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
  /** Manifests of the user's own, instead of workloads; only with stores from the environment. */
  manifests: OwnManifests | null
  /** Fixed concurrencies; `undefined` takes each workload's own. */
  concurrencies: readonly number[] | undefined
  /** Numbers of threads that copy; `undefined` leaves that to the product. */
  threads: readonly number[] | undefined
  /** Also let the controller choose. */
  controller: boolean
  rounds: { warmUp: number; measured: number }
  withLatencies: boolean
  command: string
}

/** Fixed concurrencies to try on objects that nobody knows. */
const ownConcurrencies = [8, 32, 128]

/** The product alone: fixed concurrencies in turn with the controller, for each workload. */
export async function throughput(options: ThroughputOptions, session: Session): Promise<CopyResult> {
  const startedAt = performance.now()
  const found = await findProduct()
  const variantsOf = (ownConcurrencies: readonly number[]): { variant: Variant; found: typeof found }[] => {
    const fixed = options.concurrencies ?? ownConcurrencies
    const all: (number | 'controller')[] = [
      ...fixed,
      ...(options.controller ? (['controller'] as const) : []),
    ]
    return all.flatMap((concurrency) =>
      (options.threads ?? [undefined]).map((threads) => ({
        found: { ...found, client: lagoon({ threads }) },
        variant: {
          label: threads === undefined ? String(concurrency) : `${concurrency}, threads: ${threads}`,
          client: 'lagoon',
          version: found.version,
          concurrency,
          caveat: null,
        },
      })),
    )
  }
  const { rounds, withLatencies } = options
  const { manifests } = options
  const concurrencies = manifests
    ? [ownConcurrencies]
    : options.workloads.map(({ workload }) => workload.concurrencies)
  const total = concurrencies.reduce(
    (sum, own) => sum + countRuns({ variants: variantsOf(own), rounds, withLatencies }),
    0,
  )
  const progress = createProgress(total)
  const needBytes = Math.max(0, ...options.workloads.map(({ bytes }) => bytes)) * 2
  progress.say('starting the stores')
  const pair = await openStores(options.stores, needBytes, session)
  const environment = await captureEnvironment(pair.description, { lagoon: found.version })
  const workloads: WorkloadResult[] = []
  const context = { session, pair, progress }
  if (manifests) {
    const measure = { variants: variantsOf(ownConcurrencies), rounds, withLatencies }
    workloads.push(await measureOwnManifests(manifests, context, measure))
  } else {
    for (const planned of options.workloads) {
      const measure = { variants: variantsOf(planned.workload.concurrencies), rounds, withLatencies }
      workloads.push(await measureWorkload(planned, context, measure))
    }
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
