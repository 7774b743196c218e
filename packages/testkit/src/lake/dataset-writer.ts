import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { Agent } from 'node:http'
import type { Readable } from 'node:stream'
import { askS3 } from '../s3/s3-request.js'
import { TestkitError } from '../errors.js'
import type { LakeObject } from './dataset-plan.js'
import { s3Client } from '../s3/s3-client.js'
import type { StoreEndpoint } from '../s3/store-endpoint.js'

/** Puts a lake's objects into a bucket. */
export interface LakeWriter {
  client: S3Client
  put(bucket: string, object: LakeObject, body: Buffer | Readable): Promise<void>
  close(): void
}

/**
 * A writer over a client of the caller's, or over an endpoint: then buffers go over plain HTTP, at a third of the SDK's
 * cost.
 *
 * @throws {TestkitError} `LAGOON_TESTKIT_OPTION_INVALID` when there is neither.
 */
export function lakeWriter(client: S3Client | undefined, endpoint: StoreEndpoint | undefined): LakeWriter {
  if (client !== undefined) {
    return {
      client,
      put: (bucket, object, body) => putWithSdk(client, bucket, object, body),
      close: () => {},
    }
  }
  if (endpoint === undefined) {
    const hint = 'Give it an `endpoint` or a `client`.'
    throw new TestkitError('LAGOON_TESTKIT_OPTION_INVALID', 'makeLake has no store', hint)
  }
  const own = s3Client(endpoint)
  const agent = new Agent({ keepAlive: true })
  return {
    client: own,
    put: (bucket, object, body) =>
      Buffer.isBuffer(body) && endpoint.url.startsWith('http:')
        ? putPlainly(endpoint, agent, bucket, object, body)
        : putWithSdk(own, bucket, object, body),
    close: () => {
      agent.destroy()
      own.destroy()
    },
  }
}

async function putWithSdk(
  client: S3Client,
  bucket: string,
  { index, key, sizeBytes, contentType }: LakeObject,
  body: Buffer | Readable,
): Promise<void> {
  await client.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body,
      ContentLength: sizeBytes,
      ContentType: contentType,
      Metadata: { 'lake-index': String(index) },
    }),
  )
}

async function putPlainly(
  endpoint: StoreEndpoint,
  agent: Agent,
  bucket: string,
  { index, key, contentType }: LakeObject,
  body: Buffer,
): Promise<void> {
  const reply = await askS3(endpoint, {
    method: 'PUT',
    bucket,
    key,
    body,
    headers: { 'content-type': contentType, 'x-amz-meta-lake-index': String(index) },
    payload: 'UNSIGNED-PAYLOAD',
    agent,
  })
  if (reply.status !== 200)
    throw new Error(`PUT of ${key} was answered with ${reply.status} ${reply.code ?? ''}`)
}
