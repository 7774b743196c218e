import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pMap } from '@lagoon/testkit'
import type { Progress } from '../progress.js'
import { createBucketClient } from '../s3/bucket-client.js'
import type { Session } from '../session.js'
import { median } from '../statistics.js'
import { runLagoon, type ScaleJob } from './run-lagoon.js'
import { runTask } from './run-task.js'
import { scaleKey } from './scale-key.js'

/** A listing that becomes manifests, beside a loop of ListObjectsV2 that does nothing with what it gets. Objects a second. */
export interface ListingResult {
  objects: number
  barePerSecond: number
  /** `lagoon manifest create`, from start to exit, with so many listings at once. */
  created: {
    listings: number
    order: 'input' | 'sorted'
    perSecond: number
    peakMemoryBytes: number | null
  }[]
}

const rounds = 3
const variants = [
  { listings: 1, order: 'input' },
  { listings: 8, order: 'input' },
  { listings: 8, order: 'sorted' },
] as const

/** Puts empty objects into an empty bucket and lists it, in turn with the loop. */
export async function measureListing(
  objects: number,
  { job, session, progress }: { job: ScaleJob; session: Session; progress: Progress },
): Promise<ListingResult> {
  const { source } = job
  const { bucket } = source
  const store = createBucketClient(source)
  try {
    const indices = Array.from({ length: objects }, (_, index) => index)
    const put = (index: number): Promise<void> => store.put(bucket, scaleKey(index), Buffer.alloc(0), 0)
    await pMap(indices, put, { concurrency: 32, signal: session.signal })
    progress.step(`${objects} objects put`)
    const bare: number[] = []
    const created = variants.map((variant) => ({ ...variant, rates: [] as number[], memory: [] as number[] }))
    for (let round = 0; round < rounds; round += 1) {
      const listed = await runTask({ task: 'list', access: source, bucket }, session)
      bare.push((listed.keys * 1_000) / listed.durationMs)
      for (const variant of created) {
        const output = join(session.directory, 'created')
        const args = ['manifest', 'create', '--output', output, '--order', variant.order]
        const concurrency = ['--list-concurrency', String(variant.listings)]
        const { measured } = await runLagoon(job, [...args, ...concurrency], session)
        await rm(output, { recursive: true })
        variant.rates.push((objects * 1_000) / measured.wallMs)
        if (measured.peakMemoryBytes !== null) variant.memory.push(measured.peakMemoryBytes)
      }
    }
    progress.step('listed')
    return {
      objects,
      barePerSecond: median(bare),
      created: created.map(({ listings, order, rates, memory }) => ({
        listings,
        order,
        perSecond: median(rates),
        peakMemoryBytes: memory.length === 0 ? null : Math.max(...memory),
      })),
    }
  } finally {
    await store.close()
  }
}
