import { randomBytes } from 'node:crypto'
import { AbortMultipartUploadCommand, DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { StoreUnderTest } from './store-under-test.js'

/** What is written at the destination to try it: two objects of our own, and uploads of the second one. */
export interface StoreProbes {
  readonly key: string
  readonly partsKey: string
  /** Keys that something was written to, or may have been. */
  readonly written: Set<string>
  /** Uploads that were begun, and neither completed nor given up. */
  readonly uploads: Set<string>
}

export function createProbes(prefix: string): StoreProbes {
  const key = `${prefix}.lagoon-doctor-${randomBytes(8).toString('hex')}`
  return { key, partsKey: `${key}-parts`, written: new Set(), uploads: new Set() }
}

/** Sends nothing more when the signal is aborted, and tears down what is in flight. */
export function stopWith(client: S3Client, signal: AbortSignal): void {
  client.middlewareStack.add(
    (next) => (request) => {
      signal.throwIfAborted()
      return next(request)
    },
    { step: 'initialize' },
  )
  signal.addEventListener('abort', () => client.destroy(), { once: true })
}

/** Takes away whatever is there of them, and says nothing of what it cannot. */
export async function removeProbes(
  { client, bucket: Bucket }: Pick<StoreUnderTest, 'client' | 'bucket'>,
  { partsKey, written, uploads }: StoreProbes,
): Promise<void> {
  await Promise.allSettled([
    ...[...written].map((Key) => client.send(new DeleteObjectCommand({ Bucket, Key }))),
    ...[...uploads].map((UploadId) =>
      client.send(new AbortMultipartUploadCommand({ Bucket, Key: partsKey, UploadId })),
    ),
  ])
}
