import { randomAt } from '../random.js'

/** Sizes of objects: constant, log-uniform between two bounds, or a mix like a real lake's. */
export type DatasetSizes = number | 'mixed' | { minBytes: number; maxBytes: number }

export interface DatasetObject {
  index: number
  key: string
  sizeBytes: number
  contentType: string
}

export interface DatasetPlan {
  seed: number
  objects: number
  sizes: DatasetSizes
  keyPrefix: string
}

const KINDS = [
  { extension: 'json', contentType: 'application/json' },
  { extension: 'jpg', contentType: 'image/jpeg' },
  { extension: 'bin', contentType: 'application/octet-stream' },
  { extension: 'txt', contentType: 'text/plain; charset=utf-8' },
] as const

/** The object with this number: key, size and type depend only on the plan and the index. */
export function datasetObject(plan: DatasetPlan, index: number): DatasetObject {
  const kind = KINDS[index % KINDS.length]!
  const shard = String(Math.floor(index / 1000)).padStart(4, '0')
  return {
    index,
    key: `${plan.keyPrefix}${shard}/object-${String(index).padStart(8, '0')}.${kind.extension}`,
    sizeBytes: sizeOf(plan, index),
    contentType: kind.contentType,
  }
}

/** Every object of the plan, in order. */
export function* datasetObjects(plan: DatasetPlan, from = 0, to = plan.objects): Generator<DatasetObject> {
  for (let index = from; index < to; index += 1) yield datasetObject(plan, index)
}

function sizeOf(plan: DatasetPlan, index: number): number {
  if (typeof plan.sizes === 'number') return plan.sizes
  const position = randomAt(plan.seed, index)
  if (plan.sizes !== 'mixed') return logUniform(position, plan.sizes.minBytes, plan.sizes.maxBytes)
  // Heavy-tailed: mostly a few KiB, one in a hundred up to 2 MiB, and some empty.
  if (position < 0.005) return 0
  const within = randomAt(plan.seed + 1, index)
  if (position < 0.8) return logUniform(within, 200, 32 * 1024)
  if (position < 0.99) return logUniform(within, 32 * 1024, 256 * 1024)
  return logUniform(within, 256 * 1024, 2 * 1024 * 1024)
}

function logUniform(position: number, minBytes: number, maxBytes: number): number {
  if (minBytes >= maxBytes) return minBytes
  const low = Math.log(minBytes + 1)
  return Math.floor(Math.exp(low + position * (Math.log(maxBytes + 1) - low)) - 1)
}
