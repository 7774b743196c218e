import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { putObjects } from '@lagoon/testkit'
import type { BenchSession } from '../session.js'
import { median, summarize } from '../statistics.js'
import { runLagoon, runTask, type ScaleJob } from './run.js'
import { scaleKey } from './tasks.js'

/** A listing that is written as manifests, beside a loop of ListObjectsV2 that discards the results. Objects per second. */
export interface ListingResult {
  objects: number
  barePerSecond: number
  /** `lagoon manifest create`, from start to exit, with this many concurrent listings. */
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
  job: ScaleJob,
  session: BenchSession,
): Promise<ListingResult> {
  const { source } = job
  const { bucket } = source
  const empty = Array.from({ length: objects }, (_, index) => ({
    key: scaleKey(index),
    sizeBytes: 0,
    body: () => Buffer.alloc(0),
  }))
  await putObjects(source, bucket, empty, { signal: session.signal })
  session.step(`${objects} objects put`)
  const bare: number[] = []
  const created = variants.map((variant) => ({
    ...variant,
    rates: [] as number[],
    memory: [] as (number | null)[],
  }))
  for (let round = 0; round < rounds; round += 1) {
    const listed = await runTask({ task: 'list', access: source, bucket }, session)
    bare.push((listed.keys * 1_000) / listed.durationMs)
    for (const { listings, order, rates, memory } of created) {
      const output = join(session.directory, 'created')
      const args = [
        'manifest',
        'create',
        '--output',
        output,
        '--order',
        order,
        '--list-concurrency',
        String(listings),
      ]
      const { measured } = await runLagoon(job, args, session)
      await rm(output, { recursive: true })
      rates.push((objects * 1_000) / measured.wallMs)
      memory.push(measured.peakMemoryBytes)
    }
  }
  session.step('listed')
  return {
    objects,
    barePerSecond: median(bare),
    created: created.map(({ listings, order, rates, memory }) => ({
      listings,
      order,
      perSecond: median(rates),
      peakMemoryBytes: summarize(memory)?.max ?? null,
    })),
  }
}
