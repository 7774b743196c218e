import type { Shape } from '@lagoon/s3-sandbox'
import {
  planWorkloads,
  workloadNames,
  type PlannedWorkload,
  type WorkloadName,
} from '../dataset/workloads.js'
import { usageError } from '../errors.js'
import type { RoundCounts } from '../schedule.js'
import type { StoreChoice } from '../stores/open-stores.js'
import { storeKinds, type StoreKind } from '../stores/store-pair.js'
import { choice, choices, count, milliseconds, positive, toggle, type Values } from './options.js'

const sandboxOnly = (text: string): string => `--stores sandbox: ${text}`

/** The stores and their behaviour. */
export function storeOptions(fallback: StoreKind) {
  return {
    stores: choice(
      'minio starts two servers; environment takes LAGOON_SOURCE_… and LAGOON_DESTINATION_…; one of',
      storeKinds,
      fallback,
    ),
    tls: toggle('Stores that the bench starts speak TLS, with a certificate made for the run'),
    path: milliseconds('Round trip between the clients and both stores that the bench starts, such as 50ms'),
    latencyMs: positive(sandboxOnly('added to every request'), undefined),
    knee: positive(sandboxOnly('requests served at a time; the others queue'), undefined),
    serviceMs: positive(sandboxOnly('time of each in its place at the knee (default 1)'), undefined),
    rateWall: positive(sandboxOnly('requests per second, refused with 503 beyond'), undefined),
    bandwidthMb: positive(sandboxOnly('MB per second in each direction'), undefined),
  }
}

/** Flags of the commands that copy workloads: where, what and how often. */
export function copyOptions(fallbacks: {
  workload: readonly WorkloadName[]
  repeats: number
  warmUp?: number
}) {
  return {
    ...storeOptions('minio'),
    workload: choices('What to copy', workloadNames, fallbacks.workload),
    objects: count("How many objects (default: each workload's own number)", undefined),
    seed: count('Sizes of a mixed workload follow from it', 1, 0),
    repeats: count('Measured rounds', fallbacks.repeats),
    warmUp: count('Rounds before, not measured', fallbacks.warmUp ?? 1, 0),
  }
}

/** The stores of those flags. Throws `LAGOON_BENCH_USAGE` if flags cannot be combined. */
export function readStores(flags: Values<ReturnType<typeof storeOptions>>): StoreChoice {
  const { stores: kind, tls, path: pathMs, latencyMs, knee, serviceMs, rateWall, bandwidthMb } = flags
  if (serviceMs !== undefined && knee === undefined) throw usageError('--service-ms needs --knee')
  const perSecond = bandwidthMb === undefined ? undefined : bandwidthMb * 1e6
  const shape: Shape = {
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(knee === undefined ? {} : { knee: { concurrency: knee, serviceMs: serviceMs ?? 1 } }),
    ...(rateWall === undefined ? {} : { rateWall: { requestsPerSecond: rateWall } }),
    ...(perSecond === undefined
      ? {}
      : { bandwidth: { sentBytesPerSecond: perSecond, receivedBytesPerSecond: perSecond } }),
  }
  if (Object.keys(shape).length > 0 && kind !== 'sandbox')
    throw usageError('latency, knee, rate wall and bandwidth shape the sandbox only', 'Add --stores sandbox.')
  if (kind === 'environment' && tls)
    throw usageError(
      '--tls is for stores that the bench starts',
      'Name running stores by https: URLs instead.',
    )
  if (kind === 'environment' && pathMs !== undefined)
    throw usageError('--path is for stores that the bench starts', 'Running stores have a path of their own.')
  return { kind, shape, tls, pathMs }
}

/** What is copied, and how often. */
export function readCopyOptions(flags: Values<ReturnType<typeof copyOptions>>): {
  stores: StoreChoice
  workloads: PlannedWorkload[]
  rounds: RoundCounts
} {
  return {
    stores: readStores(flags),
    workloads: planWorkloads(flags.workload, flags.objects, flags.seed),
    rounds: { warmUp: flags.warmUp, measured: flags.repeats },
  }
}
