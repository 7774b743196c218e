import { randomAt } from '@lagoon/testkit'

/** Objects to copy: how many, how large, and a suitable concurrency. */
interface Workload {
  name: WorkloadName
  summary: string
  /** Default number of objects. */
  objects: number
  /** Default concurrencies of `throughput`; `compare` uses `compareAt`. */
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
 * Heavy-tailed sizes: a Pareto distribution with shape 1.1 from 4 KiB, cut at 64 MiB. Half of the objects are under 8 KiB, and one in a
 * hundred holds most of the bytes, as in lakes of thumbnails beside videos.
 */
function paretoSize(uniform: number): number {
  return Math.min(64 * MiB, Math.round((4 * KiB) / Math.pow(1 - uniform, 1 / 1.1)))
}

const many = { concurrencies: [8, 32, 128], compareAt: 32 }

export const workloads: Record<WorkloadName, Workload> = {
  tiny: { ...many, name: 'tiny', summary: 'objects of 1 KiB', objects: 20_000, sizeBytes: () => KiB },
  small: { ...many, name: 'small', summary: 'objects of 32 KiB', objects: 10_000, sizeBytes: () => 32 * KiB },
  mixed: {
    ...many,
    name: 'mixed',
    summary: 'sizes from 4 KiB to 64 MiB, heavy-tailed',
    objects: 5_000,
    sizeBytes: (index, seed) => paretoSize(randomAt(seed, index)),
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

/** One workload of a plan, with its number of objects. */
export interface PlannedWorkload {
  workload: Workload
  objects: number
  bytes: number
  seed: number
}

/** What is to be copied. `objects` overrides each workload's number. */
export function planWorkloads(
  names: readonly WorkloadName[],
  objects: number | undefined,
  seed: number,
): PlannedWorkload[] {
  return names.map((name) => {
    const workload = workloads[name]
    const count = objects ?? workload.objects
    let bytes = 0
    for (let index = 0; index < count; index += 1) bytes += workload.sizeBytes(index, seed)
    return { workload, objects: count, bytes, seed }
  })
}

/** The capacity that two stores need for the largest of them. */
export function bytesNeeded(planned: readonly PlannedWorkload[]): number {
  return Math.max(0, ...planned.map(({ bytes }) => bytes)) * 2
}

/** The key of the object with this index: sixteen folders, so that tools that list by folder can do so in parallel. */
export function keyOf(index: number): string {
  return `data/part-${String(index % 16).padStart(2, '0')}/object-${String(index).padStart(8, '0')}.bin`
}
