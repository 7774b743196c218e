import { randomBytes } from 'node:crypto'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  ListBucketsCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3'
import { pMap, s3Client, s3Request, type StoreEndpoint } from '@lagoon/testkit'
import { BenchError, messageOf } from '../errors.js'

/** The target of S3 requests, and its credentials. */
export interface BucketAccess extends StoreEndpoint {
  /** `certificateAuthority` as a file, for programs that need one. */
  authorityFile?: string
}

/** A unique bucket name that shows its origin. */
export function benchBucketName(): string {
  return `lagoon-bench-${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`
}

/** Creates a bucket. Throws `LAGOON_BENCH_STORE`. */
export async function createBucket(access: BucketAccess, bucket: string): Promise<void> {
  await withClient(access, (client) => client.send(new CreateBucketCommand({ Bucket: bucket })))
}

export async function bucketNames(access: BucketAccess): Promise<string[]> {
  const { Buckets = [] } = await withClient(access, (client) => client.send(new ListBucketsCommand({})))
  return Buckets.map(({ Name }) => Name!)
}

/** Counts the objects and bytes of a bucket. */
export async function countObjects(
  access: BucketAccess,
  bucket: string,
): Promise<{ objects: number; bytes: number }> {
  return withClient(access, async (client) => {
    const total = { objects: 0, bytes: 0 }
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
      total.objects += Contents.length
      for (const { Size = 0 } of Contents) total.bytes += Size
    }
    return total
  })
}

/** Removes a bucket and its objects. A missing bucket is not an error. */
export async function removeBucket(access: BucketAccess, bucket: string): Promise<void> {
  // MinIO removes a bucket with its objects in one call; other stores ignore the header.
  const headers = { 'x-minio-force-delete': 'true' }
  const { status } = await s3Request(access, { method: 'DELETE', bucket, headers })
  if (status < 300 || status === 404) return
  await withClient(access, async (client) => {
    // One DELETE per object works everywhere; DeleteObjects does not.
    const remove = async (key: string): Promise<void> => {
      await s3Request(access, { method: 'DELETE', bucket, key })
    }
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket }))
      await pMap(
        Contents.map(({ Key }) => Key!),
        remove,
        { concurrency: 32 },
      )
    await client.send(new DeleteBucketCommand({ Bucket: bucket }))
  })
}

async function withClient<T>(
  access: BucketAccess,
  use: (client: ReturnType<typeof s3Client>) => Promise<T>,
): Promise<T> {
  const client = s3Client(access)
  try {
    return await use(client)
  } catch (error) {
    throw new BenchError('LAGOON_BENCH_STORE', `${access.url}: ${messageOf(error)}`, {
      hint: 'Check the endpoint; the credentials must allow creating buckets and writing, listing and deleting objects.',
      cause: error,
    })
  } finally {
    client.destroy()
  }
}
