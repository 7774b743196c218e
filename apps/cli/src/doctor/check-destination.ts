import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { formatBytes, formatDuration } from '../output/format.js'
import { storeAnswer } from '../stores/bucket-client.js'
import type { Findings } from './check.js'
import { fixFor, type Permission } from '../stores/permissions.js'

/** Under 2 MiB, where the SDK asks with `Expect: 100-continue` and now and then shows EPIPE instead of the store's refusal. */
const probeBytes = 1024 * 1024
const roundTrips = 5

/**
 * What a run needs at the destination, tried on a key of our own that is deleted at the end: list, write, parts; then what the
 * store can do beyond that, and how fast it is.
 */
export async function checkDestination(client: S3Client, bucket: string, findings: Findings): Promise<void> {
  const probe: Probe = {
    client,
    Bucket: bucket,
    Key: `.lagoon-doctor-${randomBytes(8).toString('hex')}`,
    findings,
  }
  await attempt(probe, 'list', 's3:ListBucket', 'failed', async () => {
    await client.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 }))
    return 'allowed'
  })
  const written = await attempt(probe, 'write', 's3:PutObject', 'failed', () => writeProbe(probe))
  await attempt(probe, 'multipart', 's3:AbortMultipartUpload', 'failed', () => tryMultipart(probe))
  if (!written) {
    for (const name of ['read back', 'conditional writes', 'tags', 'round trip', 'delete']) {
      findings.skipped(name, 'needs the object that could not be written')
    }
    return
  }
  await attempt(probe, 'read back', 's3:GetObject', 'warning', () => readProbe(probe))
  await tryConditionalWrite(probe)
  await attempt(probe, 'tags', 's3:PutObjectTagging', 'warning', () => tryTags(probe))
  await attempt(probe, 'round trip', 's3:GetObject', 'warning', () => measureRoundTrip(probe))
  await attempt(probe, 'delete', 's3:DeleteObject', 'warning', async () => {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: probe.Key }))
    return `${probe.Key} is gone again`
  })
}

interface Probe {
  readonly client: S3Client
  readonly Bucket: string
  readonly Key: string
  readonly findings: Findings
}

async function attempt(
  { Bucket, findings }: Probe,
  name: string,
  permission: Permission,
  severity: 'warning' | 'failed',
  action: () => Promise<string>,
): Promise<boolean> {
  try {
    findings.ok(name, await action())
    return true
  } catch (error) {
    const { code, detail } = storeAnswer(error)
    findings[severity](name, detail, fixFor(code, permission, Bucket))
    return false
  }
}

async function writeProbe({ client, Bucket, Key }: Probe): Promise<string> {
  const startedAt = performance.now()
  await client.send(new PutObjectCommand({ Bucket, Key, Body: randomBytes(probeBytes) }))
  return `${formatBytes(probeBytes)} with one connection at ${rate(performance.now() - startedAt)}`
}

async function readProbe({ client, Bucket, Key }: Probe): Promise<string> {
  const startedAt = performance.now()
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
  await Body?.transformToByteArray()
  return `${formatBytes(probeBytes)} with one connection at ${rate(performance.now() - startedAt)}`
}

function rate(durationMs: number): string {
  return `${formatBytes((1000 * probeBytes) / Math.max(durationMs, 1))}/s`
}

async function tryMultipart({ client, Bucket, Key }: Probe): Promise<string> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
  await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
  return 'uploads in parts can be begun and aborted'
}

/** A store that knows `If-None-Match: *` refuses to overwrite the probe; one that ignores it does so silently. */
async function tryConditionalWrite({ client, Bucket, Key, findings }: Probe): Promise<void> {
  const name = 'conditional writes'
  try {
    await client.send(new PutObjectCommand({ Bucket, Key, Body: '', IfNoneMatch: '*' }))
    findings.warning(name, 'If-None-Match is ignored', 'Nothing to do: a run does not depend on it.')
  } catch (error) {
    const { code, detail } = storeAnswer(error)
    if (code === 'PreconditionFailed' || detail.startsWith('412'))
      findings.ok(name, 'If-None-Match is kept to')
    else findings.warning(name, detail, 'Nothing to do: a run does not depend on it.')
  }
}

async function tryTags({ client, Bucket, Key }: Probe): Promise<string> {
  await client.send(
    new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [{ Key: 'lagoon', Value: 'doctor' }] } }),
  )
  return 'allowed'
}

async function measureRoundTrip({ client, Bucket, Key }: Probe): Promise<string> {
  const times: number[] = []
  for (let count = 0; count < roundTrips; count += 1) {
    const startedAt = performance.now()
    await client.send(new HeadObjectCommand({ Bucket, Key }))
    times.push(performance.now() - startedAt)
  }
  times.sort((a, b) => a - b)
  return `${formatDuration(times[Math.floor(roundTrips / 2)]!)} for a HEAD, the median of ${roundTrips}`
}
