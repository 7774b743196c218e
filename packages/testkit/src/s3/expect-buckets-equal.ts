import type { S3Client } from '@aws-sdk/client-s3'
import { isDeepStrictEqual } from 'node:util'
import { bucketDigest, type BucketDigestOptions, type ObjectDigest } from './bucket-digest.js'
import { TestkitError } from '../errors.js'

export interface BucketLocation {
  client: S3Client
  bucket: string
}

/**
 * Fails unless both buckets hold the same keys with the same bytes, headers and user metadata. `options` narrow the comparison on both
 * sides. Returns how many objects were compared.
 *
 * @throws {TestkitError} `LAGOON_TESTKIT_BUCKETS_DIFFER`, naming the first ten differences
 */
export async function expectBucketsEqual(
  source: BucketLocation,
  destination: BucketLocation,
  options: BucketDigestOptions = {},
): Promise<number> {
  const [expected, actual] = await Promise.all([
    bucketDigest(source.client, source.bucket, options),
    bucketDigest(destination.client, destination.bucket, options),
  ])
  const differences = digestDifferences(expected, actual)
  if (differences.length === 0) return expected.size
  const shown = differences.slice(0, 10).join('\n  ')
  throw new TestkitError(
    'LAGOON_TESTKIT_BUCKETS_DIFFER',
    `${differences.length} objects differ between ${source.bucket} and ${destination.bucket}:\n  ${shown}`,
    'Narrow the comparison with `prefix` or `filter` if the destination is not meant to hold everything.',
  )
}

/** One line for every key that is missing, unexpected or different. */
export function digestDifferences(
  expected: Map<string, ObjectDigest>,
  actual: Map<string, ObjectDigest>,
): string[] {
  const lines: string[] = []
  for (const [key, digest] of expected) {
    const other = actual.get(key)
    if (other === undefined) lines.push(`${JSON.stringify(key)} is missing`)
    else if (!isDeepStrictEqual(digest, other))
      lines.push(`${JSON.stringify(key)}: ${fieldDifferences(digest, other)}`)
  }
  for (const key of actual.keys()) {
    if (!expected.has(key)) lines.push(`${JSON.stringify(key)} is unexpected`)
  }
  return lines
}

function fieldDifferences(expected: ObjectDigest, actual: ObjectDigest): string {
  return (Object.keys(expected) as (keyof ObjectDigest)[])
    .filter((field) => !isDeepStrictEqual(expected[field], actual[field]))
    .map((field) => `${field} ${JSON.stringify(actual[field])} instead of ${JSON.stringify(expected[field])}`)
    .join(', ')
}
