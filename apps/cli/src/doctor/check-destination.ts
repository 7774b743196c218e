import { randomBytes } from 'node:crypto'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3'
import { storeAnswer } from '../stores/bucket-client.js'
import { fixFor } from '../stores/permissions.js'
import { checkUploads } from './check-uploads.js'
import type { DestinationNeeds } from './destination-needs.js'
import { measureBandwidth, measureRoundTrip } from './measure.js'
import { removeProbes, type StoreProbes } from './probes.js'
import { checkChecksums, checkConditionalWrites, checkKeys } from './destination-features.js'
import { runCheck, type StoreUnderTest } from './store-under-test.js'

const probeBytes = 4 * 1024 * 1024
/** A refusal of a large body may end the connection before it is read; that of a small one is heard. */
const firstBytes = 1024

/**
 * What a run needs at the destination, tried on probes that are deleted at the end: list, write, upload in parts; then what
 * the store can do beyond that, and how fast it is.
 */
export async function checkDestination(
  store: StoreUnderTest,
  needs: DestinationNeeds,
  probes: StoreProbes,
): Promise<void> {
  const { client, bucket: Bucket, findings } = store
  const { key: Key } = probes
  await runCheck(store, 'list', 's3:ListBucket', 'failed', async () => {
    await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }))
    return 'allowed'
  })
  const written = await runCheck(store, 'write', 's3:PutObject', 'failed', async () => {
    probes.written.add(Key)
    await writeProbe(store, Key, needs, firstBytes)
    return measureBandwidth(() => writeProbe(store, Key, needs, probeBytes))
  })
  if (!written) {
    for (const name of [
      'multipart',
      'read back',
      'keys',
      'conditional writes',
      'checksums',
      'tags',
      'round trip',
      'delete',
    ])
      findings.skipped(name, 'needs the object that could not be written')
    // The small one may be there, where the large one was refused.
    await removeProbes(store, probes)
    return
  }
  await checkUploads(store, probes, needs.headers)
  const readable = await runCheck(store, 'read back', 's3:GetObject', 'warning', () =>
    measureBandwidth(async () => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
      return (await Body?.transformToByteArray())?.byteLength ?? 0
    }),
  )
  if (readable) await checkKeys(store, Key)
  else findings.skipped('keys', 'needs an object that can be read')
  await checkConditionalWrites(store, Key)
  await checkChecksums(store, Key)
  await runCheck(store, 'tags', 's3:PutObjectTagging', needs.tags ? 'failed' : 'warning', async () => {
    const Tagging = { TagSet: [{ Key: 'lagoon', Value: 'doctor' }] }
    await client.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging }))
    return 'allowed'
  })
  const head = () => client.send(new HeadObjectCommand({ Bucket, Key }))
  if (readable) await runCheck(store, 'round trip', 's3:GetObject', 'warning', () => measureRoundTrip(head))
  else findings.skipped('round trip', 'needs an object that can be read')
  await checkDelete(store, probes)
}

async function writeProbe(
  { client, bucket: Bucket }: StoreUnderTest,
  Key: string,
  { headers }: DestinationNeeds,
  bytes: number,
): Promise<number> {
  await client.send(new PutObjectCommand({ Bucket, Key, Body: randomBytes(bytes), ...headers }))
  return bytes
}

/** Says what had to be left behind. */
async function checkDelete(
  { client, bucket: Bucket, findings, side }: StoreUnderTest,
  { key, written }: StoreProbes,
): Promise<void> {
  const left: string[] = []
  let last: unknown
  for (const Key of written) {
    try {
      await client.send(new DeleteObjectCommand({ Bucket, Key }))
      written.delete(Key)
    } catch (error) {
      left.push(Key)
      last = error
    }
  }
  if (left.length === 0) {
    findings.ok('delete', `${key} was deleted`)
    return
  }
  const { code, detail } = storeAnswer(last)
  const fix = `${fixFor(code, 's3:DeleteObject', Bucket, side)} Delete ${left.join(' and ')} manually.`
  findings.warning('delete', detail, fix)
}
