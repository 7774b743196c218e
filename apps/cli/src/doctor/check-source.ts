import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3'
import { formatBytes } from '../text/format.js'
import { fixFor } from '../stores/permissions.js'
import { measureBandwidth, measureRoundTrip } from './measure.js'
import { checkConditionalReads, checkPartNumbers, checkReportedChecksums } from './source-features.js'
import { runCheck, refusalOf, type StoreUnderTest } from './store-under-test.js'

/** Most bytes that are read to measure the speed. */
const sampleBytes = 4 * 1024 * 1024
const smallestSampleBytes = 64 * 1024

/** A part of the first page is enough to find a manifest in. */
const listedKeys = 50

const afterReading = ['conditional reads', 'part numbers', 'checksums', 'round trip', 'bandwidth']

interface SourceNeeds {
  readonly prefix: string
  /** The objects under the prefix are copied; they are not manifests. */
  readonly isListed: boolean
  /** Tags are copied: without the permission a run fails. */
  readonly tags: boolean
}

/** The manifest that was found, to inspect. */
export interface FoundObject {
  readonly key: string
  readonly etag: string
  readonly sizeBytes: number
  /** The largest object beside it, to measure the speed of reading. */
  readonly largest: { readonly key: string; readonly sizeBytes: number }
}

export function isParquet(key: string): boolean {
  return /\.parquet$/i.test(key)
}

/** What a run needs at the source: list the prefix, read by ranges; then what the store supports, and how fast it is. */
export async function checkSource(
  store: StoreUnderTest,
  { prefix, isListed, tags }: SourceNeeds,
): Promise<FoundObject | undefined> {
  const { client, bucket: Bucket, findings } = store
  const found = await findObject(store, prefix, isListed)
  if (found === undefined) {
    for (const name of ['read', 'read tags', ...afterReading])
      findings.skipped(name, 'needs an object under the prefix')
    return undefined
  }
  const Key = found.key
  const readable = await checkRead(store, found)
  await runCheck(store, 'read tags', 's3:GetObjectTagging', tags ? 'failed' : 'warning', async () => {
    await client.send(new GetObjectTaggingCommand({ Bucket, Key }))
    return 'allowed'
  })
  if (!readable) {
    for (const name of afterReading) findings.skipped(name, 'needs an object that can be read')
    return undefined
  }
  await checkConditionalReads(store, Key)
  await checkPartNumbers(store, Key)
  await checkReportedChecksums(store, Key)
  const head = () => client.send(new HeadObjectCommand({ Bucket, Key }))
  await runCheck(store, 'round trip', 's3:GetObject', 'warning', () => measureRoundTrip(head))
  if (found.largest.sizeBytes < smallestSampleBytes)
    findings.skipped(
      'bandwidth',
      `the largest object found has ${formatBytes(found.largest.sizeBytes)}: too small to measure`,
    )
  else
    await runCheck(store, 'bandwidth', 's3:GetObject', 'warning', () =>
      measureBandwidth(() => readSample(store, found.largest)),
    )
  return found
}

/** A manifest under the prefix, or any object where there is none. */
async function findObject(
  store: StoreUnderTest,
  prefix: string,
  isListed: boolean,
): Promise<FoundObject | undefined> {
  const { client, bucket: Bucket, findings, side } = store
  let found: FoundObject | undefined
  const refused = await refusalOf(async () => {
    const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix, MaxKeys: listedKeys }))
    const objects = (page.Contents ?? []).filter(({ Size = 0 }) => Size > 0)
    const object = objects.find(({ Key = '' }) => isParquet(Key)) ?? objects[0]
    if (object === undefined) return
    const [largest] = objects.toSorted((a, b) => b.Size! - a.Size!)
    found = {
      key: object.Key!,
      etag: object.ETag ?? '',
      sizeBytes: object.Size!,
      largest: { key: largest!.Key!, sizeBytes: largest!.Size! },
    }
  })
  if (refused !== undefined)
    findings.failed('list', refused.detail, fixFor(refused.code, 's3:ListBucket', Bucket, side))
  else if (found === undefined)
    findings.warning(
      'list',
      `there is nothing under ${prefix === '' ? 'the bucket' : prefix}`,
      isListed
        ? 'Check the bucket and the prefix.'
        : 'Put manifests there, or name their prefix with --manifest-prefix.',
    )
  else findings.ok('list', `finds ${found.key}`)
  return found
}

/** Manifests are read by ranges: a store that sends the whole object instead cannot be used. */
async function checkRead(store: StoreUnderTest, { key: Key, etag }: FoundObject): Promise<boolean> {
  const { client, bucket: Bucket, findings } = store
  let partial = false
  const read = await runCheck(store, 'read', 's3:GetObject', 'failed', async () => {
    const answer = await client.send(
      new GetObjectCommand({ Bucket, Key, Range: 'bytes=0-0', ...(etag === '' ? {} : { IfMatch: etag }) }),
    )
    partial = answer.ContentRange !== undefined
    await answer.Body?.transformToByteArray()
    return partial ? 'a byte of it can be read' : 'it can be read as a whole'
  })
  if (read && !partial)
    findings.failed('ranges', 'the store ignores them', 'Use a store or gateway that supports Range.')
  return read && partial
}

async function readSample(
  { client, bucket: Bucket }: StoreUnderTest,
  { key: Key, sizeBytes }: FoundObject['largest'],
): Promise<number> {
  const last = Math.min(sizeBytes, sampleBytes) - 1
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, Range: `bytes=0-${last}` }))
  return (await Body?.transformToByteArray())?.byteLength ?? 0
}
