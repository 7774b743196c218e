import { createUniqueBucket, s3Client, storePair, type StoreEndpoint } from '@lagoon/testkit'
import type { S3Client } from '@aws-sdk/client-s3'
import { onTestFinished } from 'vitest'
import type { EndpointOptions } from '../../src/index.js'

/** A fresh bucket on one of the test run's servers: a client to look into it, and the options to reach it. */
export interface TestBucket {
  client: S3Client
  bucket: string
  options: EndpointOptions
}

/** A fresh bucket at the source and one at the destination; the clients end with the test. */
export async function bucketPair(): Promise<{ source: TestBucket; destination: TestBucket }> {
  const { source, destination } = storePair()
  return { source: await freshBucket(source), destination: await freshBucket(destination) }
}

/** A fresh bucket on a server. */
export async function freshBucket(endpoint: StoreEndpoint): Promise<TestBucket> {
  const client = s3Client(endpoint)
  onTestFinished(() => client.destroy())
  const bucket = await createUniqueBucket(client, 'transfer')
  return { client, bucket, options: endpointOptions(endpoint, bucket) }
}

export function endpointOptions(endpoint: StoreEndpoint, bucket: string): EndpointOptions {
  const { url, region, accessKeyId, secretAccessKey, certificateAuthority } = endpoint
  const trusted = certificateAuthority === undefined ? {} : { certificateAuthority }
  const credentials = { accessKeyId, secretAccessKey }
  return { endpointUrl: url, region, bucket, credentials, proxy: 'none', ...trusted }
}
