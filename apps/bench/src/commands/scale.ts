import { defineCommand } from '../cli/command.js'
import { choice, count, counts } from '../cli/options.js'
import type { MeasuredOn } from '../environment.js'
import { bytes, milliseconds, number, times } from '../format.js'
import type { TableSection } from '../report/report.js'
import { bars, table } from '../report/sections.js'
import { measureListing, type ListingResult } from '../scale/measure-listing.js'
import { measureSize, type SizeResult } from '../scale/measure-size.js'
import { identityOfScaleJob } from '../scale/run.js'
import { benchBucketName, createBucket, removeBucket } from '../stores/buckets.js'
import { openStorePair } from '../stores/open-stores.js'

interface Findings {
  sizes: SizeResult[]
  listing: ListingResult | null
}

/** Maximum size of a key in a manifest, and of an empty object in MinIO. */
const bytesPerKey = 40
const bytesPerObject = 4_096

const stepsOfSize = 8
const stepsOfListing = 2

/** The cost of a job as it grows: state, reading, runs; and listing a bucket. */
export const scale = defineCommand({
  name: 'scale',
  summary: 'Measure state, manifests and runs as the number of keys grows, and listing a bucket',
  options: {
    keys: counts('Keys of each job, with commas; 0 for none. 10⁸ take some 6 GB of disk', {
      fallback: [1_000_000, 10_000_000],
      least: 0,
    }),
    objects: count('Empty objects that are put and listed; 0 for none', 100_000, 0),
    stores: choice(
      'minio starts two servers; environment takes LAGOON_SOURCE_… and LAGOON_DESTINATION_…; one of',
      ['minio', 'environment'],
      'minio',
    ),
  },
  example: ['--keys 1000000,10000000 --objects 0', 'A job of a million keys and one of ten'],

  async measure({ keys: wanted, objects, stores: kind }, session): Promise<Findings & MeasuredOn> {
    const jobs = wanted.filter((keys) => keys > 0)
    const needBytes = Math.max(objects * bytesPerObject, ...jobs.map((keys) => keys * bytesPerKey))
    const pair = await openStorePair({ kind, shape: {} }, needBytes, session)
    session.expect(jobs.length * stepsOfSize + (objects > 0 ? stepsOfListing : 0))
    const job = {
      source: { ...pair.source, bucket: benchBucketName() },
      destination: { ...pair.destination, bucket: benchBucketName() },
      prefix: 'manifest/',
    }
    for (const side of [job.source, job.destination]) {
      await createBucket(side, side.bucket)
      session.defer(() => removeBucket(side, side.bucket))
    }
    const sizes: SizeResult[] = []
    if (jobs.length > 0) {
      const identity = await identityOfScaleJob(job, session)
      for (const keys of jobs) sizes.push(await measureSize(keys, { job, identity, session }))
    }
    const listing = objects === 0 ? null : await measureListing(objects, job, session)
    return { stores: pair.description, sizes, listing }
  },

  describe: ({ sizes, listing }) => ({
    title: 'Jobs that grow',
    headline: [
      ...sizes.map(
        ({ keys, bytesPerKey: each }) => `${number(keys)} keys: ${number(each)} bytes of state each`,
      ),
      ...(listing ? [describeListing(listing)] : []),
    ].join('; '),
    sections: [
      ...(sizes.length > 0 ? [sizeTable(sizes)] : []),
      ...(listing ? [listingTable(listing)] : []),
      ...(sizes.length > 0
        ? [
            bars(
              'Keys recorded as complete, a second',
              'higher',
              sizes.map(({ keys, recorded: { perSecond } }) => ({
                label: `${number(keys)} keys`,
                values: [perSecond],
                own: true,
              })),
              number,
            ),
          ]
        : []),
    ],
  }),
})

type SizeLine = readonly [title: string, target: string, cell: (size: SizeResult) => string]

/** A row for every figure, a column for every size. */
function sizeTable(sizes: readonly SizeResult[]): TableSection {
  const lines: readonly SizeLine[] = [
    ['state on disk, a key', '≤ 24 B', ({ bytesPerKey: each }) => `${number(each)} B`],
    ['recorded a second', '≥ 300,000', (size) => number(size.recorded.perSecond)],
    ['  a second of processor time', '', (size) => number(size.recorded.perCpuSecond)],
    ['  peak memory', '', (size) => bytes(size.recordMemoryBytes)],
    ['looked up a second', '≥ 1,000,000', (size) => number(size.lookedUp.perSecond)],
    ['  a second of processor time', '', (size) => number(size.lookedUp.perCpuSecond)],
    ['  peak memory, pages of the file in it', '', (size) => bytes(size.lookUpMemoryBytes)],
    ['run over finished manifests', '≤ 500 ms at 10⁶', (size) => milliseconds(size.finishedRunMs)],
    ['  processor time', '', (size) => milliseconds(size.finishedRunCpuMs)],
    ['  beside `node -e 0`', '', (size) => times(size.finishedRunMs / size.nodeMs)],
    ['  peak memory', '', (size) => bytes(size.finishedRunMemoryBytes)],
    ['manifests, files', '', ({ manifests }) => number(manifests.files)],
    ['manifests, bytes', '', ({ manifests }) => bytes(manifests.bytes)],
    ['keys read a second', '≥ 1,500,000', (size) => number(size.read.perSecond)],
    ['  a second of processor time', '', (size) => number(size.read.perCpuSecond)],
    ['  peak memory', '≤ 250 MB', (size) => bytes(size.readMemoryBytes)],
    ...(['none', 'half', 'all'] as const).flatMap((complete): SizeLine[] => [
      [
        `dry run, ${complete} complete`,
        '≤ 20 s at 10⁷',
        ({ dryRuns }) => milliseconds(dryRuns[complete].wallMs),
      ],
      ['  processor time', '', ({ dryRuns }) => milliseconds(dryRuns[complete].cpuMs)],
      ['  peak memory', '≤ 300 MB at 10⁷', ({ dryRuns }) => bytes(dryRuns[complete].peakMemoryBytes)],
    ]),
  ]
  return table('State, manifests and runs', lines, {
    figure: ([title]) => title,
    target: ([, target]) => target,
    ...Object.fromEntries(
      sizes.map((size) => [`${number(size.keys)} keys`, ([, , cell]: SizeLine) => cell(size)]),
    ),
  })
}

/** Listings of the product beside a bare loop. */
function listingTable({ objects, barePerSecond, created }: ListingResult): TableSection {
  const loop = { name: 'loop of ListObjectsV2', perSecond: barePerSecond, memory: '' }
  const own = created.map(({ listings, order, perSecond, peakMemoryBytes }) => ({
    name: `manifest create, ${listings} at once${order === 'sorted' ? ', sorted' : ''}`,
    perSecond,
    memory: bytes(peakMemoryBytes),
  }))
  return table(`Listing of ${number(objects)} objects`, [loop, ...own], {
    listing: ({ name }) => name,
    'objects per second': ({ perSecond }) => number(perSecond),
    'beside the loop': ({ perSecond }) => times(perSecond / barePerSecond),
    'peak memory': ({ memory }) => memory,
  })
}

function describeListing({ barePerSecond, created }: ListingResult): string {
  const best = Math.max(...created.map(({ perSecond }) => perSecond))
  return `listing at ${times(best / barePerSecond)} of a loop that keeps nothing`
}
