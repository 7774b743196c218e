import { randomFillSync } from 'node:crypto'

/** An object of the demo's dataset. Bodies are views of one pool of random bytes, each at its own offset. */
interface SampleObject {
  readonly key: string
  readonly body: Uint8Array
}

export interface SampleDataset {
  readonly objects: readonly SampleObject[]
  readonly bytes: number
}

/** The objects are named by so many manifests, in order. */
export const manifestCount = 2

const kib = 1024
const poolBytes = 8 * 1024 * kib

/** A dataset of mixed sizes: mostly small objects, some of hundreds of kilobytes, a few of megabytes, a few empty. */
export function makeSampleDataset(count: number): SampleDataset {
  const pool = randomFillSync(new Uint8Array(poolBytes))
  const objects = Array.from({ length: count }, (_, index) => {
    const size = sizeOf(index)
    const offset = (index * 4099) % (poolBytes - size)
    return { key: keyOf(index), body: pool.subarray(offset, offset + size) }
  })
  return { objects, bytes: objects.reduce((sum, { body }) => sum + body.length, 0) }
}

function sizeOf(index: number): number {
  if (index % 500 === 250) return 6 * 1024 * kib
  if (index % 40 === 20) return 256 * kib
  if (index % 97 === 50) return 0
  if (index % 7 === 3) return 32 * kib + index
  return 1 * kib + ((index * 7919) % (14 * kib))
}

function keyOf(index: number): string {
  const number = String(index).padStart(5, '0')
  if (index % 2 === 0) return `photos/2026/${String((index % 12) + 1).padStart(2, '0')}/IMG ${number}.jpg`
  return `tables/ventes d'été/part-${number}.parquet`
}
