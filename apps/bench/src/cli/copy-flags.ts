import type { Argv } from 'yargs'
import { positiveInteger, oneOf, words } from '../commands/option-values.js'
import { workloadNames } from '../data/workloads.js'
import { usageError } from '../errors.js'
import { planWorkloads, type PlannedWorkload } from '../run/plan.js'
import type { StoreChoice } from '../stores/open-stores.js'
import { storeKinds } from '../stores/store-pair.js'
import { readShapeFlags, shapeFlags } from './shape-flags.js'

/** Flags of the commands that copy: where, what, how often. */
export function copyFlags(
  yargs: Argv,
  defaults: { workload: readonly string[]; repeats: number; warmUp?: number },
) {
  return shapeFlags(yargs)
    .option('stores', {
      type: 'string',
      default: 'minio',
      describe: `Where: ${storeKinds.join(', ')}. minio starts two servers; environment takes LAGOON_SOURCE_… and LAGOON_DESTINATION_…`,
    })
    .option('tls', {
      type: 'boolean',
      default: false,
      describe: 'Stores that the bench starts speak TLS, with certificates made for the run',
    })
    .option('workload', {
      type: 'string',
      array: true,
      default: [...defaults.workload],
      describe: `What: ${workloadNames.join(', ')}; several with commas`,
    })
    .option('objects', { type: 'string', describe: "How many objects (default: each workload's own number)" })
    .option('seed', { type: 'string', default: '1', describe: 'Sizes of a mixed workload follow from it' })
    .option('repeats', { type: 'string', default: String(defaults.repeats), describe: 'Measured rounds' })
    .option('warm-up', {
      type: 'string',
      default: String(defaults.warmUp ?? 1),
      describe: 'Rounds before, not measured',
    })
}

/** Flags of every command: what to print and where to save. */
export function outputFlags<T>(yargs: Argv<T>) {
  return yargs
    .option('json', { type: 'boolean', default: false, describe: 'Print the result as JSON' })
    .option('out', {
      type: 'string',
      default: 'artefacts/bench',
      describe: 'Folder for the result and its report',
    })
}

export interface CopyChoices {
  stores: StoreChoice
  workloads: PlannedWorkload[]
  rounds: { warmUp: number; measured: number }
}

/** Those flags checked. Throws `LAGOON_BENCH_USAGE` at the first that is wrong. */
export function readCopyFlags(
  given: {
    stores: string
    tls: boolean
    workload: readonly string[]
    objects: string | undefined
    seed: string
    repeats: string
    warmUp: string
  } & Parameters<typeof readShapeFlags>[0],
): CopyChoices {
  const names = words(given.workload).map((name) => oneOf('workload', workloadNames, name))
  const objects = given.objects === undefined ? undefined : positiveInteger('objects', given.objects)
  const kind = oneOf('stores', storeKinds, given.stores)
  if (given.tls && kind === 'environment')
    throw usageError(
      '--tls is for stores that the bench starts',
      'Name running stores by https: URLs instead.',
    )
  return {
    stores: { kind, shape: readShapeFlags(given, kind), tls: given.tls },
    workloads: planWorkloads(names, objects, positiveInteger('seed', given.seed, 0)),
    rounds: {
      warmUp: positiveInteger('warm-up', given.warmUp, 0),
      measured: positiveInteger('repeats', given.repeats),
    },
  }
}
