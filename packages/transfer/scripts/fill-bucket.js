import { randomBytes } from 'node:crypto'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'

/** Makes both buckets and puts `count` objects of `size` random bytes each into the first; returns their keys. */
export async function fillBucket(source, destination, count, size) {
  const clients = [source, destination].map(
    ({ endpointUrl, region, credentials }) =>
      new S3Client({
        endpoint: endpointUrl,
        region,
        credentials,
        forcePathStyle: true,
        requestChecksumCalculation: 'WHEN_REQUIRED',
      }),
  )
  await clients[0].send(new CreateBucketCommand({ Bucket: source.bucket }))
  await clients[1].send(new CreateBucketCommand({ Bucket: destination.bucket }))
  const keys = Array.from({ length: count }, (_, index) => `data/part-${String(index).padStart(7, '0')}.bin`)
  let next = 0
  async function worker() {
    while (next < count) {
      const key = keys[next++]
      await clients[0].send(
        new PutObjectCommand({
          Bucket: source.bucket,
          Key: key,
          Body: randomBytes(size),
          ContentType: 'application/octet-stream',
          Metadata: { origin: 'bench' },
        }),
      )
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  for (const client of clients) client.destroy()
  return keys
}
