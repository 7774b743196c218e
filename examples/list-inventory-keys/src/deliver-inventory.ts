import type { Sandbox } from '@lagoon/s3-sandbox'
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'

const ROWS = [
  ['lake', '2024/report+final.csv', 'true', 'false', '5120'],
  ['lake', '2024/old.csv', 'false', 'false', '11'],
  ['lake', '2024/removed.csv', 'true', 'true', ''],
  ['lake', '2025/caf%C3%A9.csv', 'true', 'false', '2048'],
]

/**
 * Puts an inventory into the bucket as S3 lays it out, and returns the key of its `manifest.json`:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
 */
export async function deliverInventory(sandbox: Sandbox, bucket: string, of: string): Promise<string> {
  const rows = ROWS.map((row) => row.map((value) => `"${value}"`).join(',')).join('\n')
  const data = gzipSync(rows)
  const file = { key: `${of}/daily/data/1.csv.gz`, size: data.length, MD5checksum: md5(data) }
  const document = JSON.stringify({
    sourceBucket: of,
    destinationBucket: `arn:aws:s3:::${bucket}`,
    version: '2016-11-30',
    creationTimestamp: '1735693200000',
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, IsLatest, IsDeleteMarker, Size',
    files: [file],
  })
  const delivery = `${of}/daily/2025-01-01T01-00Z`
  await sandbox.store.put(bucket, file.key, data)
  await sandbox.store.put(bucket, `${delivery}/manifest.checksum`, md5(Buffer.from(document)))
  await sandbox.store.put(bucket, `${delivery}/manifest.json`, document)
  return `${delivery}/manifest.json`
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}
