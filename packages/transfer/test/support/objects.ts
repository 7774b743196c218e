import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { createHash } from 'node:crypto'
import { seededRandom } from '@lagoon/testkit'
import type { TestBucket } from './buckets.js'

/** Bytes that look random and are the same every time. */
export function bodyOf(bytes: number, seed = 1): Buffer {
  const next = seededRandom(seed)
  const body = Buffer.allocUnsafe(bytes)
  const words = new Uint32Array(body.buffer, body.byteOffset, Math.floor(bytes / 4))
  for (let index = 0; index < words.length; index++) words[index] = next() * 2 ** 32
  for (let index = words.length * 4; index < bytes; index++) body[index] = index
  return body
}

/** Uploads a body in parts of the given sizes; returns the ETag without quotes. */
export async function putInParts(
  { client, bucket }: TestBucket,
  key: string,
  body: Buffer,
  sizes: readonly number[],
  description: {
    ContentType?: string
    Metadata?: Record<string, string>
    SSECustomerAlgorithm?: string
  } = {},
): Promise<string> {
  const location = { Bucket: bucket, Key: key }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...location, ...description }))
  // a customer-provided key is sent with every part.
  const sse = Object.fromEntries(Object.entries(description).filter(([name]) => name.startsWith('SSE')))
  const parts = []
  let at = 0
  for (const [index, size] of sizes.entries()) {
    const PartNumber = index + 1
    const part = await client.send(
      new UploadPartCommand({
        ...location,
        ...sse,
        UploadId,
        PartNumber,
        Body: body.subarray(at, at + size),
      }),
    )
    parts.push({ PartNumber, ETag: part.ETag })
    at += size
  }
  const done = await client.send(
    new CompleteMultipartUploadCommand({ ...location, UploadId, MultipartUpload: { Parts: parts } }),
  )
  return done.ETag!.replaceAll('"', '')
}

/** MD5 of an object as the store gives it out, without holding it in memory. */
export async function storedMd5({ client, bucket }: TestBucket, key: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  const hash = createHash('md5')
  for await (const chunk of Body as AsyncIterable<Buffer>) hash.update(chunk)
  return hash.digest('hex')
}

export function md5Of(body: Buffer): string {
  return createHash('md5').update(body).digest('hex')
}
