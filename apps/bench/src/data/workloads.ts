import { usageError } from '../errors.js'

/** Objects to copy: how many, how large, and how many at a time suit them. */
export interface Workload {
  name: WorkloadName
  summary: string
  /** How many objects unless told otherwise. */
  objects: number
  /** Concurrencies that `throughput` tries unless told otherwise; `compare` takes `compareAt`. */
  concurrencies: readonly number[]
  compareAt: number
  /** Size in bytes of the object with this index, always the same for the same seed. */
  sizeBytes(index: number, seed: number): number
}

export const workloadNames = ['tiny', 'small', 'mixed', 'large'] as const
export type WorkloadName = (typeof workloadNames)[number]

const KiB = 1024
const MiB = 1024 * KiB

/**
 * Heavy-tailed sizes: a Pareto distribution with shape 1.1 from 4 KiB, cut at 64 MiB. Half of the objects are under
 * 8 KiB, and one in a hundred holds most of the bytes, as in lakes of thumbnails beside videos.
 */
function paretoSize(uniform: number): number {
  return Math.min(64 * MiB, Math.round((4 * KiB) / Math.pow(1 - uniform, 1 / 1.1)))
}

const workloads: Record<WorkloadName, Workload> = {
  tiny: {
    name: 'tiny',
    summary: 'objects of 1 KiB',
    objects: 20_000,
    concurrencies: [8, 32, 128],
    compareAt: 32,
    sizeBytes: () => KiB,
  },
  small: {
    name: 'small',
    summary: 'objects of 32 KiB',
    objects: 10_000,
    concurrencies: [8, 32, 128],
    compareAt: 32,
    sizeBytes: () => 32 * KiB,
  },
  mixed: {
    name: 'mixed',
    summary: 'sizes from 4 KiB to 64 MiB, heavy-tailed',
    objects: 5_000,
    concurrencies: [8, 32, 128],
    compareAt: 32,
    sizeBytes: (index, seed) => paretoSize(uniform(index, seed)),
  },
  large: {
    name: 'large',
    summary: 'objects of 256 MiB',
    objects: 6,
    concurrencies: [2, 4],
    compareAt: 4,
    sizeBytes: () => 256 * MiB,
  },
}

/** The workload of that name. Throws `LAGOON_BENCH_USAGE` for another. */
export function workloadNamed(name: string): Workload {
  const found = workloads[name as WorkloadName]
  if (!found) throw usageError(`there is no workload "${name}"`, `Workloads are ${workloadNames.join(', ')}.`)
  return found
}

/** A number in [0, 1) that depends on index and seed only (the finaliser of MurmurHash3). */
export function uniform(index: number, seed: number): number {
  let hash = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  hash ^= hash >>> 16
  return (hash >>> 0) / 4_294_967_296
}

/** The key of the object with this index: sixteen folders, so that tools that list by folder can do so in parallel. */
export function keyOf(index: number): string {
  return `data/part-${String(index % 16).padStart(2, '0')}/object-${String(index).padStart(8, '0')}.bin`
}
