import { findProduct } from '../clients/find-product.js'
import {
  countControllerRuns,
  measureController,
  type ControllerFinding,
  type ControllerMeasure,
} from '../controller/measure-controller.js'
import { fillStore } from '../data/fill-store.js'
import { captureEnvironment, type Environment } from '../environment.js'
import { bytes, number } from '../format.js'
import { createProgress } from '../progress.js'
import type { PlannedWorkload } from '../run/plan.js'
import type { Session } from '../session.js'
import { openStores, type StoreChoice } from '../stores/open-stores.js'

export interface ControllerOptions extends Omit<ControllerMeasure, 'sweep'> {
  stores: StoreChoice
  workloads: readonly PlannedWorkload[]
  /** The sweep of fixed concurrencies; `undefined` takes one by workload. */
  sweep: readonly number[] | undefined
  command: string
}

export interface ControllerResult {
  kind: 'controller'
  command: string
  environment: Environment
  durationMs: number
  seconds: number
  settleSeconds: number
  workloads: ControllerFinding[]
}

const defaultSweep = { usual: [4, 8, 16, 32, 64, 128, 256], large: [1, 2, 4, 8] }

/** The controller, told nothing, in turn with the best of a sweep of fixed concurrencies over the same objects. */
export async function controller(options: ControllerOptions, session: Session): Promise<ControllerResult> {
  const startedAt = performance.now()
  const found = await findProduct()
  const { seconds, settleSeconds, stores } = options
  const measureOf = (name: string): ControllerMeasure => ({
    ...options,
    sweep: options.sweep ?? (name === 'large' ? defaultSweep.large : defaultSweep.usual),
  })
  const runs = options.workloads.map(({ workload }) => countControllerRuns(measureOf(workload.name)))
  const progress = createProgress(runs.reduce((sum, count) => sum + count, 0))
  const needBytes = Math.max(...options.workloads.map((planned) => planned.bytes)) * 2
  const pair = await openStores({ ...stores, keepBytes: false }, needBytes, session)
  const environment = await captureEnvironment(pair.description, { lagoon: found.version })
  const workloads: ControllerFinding[] = []
  for (const planned of options.workloads) {
    const { name } = planned.workload
    progress.say(`${name}: ${number(planned.objects)} objects, ${bytes(planned.bytes)}`)
    const lake = await fillStore(pair, planned, session)
    try {
      const place = { found, pair, lake, session, progress }
      workloads.push(await measureController(name, measureOf(name), place))
    } finally {
      if (!session.signal.aborted || pair.kind === 'environment') await lake.remove()
    }
  }
  return {
    kind: 'controller',
    command: options.command,
    environment,
    durationMs: performance.now() - startedAt,
    seconds,
    settleSeconds,
    workloads,
  }
}
