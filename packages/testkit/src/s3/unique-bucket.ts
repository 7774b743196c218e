import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3'
import { randomBytes } from 'node:crypto'

/** A unique bucket name: `name` (lower-case letters, digits, dashes; cut at 40) and a random suffix. */
export function uniqueBucket(name = 'test'): string {
  const clean = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 40)
  return `${clean || 'test'}-${randomBytes(5).toString('hex')}`
}

/** Creates a bucket with a unique name, and returns the name. */
export async function createUniqueBucket(client: S3Client, name?: string): Promise<string> {
  const bucket = uniqueBucket(name)
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  return bucket
}
